import ArrayFiles

extension FileInspection {
    /// Units, tables of intervals with example values, time series, and a manifest.
    init(nwb: NWBFile) throws {
        let units = nwb.file.exists("units/id") ? try NWBTable(file: nwb.file, path: "units") : nil
        let intervals = try nwb.intervalTables().map { try nwb.intervals($0) }
        let electrodes = try nwb.electrodes()
        let times = intervals.map(Table.init)
        let series = try nwb.seriesPaths().map { path in
            Series(
                path: path, shape: try nwb.file.shape(of: path + "/data"),
                unit: (try? nwb.file.stringAttribute("unit", of: path + "/data")) ?? nil,
                rateHz: nwb.file.exists(path + "/starting_time")
                    ? try? nwb.file.numberAttribute("rate", of: path + "/starting_time") : nil)
        }
        let refusal = Self.refusal(nwb)
        self.init(
            path: nwb.path, format: refusal == nil ? .nwb : nil, facts: nwb.remarks(),
            tables: [units, electrodes].compactMap { $0 }.map(Table.init) + times,
            series: series,
            manifest: refusal == nil ? Self.manifest(nwb, tables: times, series: series) : "",
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
        let intervals = tables.filter { $0.name != "invalid_times" && $0.rows > 0 }
        // Epochs are few; trials are many.
        let trials = intervals.first { $0.name == "trials" } ?? intervals.max { $0.rows < $1.rows }
        if let trials {
            let others = intervals.map(\.name).filter { $0 != trials.name }
            if trials.name != "trials" || !others.isEmpty {
                draft.add(
                    "trials", "{table: \(ManifestDraft.quoted(trials.name))}",
                    others.isEmpty ? "" : "or " + others.joined(separator: ", "))
            }
            addTrials(trials, of: nwb, to: &draft)
        } else {
            draft.add("chop", "{window_ms: 600, overlap_ms: 200}", "there are no trials")
        }
        addBehavior(series, of: nwb, to: &draft)
        draft.add("units", "{min_rate_hz: 0.1}")
        return draft.text
    }

    private static func addBehavior(_ series: [Series], of nwb: NWBFile, to draft: inout ManifestDraft) {
        func isBehavior(_ path: String) -> Bool { path.hasPrefix("processing/behavior/") }
        func shortName(_ path: String, among all: [String]) -> String {
            let name = String(path.split(separator: "/").last ?? "")
            return all.count { NWBFile.matches($0, name) } == 1 ? name : path
        }
        let paths = series.map(\.path)
        // Those that reading would refuse.
        let events = paths.filter { path in (try? nwb.areEvents(path)) ?? false }
        let behavior = paths.filter { isBehavior($0) && !events.contains($0) }
        let others = paths.filter { !behavior.contains($0) && !events.contains($0) }
        let names = behavior.map { ManifestDraft.quoted(shortName($0, among: paths)) }
        draft.add(
            "behavior", names.isEmpty ? "none" : "[\(names.joined(separator: ", "))]",
            others.isEmpty
                ? "" : "also: " + others.map { shortName($0, among: paths) }.joined(separator: ", "))
        let counted = events + ((try? nwb.eventPaths()) ?? [])
        if !counted.isEmpty {
            let names = counted.map { shortName($0, among: Swift.Array(Set(counted + paths))) }
            draft.comment(
                "events to be counted in bins, as behaviour: event_counts: [\(names.joined(separator: ", "))]"
            )
        }
    }

    private static func addTrials(_ trials: Table, of nwb: NWBFile, to draft: inout ManifestDraft) {
        let numbers = trials.columns.filter { $0.elements.contains("numbers") && $0.distinct != nil }
            .map(\.name)
        let named = numbers.filter { $0.hasSuffix("_time") }
        let events = ColumnNames.events(among: named.isEmpty ? numbers : named)
        let best = events.first { lies($0, within: trials, of: nwb) } ?? events.first ?? "start_time"
        let (before, after) = window(around: best, of: trials, nwb)
        draft.addWindow(
            event: best, others: named.filter { $0 != best }, before: before, after: after)
        // A label is shared by several trials.
        let labels = trials.columns.filter { column in
            guard let distinct = column.distinct, !events.contains(column.name) else { return false }
            return distinct >= 2 && distinct * 3 <= trials.rows
                && !["split", "success", "result", "start_time", "stop_time"].contains(column.name)
        }.map(\.name)
        if let first = labels.first {
            draft.add(
                "condition", "[\(ManifestDraft.quoted(first))]",
                labels.count > 1 ? "or also " + labels.dropFirst().joined(separator: ", ") : "")
        } else {
            draft.add("condition", "none", "no column looks like a label")
        }
    }

    /// Whether most trials have the event, and within their bounds.
    private static func lies(_ event: String, within trials: Table, of nwb: NWBFile) -> Bool {
        guard let table = try? nwb.intervals(trials.name), let times = try? table.numbers(event) else {
            return false
        }
        let rows = times.indices.filter { !times[$0].isNaN }
        guard rows.count * 2 > times.count else { return false }
        // Without bounds there is nothing to be outside of.
        guard let bounds = try? TrialBounds(table) else { return true }
        let window = RecordingSource.EventWindow(event: event, beforeMilliseconds: 0, afterMilliseconds: 0)
        return (try? bounds.outside(times, of: rows, window, in: nwb.path)) != nil
    }

    /// As it usually is, or where trials follow each other faster, from one to the next; in milliseconds.
    private static func window(
        around event: String, of trials: Table, _ nwb: NWBFile
    ) -> (before: Int, after: Int) {
        let usual = (before: 250, after: 450)
        let times = (try? nwb.intervals(trials.name).numbers(event)) ?? []
        let sorted = times.filter(\.isFinite).sorted()
        let least = zip(sorted.dropFirst(), sorted).map { $0 - $1 }.min() ?? .infinity
        let length = min(least, 10) * 1000 / 10
        guard least * 1000 < Double(usual.before + usual.after), length >= 2 else { return usual }
        return (0, Int(length) * 10)
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
