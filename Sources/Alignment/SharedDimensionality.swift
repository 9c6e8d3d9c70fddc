import LinearAlgebra

/// In how many directions the days' condition averages repeat: what the recordings say of the number of shared
/// components.
///
/// The training trials of each condition are dealt into two halves. Principal components of one half's averages
/// hold signal and noise; what the other half's averages do along the same directions shares the signal alone,
/// so that the covariance of the two is an estimate of the signal's variance that more components can't make
/// larger (cross-validated principal components: Stringer et al. 2019, *Nature* 571:361). Both halves are taken
/// for the first in turn. Held-out trials take no part.
public struct SharedDimensionality: Sendable, Equatable {
    /// Variance of the signal along each component, by the components' order; an estimate of no signal
    /// scatters about 0.
    public let signalVariances: [Double]

    /// Share of the signal's variance that the first so many components hold.
    public func share(components: Int) -> Double {
        let total = signalVariances.reduce(0) { $0 + max($1, 0) }
        guard total > 0 else { return 0 }
        return signalVariances.prefix(components).reduce(0) { $0 + max($1, 0) } / total
    }

    /// The fewest leading components that hold a share of the signal's variance.
    ///
    /// - Parameter share: above 0 and at most 1.
    public func components(holding share: Double) -> Int {
        (1...max(signalVariances.count, 1)).first { self.share(components: $0) >= share }
            ?? signalVariances.count
    }

    /// Measures it.
    ///
    /// - Parameters:
    ///   - sessions: whose training trials are averaged.
    ///   - smoothingMilliseconds: standard deviation of the Gaussian in time, as in the alignment.
    ///   - largest: components that are looked at.
    ///   - threads: days that are averaged at once; results do not depend on it.
    /// - Returns: `nil` where no condition has two training trials on a day.
    /// - Throws: `LinearAlgebraError` when the eigenproblem does not converge.
    public init?(
        _ sessions: [AlignableSession], smoothingMilliseconds: Double, largest: Int = 64, threads: Int = 1
    ) throws {
        let list = ConditionList(sessions)
        /// One half of all days side by side; `nil` where no day has a condition in it.
        func data(_ half: Int) throws -> Matrix? {
            // The averages themselves are not kept: with many conditions they take more room than the counts.
            let smoothed = try SideBySide.map(sessions.count, threads: threads) { index in
                ConditionAverages(
                    Self.halves(of: sessions[index], list)[half], list,
                    smoothingMilliseconds: smoothingMilliseconds
                ).map(SmoothedAverages.init)
            }.compactMap { $0 }
            // A condition that a session lacks is nought there, in both halves.
            return smoothed.isEmpty ? nil : AveragesSideBySide(smoothed, sharedBy: 1).data
        }
        guard let first = try data(0), let second = try data(1) else { return nil }
        let count = min(largest, first.rows - 1, first.columns)
        guard count > 0 else { return nil }
        var variances = [Double](repeating: 0, count: count)
        for (half, other) in [(first, second), (second, first)] {
            let analysis = try PrincipalComponents(of: half, count: count)
            let scores = (analysis.scores(of: half), analysis.scores(of: other))
            for row in 0..<half.rows {
                for k in 0..<count {
                    variances[k] += scores.0[row, k] * scores.1[row, k] / Double(2 * half.rows)
                }
            }
        }
        signalVariances = variances
    }

    /// The trials of every condition dealt out in turn; conditions with a single training trial are left out.
    private static func halves(
        of session: AlignableSession, _ list: ConditionList
    ) -> [AlignableSession] {
        var halves: [[Int]] = [[], []]
        for trials in (list.trainingTrials(of: session) ?? [:]).values where trials.count > 1 {
            for (index, trial) in trials.enumerated() {
                halves[index % 2].append(trial)
            }
        }
        return halves.map { trials in
            AlignableSession(
                name: session.name, counts: session.counts, encodedUnitCount: session.encodedUnitCount,
                trainingTrials: trials.sorted(), behavior: session.behavior,
                isContinuous: session.isContinuous, unitNames: session.unitNames)
        }
    }
}
