import Alignment
import LinearAlgebra

/// A new day's read-in through the units whose names the run's last day has too, each brought to the mean and the
/// spread that it had there.
struct ElectrodeStart {
    /// Columns of the shared units among the encoded ones, on the new day and on the last one.
    private let here: [Int]
    private let there: [Int]

    /// How many electrodes both days have.
    var electrodes: Int { here.count }

    /// - Returns: `nil` where encoded units of the same name are too few, or other electrodes.
    init?(_ session: PreparedSession, last: PreparedSession, _ settings: AlignmentSettings) {
        func places(_ session: PreparedSession) -> [String: Int] {
            let encoded = session.unitOrder.prefix(session.encodedUnitCount)
            return Dictionary(
                encoded.enumerated().map { (session.recording.units[$1].name, $0) },
                uniquingKeysWith: { first, _ in first })
        }
        let (own, other) = (places(session), places(last))
        let names = own.keys.filter { other[$0] != nil }.sorted()
        guard names.count >= SameElectrodes.fewestUnits,
            SameElectrodes(session.unitsTogether(settings), last.unitsTogether(settings))?.areBelieved
                == true
        else { return nil }
        here = names.compactMap { own[$0] }
        there = names.compactMap { other[$0] }
    }

    /// - Parameters:
    ///   - last: the last day, with what its factors stand for at the encoder.
    ///   - smoothed: counts of the new day's training trials, `[trials · bins, encoded units]`.
    /// - Throws: `LinearAlgebraError`
    func readIn(_ last: TrainedDays.LastDay, smoothed: Matrix) throws -> RidgeRegression {
        let (map, _) = try RidgeRegression.crossValidated(
            regressors: last.smoothed.selecting(columns: there), targets: last.targets,
            groups: (0..<(last.targets.rows / last.bins)).flatMap {
                [Int](repeating: $0, count: last.bins)
            }, folds: 5)
        let (now, before) = (spread(smoothed, here), spread(last.smoothed, there))
        var weights = Matrix(zeros: smoothed.columns, last.targets.columns)
        var bias = map.intercepts
        for (index, place) in here.enumerated() {
            let scale = now[index].deviation > 0 ? before[index].deviation / now[index].deviation : 0
            for k in bias.indices {
                weights[place, k] = map.weights[index, k] * scale
                bias[k] += map.weights[index, k] * (before[index].mean - scale * now[index].mean)
            }
        }
        return RidgeRegression(weights: weights, intercepts: bias, penalty: map.penalty)
    }

    private func spread(_ counts: Matrix, _ columns: [Int]) -> [(mean: Double, deviation: Double)] {
        columns.map { column in
            let values = counts.column(column)
            let mean = values.reduce(0, +) / Double(max(values.count, 1))
            let variance =
                values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                / Double(max(values.count, 1))
            return (mean, variance.squareRoot())
        }
    }
}
