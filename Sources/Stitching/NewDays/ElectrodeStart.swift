import Alignment
import LinearAlgebra

/// A new day's read-in through the units whose names the run's last day has too, each brought to the mean and the
/// spread that it had there.
struct ElectrodeStart {
    private let session: PreparedSession
    private let last: TrainedDays.LastDay
    private let smoothingMilliseconds: Double

    init(_ session: PreparedSession, _ run: TrainedRun, _ days: TrainedDays) {
        self.session = session
        last = days.last
        smoothingMilliseconds = run.settings.alignment.smoothingMilliseconds
    }

    /// - Returns: `nil` where the electrodes are too few, or other ones.
    /// - Throws: `LinearAlgebraError`
    func readIn() throws -> (map: RidgeRegression, electrodes: Int)? {
        guard
            session.electrodes(of: last.session, smoothingMilliseconds: smoothingMilliseconds)?.areBelieved
                == true
        else { return nil }
        func places(_ session: PreparedSession) -> [String: Int] {
            let encoded = session.unitOrder.prefix(session.encodedUnitCount)
            return Dictionary(
                encoded.enumerated().map { (session.recording.units[$1].name, $0) },
                uniquingKeysWith: { first, _ in first })
        }
        let (own, other) = (places(session), places(last.session))
        let names = own.keys.filter { other[$0] != nil }.sorted()
        guard names.count >= SameElectrodes.fewestUnits else { return nil }
        let here = names.compactMap { own[$0] }
        let there = names.compactMap { other[$0] }
        let (map, _) = try RidgeRegression.crossValidated(
            regressors: last.smoothed.selecting(columns: there), targets: last.targets,
            groups: (0..<(last.targets.rows / last.bins)).flatMap {
                [Int](repeating: $0, count: last.bins)
            }, folds: 5)
        let smoothed = session.smoothedEncoded(
            session.windowAverages(session.trainingTrials, windows: last.bins, bins: last.bins),
            milliseconds: smoothingMilliseconds)
        let (now, before) = (spread(smoothed, here), spread(last.smoothed, there))
        var weights = Matrix(zeros: session.encodedUnitCount, last.targets.columns)
        var bias = map.intercepts
        for (index, place) in here.enumerated() {
            let scale = now[index].deviation > 0 ? before[index].deviation / now[index].deviation : 0
            for k in bias.indices {
                weights[place, k] = map.weights[index, k] * scale
                bias[k] += map.weights[index, k] * (before[index].mean - scale * now[index].mean)
            }
        }
        return (
            RidgeRegression(weights: weights, intercepts: bias, penalty: map.penalty), names.count
        )
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
