import TrialArrays

/// Condition averages of behaviour on one day; training trials only.
struct BehaviorPattern {
    let binCount: Int
    let conditions: Set<Int>
    /// By condition, then channel: `[bins]`; NaN where nothing was measured.
    private let values: [Int: [[Double]]]
    /// By channel: whether its averages differ by more than single trials' noise.
    private let tells: [Bool]

    /// Variance of the averages over conditions, relative to what single trials' noise alone gives them, from
    /// which a channel takes part (F of the analysis of variance, numerator and denominator summed over bins).
    /// At least four fifths of the averages' variance is then signal, so that averages of two days that mean the
    /// same correlate above `ConditionAgreement.warningBelow` by a wide margin.
    static let fewestNoiseVariances = 5.0

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
        let averages = values
        tells = columns.indices.map { channel in
            Self.differ(behavior, column: columns[channel], trials) { averages[$0]?[channel] ?? [] }
        }
    }

    /// Whether a channel's averages differ by more than their noise; not where no condition has two trials,
    /// for then the noise isn't known.
    private static func differ(
        _ behavior: TrialArray, column: Int, _ trials: [Int: [Int]], average: (Int) -> [Double]
    ) -> Bool {
        var (between, within) = ((squares: 0.0, degrees: 0), (squares: 0.0, degrees: 0))
        let groups = trials.keys.sorted().map { (trials: trials[$0] ?? [], average: average($0)) }
        for t in 0..<behavior.binCount {
            var (sum, count, present) = (0.0, 0, 0)
            var sizes = [Int](repeating: 0, count: groups.count)
            for (index, group) in groups.enumerated() where group.average[t].isFinite {
                for trial in group.trials {
                    let value = Double(behavior[trial, t, column])
                    guard value.isFinite else { continue }
                    let d = value - group.average[t]
                    within.squares += d * d
                    sizes[index] += 1
                }
                sum += group.average[t] * Double(sizes[index])
                count += sizes[index]
                present += 1
            }
            guard present >= 2 else { continue }
            let mean = sum / Double(count)
            for (index, group) in groups.enumerated() where sizes[index] > 0 {
                let d = group.average[t] - mean
                between.squares += Double(sizes[index]) * d * d
            }
            between.degrees += present - 1
            within.degrees += count - present
        }
        guard between.degrees > 0, within.degrees > 0 else { return false }
        return between.squares / Double(between.degrees)
            > fewestNoiseVariances * within.squares / Double(within.degrees)
    }

    /// `[bins]`; NaN where nothing was measured, and throughout for a channel that doesn't tell conditions apart.
    func average(condition: Int, channel: Int) -> [Double] {
        guard tells[channel], let values = values[condition] else {
            return [Double](repeating: .nan, count: binCount)
        }
        return values[channel]
    }

    /// A channel of two days over the conditions of both, on each day without the time course that
    /// these have in common; `nil` where on one of the days it is constant, was not measured, or differs over
    /// conditions by no more than its noise.
    func centred(
        with other: BehaviorPattern, channel: Int
    ) -> (own: [Int: [Double]], other: [Int: [Double]])? {
        guard tells[channel], other.tells[channel] else { return nil }
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
