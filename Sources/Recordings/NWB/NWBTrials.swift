import ArrayFiles

/// The trials of an NWB file that a manifest wants: where each window begins, its label and its split.
struct NWBTrials {
    /// Nanoseconds, one a trial.
    var starts: [Int64]
    var trials: [Recording.Trial]
    /// One number a trial, by the names of their columns.
    var scalars: [(name: String, values: [Float])]
    let hasSplit: Bool
    /// How many rows were left out, by reason.
    var leftOut: [(reason: String, count: Int)]

    init(
        _ nwb: NWBFile, _ source: RecordingSource, _ alignment: RecordingSource.EventAlignment
    ) throws {
        let table = try nwb.intervals(source.trialTable ?? "trials")
        let events = try table.numbers(alignment.event)
        let before = Nanoseconds.rounding(milliseconds: alignment.beforeMilliseconds) ?? 0
        let splits = try Self.splits(table, source)
        leftOut = []
        var kept = Array(0..<table.rowCount)
        for filter in source.trialFilters {
            let values = try table.texts(filter.column)
            try filter.requireKnown(among: values, in: nwb.path)
            leftOut.append(("\(filter.column) differs", kept.count { !filter.accepts(values[$0]) }))
            kept.removeAll { !filter.accepts(values[$0]) }
        }
        if let splits {
            leftOut.append(("in no training or validation set", kept.count { splits[$0] == nil }))
            kept.removeAll { splits[$0] == nil }
        }
        leftOut.append(("without \(alignment.event)", kept.count { events[$0].isNaN }))
        kept.removeAll { events[$0].isNaN }

        let identifiers = try table.identifiers()
        let conditions = try Self.conditions(table, source)
        starts = try nwb.nanoseconds(kept.map { events[$0] }, "\(table.path)/\(alignment.event)")
            .map { $0 - before }
        trials = kept.map { row in
            Recording.Trial(
                identifier: identifiers[row], condition: conditions?[row],
                split: (splits?[row] ?? nil) ?? .train)
        }
        scalars = try source.trialScalars.map { name in
            let values = try table.numbers(name)
            return (name, kept.map { Float(values[$0]) })
        }
        hasSplit = splits != nil
        // Rows stand in the order of time in all but name; trials are in recorded order.
        keep(starts.indices.sorted { (starts[$0], $0) < (starts[$1], $1) })
        try RecordingChecks(source: nwb.path).requireUniqueTrials(trials.map(\.identifier))
    }

    mutating func keep(_ kept: [Int]) {
        starts = kept.map { starts[$0] }
        trials = kept.map { trials[$0] }
        scalars = scalars.map { scalar in (scalar.name, kept.map { scalar.values[$0] }) }
    }

    /// Leaves out windows for which a condition doesn't hold.
    mutating func leaveOut(_ reason: String, where fails: (_ start: Int64) -> Bool) {
        let kept = starts.indices.filter { !fails(starts[$0]) }
        leftOut.append((reason, starts.count - kept.count))
        keep(kept)
    }

    /// In words; empty for none.
    var leftOutWords: String {
        leftOut.filter { $0.count > 0 }.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
    }

    private static func conditions(
        _ table: NWBTable, _ source: RecordingSource
    ) throws -> [String?]? {
        var columns = source.conditionColumns
        if columns.isEmpty {
            guard source.datasets.condition == .usual, table.has("condition") else { return nil }
            columns = ["condition"]
        }
        let parts = try columns.map { try table.texts($0) }
        return (0..<table.rowCount).map { row in
            // A trial that lacks a part has no label.
            let words = parts.compactMap { $0[row] }
            return words.count == parts.count ? words.joined(separator: "/") : nil
        }
    }

    /// The split of each row, `nil` for rows that belong to none; `nil` where the file has no split, or
    /// the manifest splits anew.
    private static func splits(
        _ table: NWBTable, _ source: RecordingSource
    ) throws -> [Recording.Split?]? {
        if case .everyKthOfCondition = source.split { return nil }
        let name: String
        switch source.datasets.split {
        case .omitted: return nil
        case .named(let stated): name = stated
        case .usual:
            guard table.has("split") else { return nil }
            name = "split"
        }
        return try table.texts(name).enumerated().map { trial, word in
            switch word {
            case "train": .train
            case "val", "valid": .valid
            case "test", "none", nil: Recording.Split?.none
            case .some(let other):
                throw NWBError.unknownSplit(path: table.file.path, trial: trial, value: other)
            }
        }
    }
}
