public import LinearAlgebra

/// Condition averages of one session's training trials.
public struct ConditionAverages: Sendable {
    /// Places in the list of conditions of those that this session has in training.
    let places: [Int]
    /// Names of these.
    public let conditions: [String]
    /// Training trials behind each of them.
    public var trialCounts: [Int] { trials.map(\.count) }
    /// Places in the session of these trials.
    package let trials: [[Int]]
    /// Bins of every average.
    public let binCount: Int
    /// Units that the encoder sees, the leading columns.
    let encodedUnitCount: Int
    /// Mean counts per bin, `[conditions · bins, units]`, over the trials in which a unit was observed in the bin;
    /// NaN where it was in none.
    public let counts: Matrix
    /// The same, smoothed in time; a number everywhere.
    public let smoothed: Matrix
    /// Of each unit, the share of the samples behind the averages that were observed; `nil` where all were.
    private let observedShares: [Double]?

    /// Averages the training trials of a session by condition.
    ///
    /// - Parameters:
    ///   - session: the session, of which no other trials are looked at.
    ///   - list: of the conditions of all sessions that are aligned.
    ///   - smoothingMilliseconds: standard deviation of the Gaussian in time.
    /// - Returns: `nil` for a session in which no training trial has a label.
    public init?(_ session: AlignableSession, _ list: ConditionList, smoothingMilliseconds: Double) {
        guard let trials = list.trainingTrials(of: session) else { return nil }
        let counts = session.counts
        let bins = counts.binCount
        places = trials.keys.sorted()
        conditions = places.map { list.names[$0] }
        self.trials = places.map { trials[$0] ?? [] }
        binCount = bins
        encodedUnitCount = session.encodedUnitCount
        guard !session.lacksSamples else {
            var sums = ObservedSums(zeros: places.count, bins: bins, units: counts.columnCount)
            for (index, members) in self.trials.enumerated() {
                for trial in members {
                    for (i, value) in counts[trial: trial].enumerated() {
                        sums.add(Double(value), at: index * counts.trialSize + i)
                    }
                }
            }
            self.counts = sums.means
            smoothed = sums.smoothed(
                GaussianKernel(
                    standardDeviation: session.bins(milliseconds: smoothingMilliseconds), binCount: bins))
            observedShares = sums.shares(ofTrials: self.trials.reduce(0) { $0 + $1.count })
            return
        }
        observedShares = nil
        var average = Matrix(zeros: places.count * bins, counts.columnCount)
        for (index, members) in self.trials.enumerated() {
            let start = index * counts.trialSize
            for trial in members {
                for (i, value) in counts[trial: trial].enumerated() {
                    average.values[start + i] += Double(value)
                }
            }
            let scale = 1 / Double(max(members.count, 1))
            for i in start..<(start + counts.trialSize) { average.values[i] *= scale }
        }
        self.counts = average
        smoothed = Self.smooth(
            average, blocks: places.count,
            standardDeviation: session.bins(milliseconds: smoothingMilliseconds))
    }

    /// One row's condition, for folds that keep a condition together.
    package var groups: [Int] { places.flatMap { [Int](repeating: $0, count: binCount) } }
    /// One row's number of trials.
    package var rowWeights: [Double] {
        trialCounts.flatMap { [Double](repeating: Double($0), count: binCount) }
    }
    /// What the encoder sees of the smoothed averages on average: of samples that were not observed it sees 0.
    package var seen: Matrix {
        guard let observedShares else { return smoothed }
        var result = smoothed
        for row in 0..<result.rows {
            for (unit, share) in observedShares.enumerated() { result[row, unit] *= share }
        }
        return result
    }
    /// The same of the units that the encoder sees at all.
    package var encoded: Matrix { seen.leading(columns: encodedUnitCount) }

    /// How single trials scatter about their condition's average; NaN where none was observed.
    package func scatter(_ session: AlignableSession) -> SingleTrialScatter {
        let size = session.counts.trialSize
        guard !session.lacksSamples else {
            var sums = ObservedSums(zeros: trials.count, bins: binCount, units: counts.columns)
            var present = sums
            for (index, members) in trials.enumerated() {
                for trial in members {
                    for (i, value) in session.counts[trial: trial].enumerated() {
                        let place = index * size + i
                        let d = Double(value) - counts.values[place]
                        sums.add(d * d, at: place)
                        present.add(value.isNaN ? .nan : value > 0 ? 1 : 0, at: place)
                    }
                }
            }
            return SingleTrialScatter(variances: sums.means, nonZeroShares: present.means)
        }
        var variances = Matrix(zeros: counts.rows, counts.columns)
        var shares = variances
        for (index, members) in trials.enumerated() {
            let scale = 1 / Double(max(members.count, 1))
            for trial in members {
                for (i, value) in session.counts[trial: trial].enumerated() {
                    let place = index * size + i
                    let d = Double(value) - counts.values[place]
                    variances.values[place] += scale * d * d
                    if value > 0 { shares.values[place] += scale }
                }
            }
        }
        return SingleTrialScatter(variances: variances, nonZeroShares: shares)
    }

    /// Gaussian smoothing of every block of rows in time. Of rows with NaN, where a sample was not observed, what
    /// was is smoothed, and the result has a number everywhere.
    package static func smooth(_ rows: Matrix, blocks: Int, standardDeviation: Double) -> Matrix {
        guard blocks > 0 else { return rows }
        let bins = rows.rows / blocks
        let kernel = GaussianKernel(standardDeviation: standardDeviation, binCount: bins)
        if rows.values.contains(where: \.isNaN) { return ObservedSums(rows, bins: bins).smoothed(kernel) }
        return kernel?.smooth(rows) ?? rows
    }
}
