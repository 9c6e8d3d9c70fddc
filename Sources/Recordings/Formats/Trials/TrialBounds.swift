/// When each trial began and ended, in seconds; NaN where that isn't known.
struct TrialBounds {
    private let starts: [Double]
    private let stops: [Double]

    /// `nil` where a table doesn't have both columns.
    init?(_ table: some TrialTable) throws {
        guard table.has("start_time"), table.has("stop_time") else { return nil }
        (starts, stops) = try (table.numbers("start_time"), table.numbers("stop_time"))
    }

    /// While any of the trials ran whose bounds are known.
    func course(of table: some TrialTable) throws -> TimeIntervals {
        // Empty intervals count for nothing.
        let known = zip(starts, stops).map { $0.isNaN || $1.isNaN ? (0, 0) : ($0, $1) }
        return TimeIntervals(
            try zip(
                table.nanoseconds(known.map(\.0), "start_time"),
                table.nanoseconds(known.map(\.1), "stop_time")
            ).map { .init(start: $0, end: $1) })
    }

    /// The rows whose event is not within the trial; an end that isn't known leaves out nothing.
    /// - Throws: `TableError.eventsOutsideTrials`: one in many is a slip of the experiment, most of them are times
    ///   of another kind.
    func outside(
        _ events: [Double], of rows: [Int], _ window: RecordingSource.EventWindow, in path: String
    ) throws -> Set<Int> {
        let margin = (window.marginMilliseconds * 1e6).rounded()
        let outside = rows.filter { distance(of: events[$0], row: $0) > margin }
        guard let first = outside.first, outside.count * 2 >= rows.count else { return Set(outside) }
        let farthest = outside.map { distance(of: events[$0], row: $0) }.max() ?? 0
        let areRelative = outside.allSatisfy { distance(of: starts[$0] + events[$0], row: $0) <= margin }
        let way: TableError.WayOut =
            window.relativeTo == nil && areRelative
            ? .relativeToStart
            : farthest <= Self.largestMargin
                ? .margin(milliseconds: (farthest / 1e6).rounded(.up)) : .anotherColumn
        throw TableError.eventsOutsideTrials(
            path: path, event: window.eventName, count: outside.count, of: rows.count, row: first,
            value: events[first], start: starts[first], stop: stops[first], way: way)
    }

    /// What is farther away isn't an event of the trial, nanoseconds.
    private static let largestMargin = 10e9

    /// How long before the trial's beginning or after its end, in whole nanoseconds; 0 within.
    private func distance(of event: Double, row: Int) -> Double {
        // Ends before starts hold no event.
        if stops[row] < starts[row] { return .infinity }
        let distance = [0, starts[row] - event, event - stops[row]].filter { !$0.isNaN }.max() ?? 0
        return (distance * 1e9).rounded()
    }
}
