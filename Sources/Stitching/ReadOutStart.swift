import Foundation
import LFADS
import LinearAlgebra

/// Start of a session's read-out: the observation model's parameters as affine maps of the factors,
/// in the units of the observation model.
///
/// For Poisson the read-out is a log-rate, so it comes from a Poisson regression of the
/// condition-averaged counts on the shared trajectories. A mean count as the bias of a log-rate, as
/// published tutorials have it, wrecks the alignment in the first epochs.
struct ReadOutStart {
    /// `[parameters · units, factors]`
    let weights: [Float]
    let bias: [Float]

    /// - Parameters:
    ///   - trajectories: `[observations, components]`. - counts: `[observations, units]`.
    ///   - observationWeights: trials behind each observation.
    ///   - groups: observations that stay together in cross-validation.
    init(
        _ observation: ObservationModel, trajectories: Matrix, counts: Matrix,
        observationWeights: [Double], groups: [Int], factorCount: Int
    ) throws {
        let regressors = trajectories.leading(columns: min(factorCount, trajectories.columns))
        let units = counts.columns
        let trialBins = observationWeights.reduce(0, +)
        // Half a spike in all of training: what silence still allows.
        let floor = 0.5 / max(trialBins, 1)
        var weights = [Float](
            repeating: 0, count: observation.parametersPerUnit * units * factorCount)
        var bias = [Float](repeating: 0, count: observation.parametersPerUnit * units)
        func set(_ parameter: Int, _ unit: Int, _ row: [Double], _ intercept: Double) {
            let place = parameter * units + unit
            for (k, value) in row.enumerated() { weights[place * factorCount + k] = Float(value) }
            bias[place] = Float(intercept)
        }
        switch observation {
        case .poisson, .gamma, .zeroInflatedGamma:
            let fit = try PoissonRegression.crossValidated(
                regressors: regressors, counts: counts, observationWeights: observationWeights,
                floor: floor, groups: groups, folds: 5)
            for unit in 0..<units {
                let row = Array(fit.weights.row(unit))
                if observation == .poisson {
                    set(0, unit, row, fit.intercepts[unit])
                } else {
                    // Shape 1 and rate 1/mean: an exponential distribution with that mean.
                    set(1, unit, row.map { -$0 }, -fit.intercepts[unit])
                }
            }
        case .gaussian:
            let (fit, _) = try RidgeRegression.crossValidated(
                regressors: regressors, targets: counts, groups: groups, folds: 5)
            let predicted = fit.predict(regressors)
            for unit in 0..<units {
                set(0, unit, fit.weights.column(unit), fit.intercepts[unit])
                var residual = 0.0
                for i in 0..<counts.rows {
                    let d = counts[i, unit] - predicted[i, unit]
                    residual += observationWeights[i] * d * d
                }
                // The averages hide single-trial noise: a lower bound of the variance, to start from.
                set(1, unit, [], log(max(residual / max(trialBins, 1), 1e-6)))
            }
        }
        self.weights = weights
        self.bias = bias
    }
}
