import LFADS
import LinearAlgebra

/// Start values for a session without condition labels: its own principal components.
///
/// They span the session's own dynamics, in directions and signs of their own. For a model of this
/// session alone that is all that is needed; beside other sessions it is no common space.
enum OwnComponents {
    /// Single-trial rows that the read-out's regression gets at most: enough for its few regressors.
    private static let mostRows = 4_000

    static func align(
        _ session: PreparedSession, settings: AlignmentSettings, components: Int, factorCount: Int,
        observation: ObservationModel, isAlone: Bool
    ) throws -> SessionAlignment {
        let data = session.trials
        let bins = data.binCount
        let trials = session.trainingTrials
        let encoded = session.encodedUnitCount
        var counts = Matrix(zeros: trials.count * bins, data.unitCount)
        for (index, trial) in trials.enumerated() {
            for i in 0..<(bins * data.unitCount) {
                counts.values[index * bins * data.unitCount + i] = Double(
                    data.values[trial * bins * data.unitCount + i])
            }
        }
        let smoothed = ConditionAverages.smooth(
            counts.leading(columns: encoded), blocks: trials.count,
            standardDeviation: settings.smoothingMilliseconds / session.recording.binMilliseconds)
        let means = smoothed.columnMeans
        let centred = smoothed.subtracting(rowVector: means)
        let analysis = try PrincipalComponents(of: centred, count: components)
        let raw = analysis.scores(of: centred)
        var variance = 0.0
        for i in 0..<raw.rows where raw.columns > 0 { variance += raw[i, 0] * raw[i, 0] }
        let deviation = (variance / Double(max(raw.rows, 1))).squareRoot()
        let scale = deviation > 0 ? 1 / deviation : 1
        var scores = Matrix(zeros: raw.rows, components)
        for i in 0..<raw.rows { for k in 0..<raw.columns { scores[i, k] = raw[i, k] * scale } }

        var weights = [Float](repeating: 0, count: components * encoded)
        var bias = [Float](repeating: 0, count: components)
        for k in 0..<analysis.directions.columns {
            var shift = 0.0
            for j in 0..<encoded {
                let weight = analysis.directions[j, k] * scale
                weights[k * encoded + j] = Float(weight)
                shift += weight * means[j]
            }
            bias[k] = Float(-shift)
        }
        let step = max(1, scores.rows / mostRows)
        let rows = Array(stride(from: 0, to: scores.rows, by: step))
        let readOut = try ReadOutStart(
            observation, trajectories: scores.selecting(rows: rows),
            counts: counts.selecting(rows: rows),
            observationWeights: [Double](repeating: 1, count: rows.count),
            groups: rows.map { $0 / bins }, factorCount: factorCount)
        return SessionAlignment(
            session: session.name, units: session.recording.units.count,
            trials: session.recording.trialCount, conditions: 0, heldOutR2: .nan, penalty: 0,
            conditionAgreement: nil,
            warnings: isAlone
                ? []
                : [
                    "session \(session.name) has no condition labels and starts from its own principal "
                        + "components: it is not aligned with the other days"
                ], readInWeights: weights, readInBias: bias, readOut: readOut)
    }
}
