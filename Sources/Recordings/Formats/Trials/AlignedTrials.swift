import ArrayFiles

/// The trials of a table that a manifest wants: where each window begins, its label and its split.
struct AlignedTrials {
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
    private let path: String
    private let window: RecordingSource.EventWindow

    private let clock: Clock

    /// What times of events are counted by.
    enum Clock {
        case recording
        /// Each trial has a clock of its own; nothing of one trial is before or after anything of another.
        case trial
    }

    init(
        _ table: some TrialTable, _ source: RecordingSource, _ window: RecordingSource.EventWindow,
        clock: Clock = .recording
    ) throws {
        (path, self.window, self.clock) = (table.filePath, window, clock)
        var events = try window.event.map(table.numbers) ?? [Double](repeating: 0, count: table.rowCount)
        if let origin = window.relativeTo {
            events = try zip(table.numbers(origin), events).map { $0 + $1 }
        }
        let before = Nanoseconds.rounding(milliseconds: window.beforeMilliseconds) ?? 0
        let splits = try table.splits(source)
        leftOut = []
        var kept = Array(0..<table.rowCount)
        for filter in source.trialFilters {
            let values = try table.texts(filter.column)
            let filter = try filter.resolved(among: values, in: path)
            leftOut.append(("\(filter.column) differs", kept.count { !filter.accepts(values[$0]) }))
            kept.removeAll { !filter.accepts(values[$0]) }
        }
        if let splits {
            leftOut.append(("in no training or validation set", kept.count { splits[$0] == nil }))
            kept.removeAll { splits[$0] == nil }
        }
        leftOut.append(("without \(window.eventName)", kept.count { events[$0].isNaN }))
        kept.removeAll { events[$0].isNaN }
        let bounds = try clock == .recording ? TrialBounds(table) : nil
        if let bounds {
            let outside = try bounds.outside(events, of: kept, window, in: path)
            leftOut.append(("with \(window.eventName) outside the trial", outside.count))
            kept.removeAll(where: outside.contains)
        }
        course = try bounds?.course(of: table) ?? TimeIntervals([])

        let identifiers = try table.identifiers()
        conditionColumns = Self.conditionColumns(table, source)
        let conditions = try Self.conditions(table, conditionColumns)
        tableName = table.name
        starts = try table.nanoseconds(kept.map { events[$0] }, window.eventName).map { $0 - before }
        trials = kept.map { row in
            Recording.Trial(
                identifier: identifiers[row], condition: conditions?[row],
                split: (splits?[row] ?? nil) ?? .train)
        }
        scalars = try source.trialScalars.map { name in
            let values = try table.numbers(name)
            let own = kept.map { Float(values[$0]) }
            try RecordingChecks(source: table.filePath).require(
                .finiteOrMissing, ShapedArray(shape: [own.count, 1, 1], values: own), dataset: name)
            return (name, own)
        }
        hasSplit = splits != nil
        // Rows stand in the order of time in all but name; trials are in recorded order.
        if clock == .recording { keep(starts.indices.sorted { (starts[$0], $0) < (starts[$1], $1) }) }
        try RecordingChecks(source: path).requireUniqueTrials(trials.map(\.identifier))
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

    /// Where nobody says when the recording ran: at least from its first spike to its last, and while there were
    /// trials. Windows beyond are left out.
    mutating func leaveOutUnrecorded(firstSpike: Int64?, lastSpike: Int64?, length: Int64) {
        let starts = course.intervals.map(\.start) + [firstSpike].compactMap { $0 }
        let ends = course.intervals.map(\.end) + [lastSpike].compactMap { $0.map { $0 + 1 } }
        guard let begin = starts.min(), let end = ends.max() else { return }
        leaveOut("not within the recording") { $0 < begin || $0 + length > end }
    }

    /// For the provenance, once nothing more is left out.
    ///
    /// - Parameter length: of a window, nanoseconds.
    /// - Throws: `TableError.noTrialLeft`, `.windowsOverlap`
    func remarks(length: Int64) throws -> [String: String] {
        let leftOut = leftOut.filter { $0.count > 0 }.map { "\($0.count) \($0.reason)" }
            .joined(separator: ", ")
        guard !trials.isEmpty else { throw TableError.noTrialLeft(path: path, leftOut: leftOut) }
        var remarks = ["align": window.words, "trials": tableName]
        if !conditionColumns.isEmpty {
            remarks[.condition] = conditionColumns.joined(separator: "/")
        }
        if !leftOut.isEmpty { remarks[.leftOutTrials] = leftOut }
        if clock == .recording { remarks[.overlappingWindows] = try overlaps(length: length) }
        return remarks
    }

    /// How windows overlap, in words; `nil` where none does.
    ///
    /// Neighbours may share bins as those of a continuous recording do, by half at most: more, and what is
    /// held out would be known from training.
    private func overlaps(length: Int64) throws -> String? {
        var shared = 0
        for index in starts.indices.dropFirst() {
            let overlap = length - (starts[index] - starts[index - 1])
            guard overlap > 0 else { continue }
            shared += 1
            guard overlap * 2 <= length else {
                throw TableError.windowsOverlap(
                    path: path, first: trials[index - 1].identifier, second: trials[index].identifier,
                    milliseconds: Nanoseconds.seconds(overlap) * 1000,
                    length: Nanoseconds.seconds(length) * 1000)
            }
        }
        return shared > 0 ? "\(shared) of \(starts.count) share bins with the one before" : nil
    }

    private static func conditionColumns(
        _ table: some TrialTable, _ source: RecordingSource
    ) -> [String] {
        if !source.conditionColumns.isEmpty { return source.conditionColumns }
        return source.datasets.condition == .usual && table.has("condition") ? ["condition"] : []
    }

    private static func conditions(_ table: some TrialTable, _ columns: [String]) throws -> [String?]? {
        guard !columns.isEmpty else { return nil }
        let parts = try columns.map { try table.texts($0) }
        return (0..<table.rowCount).map { row in
            // A trial that lacks a part has no label.
            let words = parts.compactMap { $0[row] }
            return words.count == parts.count ? words.joined(separator: "/") : nil
        }
    }
}
