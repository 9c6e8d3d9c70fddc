import LFADS
import LinearAlgebra

/// Start values for a session without condition labels: its own principal components.
///
/// They span the session's own dynamics, in directions and signs of their own. For a model of this
/// session alone that is all that is needed; beside other sessions it is no common space.
package enum OwnComponents {
    /// Single-trial rows that are enough for the few regressors of the read-out, and trials that are
    /// enough to cross-validate it.
    private static let enoughRows = 4_000
    private static let enoughTrials = 10

    /// Every k-th trial, whole: every k-th row could be the same few bins of each trial.
    package static func thinned(trials: Int, bins: Int) -> [Int] {
        let step = min(trials * bins / enoughRows, trials / enoughTrials)
        return Array(stride(from: 0, to: trials, by: max(1, step)))
    }

    static func align(
        _ session: AlignableSession, settings: AlignmentSettings, components: Int, factorCount: Int,
        observation: ObservationModel, isAlone: Bool
    ) throws -> AlignedDay {
        let data = session.counts
        let bins = data.binCount
        let trials = session.trainingTrials
        let encoded = session.encodedUnitCount
        let counts = Matrix(
            rows: trials.count * bins, columns: data.columnCount,
            values: trials.flatMap { data[trial: $0].map(Double.init) })
        let smoothed = ConditionAverages.smooth(
            counts.leading(columns: encoded), blocks: trials.count,
            standardDeviation: session.bins(milliseconds: settings.smoothingMilliseconds))
        let means = smoothed.columnMeans
        let centred = smoothed.subtracting(rowVector: means)
        let analysis = try PrincipalComponents(of: centred, count: components)
        let (scores, scale, usable) = SharedTrajectories.scaledScores(
            analysis, of: centred, components: components)

        // The encoder sees 0 where a unit was not observed.
        let shares =
            session.lacksSamples
            ? ObservedSums(counts, bins: bins).shares(ofTrials: trials.count) : nil
        var weights = [Float](repeating: 0, count: components * encoded)
        var bias = [Float](repeating: 0, count: components)
        for k in 0..<usable {
            var shift = 0.0
            for j in 0..<encoded {
                let weight = analysis.directions[j, k] * scale
                weights[k * encoded + j] = Float(shares.map { $0[j] > 0 ? weight / $0[j] : 0 } ?? weight)
                shift += weight * means[j]
            }
            bias[k] = Float(-shift)
        }
        let rows = thinned(trials: trials.count, bins: bins)
            .flatMap { ($0 * bins)..<(($0 + 1) * bins) }
        let readOut = try ReadOutStart(
            observation, trajectories: scores.selecting(rows: rows),
            counts: counts.selecting(rows: rows),
            observationWeights: [Double](repeating: 1, count: rows.count),
            groups: rows.map { $0 / bins }, factorCount: factorCount)
        return AlignedDay(
            session: session.name, units: data.columnCount,
            trials: data.trialCount, conditions: 0, heldOutR2: .nan, penalty: 0,
            conditionAgreement: nil, geometryAgreement: nil, geometryChance: nil,
            warnings: isAlone
                ? []
                : [
                    "session \(session.name) has no condition labels and starts from its own principal "
                        + "components: it is not aligned with the other days"
                ],
            maps: SessionMaps(readIn: AffineMap(weights: weights, bias: bias), readOut: readOut.map))
    }
}
