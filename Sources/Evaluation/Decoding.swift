import Foundation
import LinearAlgebra
import Recordings

/// What decoding reads from and what it predicts: bins of trials as rows.
struct DecodingData {
    /// `[trials · bins, features]`
    let features: Matrix
    /// `[trials · bins, channels]`
    let targets: Matrix
    /// Trial of each row: bins of one trial stay together in cross-validation.
    let groups: [Int]

    /// Rows in which every channel was measured.
    ///
    /// - Parameters:
    ///   - features: `[trials, bins, width]` of the given trials.
    ///   - channels: places of the behaviour channels.
    init(_ recording: Recording, trials: [Int], features: [Float], width: Int, channels: [Int]) {
        let bins = recording.binCount
        let behaviorWidth = recording.behaviorNames.count
        var x: [Double] = []
        var y: [Double] = []
        var groups: [Int] = []
        x.reserveCapacity(trials.count * bins * width)
        for (index, trial) in trials.enumerated() {
            for t in 0..<bins {
                let place = (trial * bins + t) * behaviorWidth
                let values = channels.map { recording.behavior[place + $0] }
                guard values.allSatisfy(\.isFinite) else { continue }
                y += values.map(Double.init)
                let first = (index * bins + t) * width
                for k in 0..<width { x.append(Double(features[first + k])) }
                groups.append(trial)
            }
        }
        self.features = Matrix(rows: groups.count, columns: width, values: x)
        targets = Matrix(rows: groups.count, columns: channels.count, values: y)
        self.groups = groups
    }
}

/// Ridge regression from features of single bins to behaviour, one penalty per channel, chosen by
/// five-fold cross-validation over training trials.
struct RidgeDecoder {
    private let fits: [RidgeRegression]

    init(_ data: DecodingData) throws {
        fits = try (0..<data.targets.columns).map { channel in
            try RidgeRegression.crossValidated(
                regressors: data.features,
                targets: Matrix(
                    rows: data.targets.rows, columns: 1, values: data.targets.column(channel)),
                groups: data.groups, folds: 5
            ).fit
        }
    }

    /// R² per channel: 1 − Σ(y − ŷ)²/Σ(y − ȳ)², ȳ the mean of what is tested.
    func score(_ data: DecodingData) -> [Double] {
        fits.enumerated().map { channel, fit in
            let predicted = fit.predict(data.features).values
            let actual = data.targets.column(channel)
            let mean = actual.reduce(0, +) / Double(max(actual.count, 1))
            var error = 0.0
            var total = 0.0
            for (y, p) in zip(actual, predicted) {
                error += (y - p) * (y - p)
                total += (y - mean) * (y - mean)
            }
            return total > 0 ? 1 - error / total : .nan
        }
    }
}
