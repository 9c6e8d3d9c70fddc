import Foundation
import LinearAlgebra
import Recordings

/// What decoding reads from and what it predicts: bins of trials as rows.
struct DecodingData {
    /// `[trials · bins, features]`
    let features: Matrix
    /// `[trials · bins, channels]`; NaN where a channel was not measured.
    let targets: Matrix
    /// Trial of each row: bins of one trial stay together in cross-validation.
    let groups: [Int]

    /// - Parameters:
    ///   - features: `[trials, bins, width]` of the given trials.
    ///   - channels: places of the behaviour channels.
    init(_ recording: Recording, trials: [Int], features: [Float], width: Int, channels: [Int]) {
        let bins = recording.binCount
        let behaviorWidth = recording.behaviorNames.count
        var y: [Double] = []
        y.reserveCapacity(trials.count * bins * channels.count)
        for trial in trials {
            for t in 0..<bins {
                let place = (trial * bins + t) * behaviorWidth
                y += channels.map { Double(recording.behavior[place + $0]) }
            }
        }
        self.features = Matrix(
            rows: trials.count * bins, columns: width, values: features.map(Double.init))
        targets = Matrix(rows: trials.count * bins, columns: channels.count, values: y)
        groups = trials.flatMap { [Int](repeating: $0, count: bins) }
    }

    /// Rows of several days under each other; trials of different days stay apart.
    init(joining parts: [DecodingData]) {
        features = Matrix(
            rows: parts.reduce(0) { $0 + $1.features.rows },
            columns: parts.first?.features.columns ?? 0, values: parts.flatMap(\.features.values))
        targets = Matrix(
            rows: parts.reduce(0) { $0 + $1.targets.rows },
            columns: parts.first?.targets.columns ?? 0, values: parts.flatMap(\.targets.values))
        groups = parts.enumerated().flatMap { index, part in
            part.groups.map { $0 * parts.count + index }
        }
    }

    /// The rows in which that channel was measured; `nil` where it never was, or never varied.
    ///
    /// Each channel has rows of its own: one that was dead on some day takes nothing from the others.
    func measured(_ channel: Int) -> (features: Matrix, values: [Double], groups: [Int])? {
        let all = targets.column(channel)
        let rows = all.indices.filter { all[$0].isFinite }
        guard let first = rows.first, rows.contains(where: { all[$0] != all[first] }) else {
            return nil
        }
        if rows.count == all.count { return (features, all, groups) }
        return (features.selecting(rows: rows), rows.map { all[$0] }, rows.map { groups[$0] })
    }
}

/// Ridge regression from features of single bins to behaviour, one penalty per channel, chosen by
/// five-fold cross-validation over training trials.
struct RidgeDecoder {
    /// By channel; `nil` where there was nothing to learn from.
    private let fits: [RidgeRegression?]

    init(_ data: DecodingData) throws {
        fits = try (0..<data.targets.columns).map { channel in
            guard let (features, values, groups) = data.measured(channel) else { return nil }
            return try RidgeRegression.crossValidated(
                regressors: features, targets: Matrix(rows: values.count, columns: 1, values: values),
                groups: groups, folds: 5
            ).fit
        }
    }

    /// R² per channel: 1 − Σ(y − ŷ)²/Σ(y − ȳ)², ȳ the mean of what is tested; NaN for a channel that
    /// wasn't measured, or didn't vary, in what was fitted or in what is tested.
    func score(_ data: DecodingData) -> [Double] {
        fits.enumerated().map { channel, fit in
            guard let fit, let (features, actual, _) = data.measured(channel) else { return .nan }
            let predicted = fit.predict(features).values
            let mean = actual.reduce(0, +) / Double(actual.count)
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
