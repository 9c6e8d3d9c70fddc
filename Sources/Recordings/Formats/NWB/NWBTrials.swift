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
    let tableName: String
    /// Whose texts make the label.
    let conditionColumns: [String]
    /// While any of the table's trials ran; empty where it doesn't say.
    let course: TimeIntervals

    init(
        _ nwb: NWBFile, _ source: RecordingSource, _ window: RecordingSource.EventWindow
    ) throws {
        let table = try nwb.intervals(source.trialTable ?? "trials")
        let events = try table.numbers(window.event)
        let before = Nanoseconds.rounding(milliseconds: window.beforeMilliseconds) ?? 0
        let splits = try Self.splits(table, source)
        leftOut = []
        var kept = Array(0..<table.rowCount)
        for filter in source.trialFilters {
            let values = try table.texts(filter.column)
            let filter = try filter.resolved(among: values, in: nwb.path)
            leftOut.append(("\(filter.column) differs", kept.count { !filter.accepts(values[$0]) }))
            kept.removeAll { !filter.accepts(values[$0]) }
        }
        if let splits {
            leftOut.append(("in no training or validation set", kept.count { splits[$0] == nil }))
            kept.removeAll { splits[$0] == nil }
        }
        leftOut.append(("without \(window.event)", kept.count { events[$0].isNaN }))
        kept.removeAll { events[$0].isNaN }
        let bounds = try Self.bounds(table)
        if let bounds {
            let outside = kept.filter { events[$0] < bounds[$0].start || events[$0] > bounds[$0].stop }
            // One in many is a slip of the experiment; most of them are times of another kind.
            if let first = outside.first, outside.count * 2 >= kept.count {
                throw NWBError.eventsOutsideTrials(
                    path: nwb.path, event: window.event, count: outside.count, of: kept.count, row: first,
                    value: events[first], start: bounds[first].start, stop: bounds[first].stop)
            }
            leftOut.append(("with \(window.event) outside the trial", outside.count))
            kept.removeAll(where: Set(outside).contains)
        }
        course = TimeIntervals(
            try zip(
                nwb.nanoseconds((bounds ?? []).map(\.start), "\(table.path)/start_time"),
                nwb.nanoseconds((bounds ?? []).map(\.stop), "\(table.path)/stop_time")
            ).map { .init(start: $0, end: $1) })

        let identifiers = try table.identifiers()
        conditionColumns = Self.conditionColumns(table, source)
        let conditions = try Self.conditions(table, conditionColumns)
        tableName = table.name
        starts = try nwb.nanoseconds(kept.map { events[$0] }, "\(table.path)/\(window.event)")
            .map { $0 - before }
        trials = kept.map { row in
            Recording.Trial(
                identifier: identifiers[row], condition: conditions?[row],
                split: (splits?[row] ?? nil) ?? .train)
        }
        scalars = try source.trialScalars.map { name in
            let values = try table.numbers(name)
            let own = kept.map { Float(values[$0]) }
            try RecordingChecks(source: nwb.path).require(
                .finiteOrMissing, ShapedArray(shape: [own.count, 1, 1], values: own), dataset: name)
            return (name, own)
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

    /// How windows overlap, for the provenance; `nil` where none does.
    ///
    /// Neighbours may share bins as those of a continuous recording do, by half at most: more, and what is
    /// held out would be known from training.
    /// - Throws: `NWBError.windowsOverlap`
    func overlaps(length: Int64, in path: String) throws -> String? {
        var shared = 0
        for index in starts.indices.dropFirst() {
            let overlap = length - (starts[index] - starts[index - 1])
            guard overlap > 0 else { continue }
            shared += 1
            guard overlap * 2 <= length else {
                throw NWBError.windowsOverlap(
                    path: path, first: trials[index - 1].identifier, second: trials[index].identifier,
                    milliseconds: Nanoseconds.seconds(overlap) * 1000,
                    length: Nanoseconds.seconds(length) * 1000)
            }
        }
        return shared > 0 ? "\(shared) of \(starts.count) share bins with the one before" : nil
    }

    private static func bounds(_ table: NWBTable) throws -> [(start: Double, stop: Double)]? {
        guard table.has("start_time"), table.has("stop_time") else { return nil }
        return Array(try zip(table.numbers("start_time"), table.numbers("stop_time")))
    }

    private static func conditionColumns(_ table: NWBTable, _ source: RecordingSource) -> [String] {
        if !source.conditionColumns.isEmpty { return source.conditionColumns }
        return source.datasets.condition == .usual && table.has("condition") ? ["condition"] : []
    }

    private static func conditions(_ table: NWBTable, _ columns: [String]) throws -> [String?]? {
        guard !columns.isEmpty else { return nil }
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
