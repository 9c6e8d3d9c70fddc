/// Condition averages of behaviour on one day; training trials only.
struct BehaviorPattern {
    let binCount: Int
    let conditions: Set<Int>
    /// By condition, then channel: `[bins]`; NaN where nothing was measured.
    private let values: [Int: [[Double]]]

    /// Variance over conditions, relative to the mean square, that rounding alone can have.
    private static let constantBelow = 1e-12

    init?(_ session: AlignableSession, _ list: ConditionList, channels: [String]) {
        let behavior = session.behavior
        guard let trials = list.trainingTrials(of: session), behavior.columnCount > 0 else { return nil }
        let columns = channels.compactMap { behavior.columns.names.firstIndex(of: $0) }
        let bins = behavior.binCount
        values = trials.mapValues { members in
            columns.map { column in
                (0..<bins).map { t in
                    let measured = members.map { behavior[$0, t, column] }.filter(\.isFinite)
                    guard !measured.isEmpty else { return .nan }
                    return measured.reduce(0) { $0 + Double($1) } / Double(measured.count)
                }
            }
        }
        binCount = bins
        conditions = Set(trials.keys)
    }

    /// A channel of two days over the conditions of both, on each day without the time course that
    /// these have in common; `nil` where it is constant or was not measured on one of the days.
    func centred(
        with other: BehaviorPattern, channel: Int
    ) -> (own: [Int: [Double]], other: [Int: [Double]])? {
        let both = conditions.intersection(other.conditions).sorted()
        let bins = min(binCount, other.binCount)
        let empty = [Double](repeating: .nan, count: binCount)
        var own = Dictionary(uniqueKeysWithValues: both.map { ($0, empty) })
        var others = own
        var (ownSquares, otherSquares) = ((all: 0.0, centred: 0.0), (all: 0.0, centred: 0.0))
        for t in 0..<bins {
            var mine: [Double] = []
            var theirs: [Double] = []
            var measured: [Int] = []
            for condition in both {
                guard let a = values[condition]?[channel][t], a.isFinite,
                    let b = other.values[condition]?[channel][t], b.isFinite
                else { continue }
                mine.append(a)
                theirs.append(b)
                measured.append(condition)
            }
            guard measured.count >= 2 else { continue }
            let meanOfMine = mine.reduce(0, +) / Double(mine.count)
            let meanOfTheirs = theirs.reduce(0, +) / Double(theirs.count)
            for (place, condition) in measured.enumerated() {
                let (a, b) = (mine[place] - meanOfMine, theirs[place] - meanOfTheirs)
                own[condition]?[t] = a
                others[condition]?[t] = b
                ownSquares.all += mine[place] * mine[place]
                ownSquares.centred += a * a
                otherSquares.all += theirs[place] * theirs[place]
                otherSquares.centred += b * b
            }
        }
        guard ownSquares.centred > Self.constantBelow * ownSquares.all,
            otherSquares.centred > Self.constantBelow * otherSquares.all
        else { return nil }
        return (own, others)
    }
}
