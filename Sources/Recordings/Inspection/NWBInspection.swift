import ArrayFiles

extension FileInspection {
    /// Units, tables of intervals with example values, time series, and a manifest.
    init(nwb: NWBFile) throws {
        let units = nwb.file.exists("units/id") ? try NWBTable(file: nwb.file, path: "units") : nil
        let intervals = try nwb.intervalTables().map { try nwb.intervals($0) }
        let electrodes = try nwb.electrodes()
        let tables = ([units, electrodes].compactMap { $0 } + intervals).map(Table.init)
        let series = try nwb.seriesPaths().map { path in
            Series(
                path: path, shape: try nwb.file.shape(of: path + "/data"),
                unit: (try? nwb.file.stringAttribute("unit", of: path + "/data")) ?? nil,
                rateHz: nwb.file.exists(path + "/starting_time")
                    ? try? nwb.file.numberAttribute("rate", of: path + "/starting_time") : nil)
        }
        let refusal = Self.refusal(nwb)
        self.init(
            path: nwb.path, format: refusal == nil ? .nwb : nil, facts: nwb.remarks(), tables: tables,
            series: series,
            manifest: refusal == nil ? Self.manifest(nwb, tables: tables, series: series) : "",
            refusal: refusal)
    }

    /// Without units and their spike times nothing can be registered, whatever else there is.
    private static func refusal(_ nwb: NWBFile) -> RecordingError? {
        do {
            try asRecordingError {
                let units = try nwb.units()
                let ranges = try units.ranges("spike_times")
                guard !ranges.isEmpty else { throw RecordingError.empty(source: nwb.path, what: "units") }
            }
            return nil
        } catch {
            return error as? RecordingError
                ?? .file(.unreadable(path: nwb.path, item: "units"))
        }
    }

    private static func manifest(_ nwb: NWBFile, tables: [Table], series: [Series]) -> String {
        var draft = ManifestDraft()
        let date = nwb.date
        draft.add("session", ManifestDraft.sessionName([nwb.subject, date].compactMap { $0 }))
        draft.addSubject(nwb.subject)
        draft.addDate(
            date, nwb.hasPlaceholderDate ? "not the day itself, so it seems; set the one that it was" : "")
        draft.addRecording(nwb.path)
        draft.add("format", "nwb")
        draft.add("bin_ms", "10")
        if let trials = tables.first(where: { $0.name == "trials" }) {
            addTrials(trials, to: &draft)
        } else {
            draft.add("chop", "{window_ms: 600, overlap_ms: 200}", "there are no trials")
        }
        let behavior = series.filter { $0.path.hasPrefix("processing/behavior/") }
        let others = series.filter { !$0.path.hasPrefix("processing/behavior/") }
        let names = behavior.map { ManifestDraft.quoted(shortName($0, among: series)) }
        draft.add(
            "behavior", names.isEmpty ? "none" : "[\(names.joined(separator: ", "))]",
            others.isEmpty
                ? "" : "also: " + others.map { shortName($0, among: series) }.joined(separator: ", "))
        draft.add("units", "{min_rate_hz: 0.1}")
        return draft.text
    }

    private static func addTrials(_ trials: Table, to draft: inout ManifestDraft) {
        let events = trials.columns.filter { $0.name.hasSuffix("_time") }.map(\.name)
        let best =
            ["move_onset_time", "movement_onset_time", "go_cue_time", "go_time", "start_time"]
            .first(where: events.contains) ?? events.first ?? "start_time"
        let others = events.filter { $0 != best }
        draft.add(
            "align", "{event: \(ManifestDraft.quoted(best)), before_ms: 250, after_ms: 450}",
            others.isEmpty ? "" : "or " + others.joined(separator: ", "))
        // A label is shared by several trials.
        let labels = trials.columns.filter { column in
            guard let distinct = column.distinct, !events.contains(column.name) else { return false }
            return distinct >= 2 && distinct * 3 <= trials.rows
                && !["split", "success", "result"].contains(column.name)
        }.map(\.name)
        if let first = labels.first {
            draft.add(
                "condition", "[\(ManifestDraft.quoted(first))]",
                labels.count > 1 ? "or also " + labels.dropFirst().joined(separator: ", ") : "")
        } else {
            draft.add("condition", "none", "no column looks like a label")
        }
    }

    /// The name if it is the only one so called, else the path.
    private static func shortName(_ series: Series, among all: [Series]) -> String {
        let name = String(series.path.split(separator: "/").last ?? "")
        return all.count { $0.path.hasSuffix("/" + name) } == 1 ? name : series.path
    }
}

extension FileInspection.Table {
    fileprivate init(_ table: NWBTable) {
        self.init(
            name: table.name, rows: table.rowCount,
            columns: table.columns.map { column in
                let kind = (try? table.file.elementKind(of: "\(table.path)/\(column)"))?.words ?? "?"
                guard !table.isRagged(column), let texts = try? table.texts(column) else {
                    return Column(
                        name: column,
                        elements: table.isRagged(column) ? "a list of \(kind) a row" : kind,
                        distinct: nil, examples: [])
                }
                var seen = Set<String>()
                let values = texts.compactMap { $0 }.filter { seen.insert($0).inserted }
                return Column(
                    name: column, elements: kind, distinct: values.count,
                    examples: Array(values.prefix(4)))
            })
    }
}
