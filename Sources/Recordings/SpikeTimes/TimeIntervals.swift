/// Half-open intervals of time in nanoseconds, in order, apart from each other.
struct TimeIntervals: Equatable {
    struct Interval: Equatable {
        var start: Int64
        var end: Int64
    }

    let intervals: [Interval]

    /// In any order; those that touch or overlap are joined, empty ones are left out.
    init(_ intervals: [Interval]) {
        var joined: [Interval] = []
        for next in intervals.sorted(by: { ($0.start, $0.end) < ($1.start, $1.end) })
        where next.end > next.start {
            if let last = joined.last, next.start <= last.end {
                joined[joined.count - 1].end = max(last.end, next.end)
            } else {
                joined.append(next)
            }
        }
        self.intervals = joined
    }

    var isEmpty: Bool { intervals.isEmpty }

    /// Whether all of [start, end) lies within one interval.
    func covers(_ start: Int64, _ end: Int64) -> Bool {
        var (low, high) = (0, intervals.count)
        while low < high {
            let middle = (low + high) / 2
            if intervals[middle].start <= start { low = middle + 1 } else { high = middle }
        }
        return low > 0 && end <= intervals[low - 1].end
    }

    func union(_ other: TimeIntervals) -> TimeIntervals {
        TimeIntervals(intervals + other.intervals)
    }

    func intersection(_ other: TimeIntervals) -> TimeIntervals {
        var common: [Interval] = []
        var (mine, theirs) = (0, 0)
        while mine < intervals.count, theirs < other.intervals.count {
            let (a, b) = (intervals[mine], other.intervals[theirs])
            common.append(Interval(start: max(a.start, b.start), end: min(a.end, b.end)))
            if a.end < b.end { mine += 1 } else { theirs += 1 }
        }
        return TimeIntervals(common)
    }

    func subtracting(_ other: TimeIntervals) -> TimeIntervals {
        guard let first = intervals.first, let last = intervals.last else { return self }
        var rest: [Interval] = []
        var start = first.start
        for hole in other.intervals {
            rest.append(Interval(start: start, end: max(start, hole.start)))
            start = max(start, hole.end)
        }
        rest.append(Interval(start: start, end: max(start, last.end)))
        return intersection(TimeIntervals(rest))
    }
}
