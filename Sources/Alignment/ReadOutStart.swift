import Foundation
public import LFADS
package import LinearAlgebra

/// Start of a session's read-out: the observation model's parameters as affine maps of the factors,
/// in the units of the observation model.
///
/// For Poisson the read-out is a log-rate, so it comes from a Poisson regression of the
/// condition-averaged counts on the shared trajectories. A mean count as the bias of a log-rate, as
/// published tutorials have it, wrecks the alignment in the first epochs. The read-out may not learn, or slowly,
/// so that the other parameters (variance, shape, share of zeros) must be right from the start:
/// they are moments of single trials around the fitted means.
public struct ReadOutStart: Sendable {
    /// `[parameters · units, factors]`
    public let map: AffineMap

    /// Largest length of a unit's weights at the start of a training. Fitted on few trials, and on components that hardly vary, they can be
    /// longer; the generator's first factors vary like the largest component in all directions, and make
    /// rates of such weights that no training comes back from. Of the real days none has a unit above 4.1.
    package static let longestWeights = 5.0

    /// Weights of a log-rate, shortened where they are longer than `longest`.
    private static func bounded(_ weights: [Double], _ longest: Double?) -> [Double] {
        let length = weights.reduce(0) { $0 + $1 * $1 }.squareRoot()
        guard let longest, length > longest else { return weights }
        return weights.map { $0 * longest / length }
    }

    /// Range of a gamma distribution's shape: a unit that hardly varies has no finite one.
    private static let shapes = 1e-2...1e4

    /// - Parameters:
    ///   - trajectories: `[observations, components]`. - counts: `[observations, units]`, NaN where a unit was not
    ///     observed.
    ///   - observationWeights: trials behind each observation.
    ///   - groups: observations that stay together in cross-validation.
    ///   - scatter: of the trials behind each observation; `nil` where an observation is one trial's.
    ///   - longestWeights: of a unit; `nil` = as they come out, where trajectories are the factors of a trained model: shortened
    ///     weights would be another read-out.
    package init(
        _ observation: ObservationModel, trajectories: Matrix, counts: Matrix,
        observationWeights: [Double], groups: [Int], factorCount: Int,
        kind: AlignmentSettings.ReadOutKind = .regression, scatter: SingleTrialScatter? = nil,
        folds: Int = 5, longestWeights: Double? = Self.longestWeights
    ) throws {
        let regressors = trajectories.leading(columns: min(factorCount, trajectories.columns))
        let units = counts.columns
        let trialBins = observationWeights.reduce(0, +)
        let lacking = counts.values.contains(where: \.isNaN)
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
        /// Σ over observations of a unit, weighted by their trials.
        func total(_ unit: Int, _ term: (Int) -> Double) -> Double {
            (0..<counts.rows).reduce(0) {
                lacking && counts[$1, unit].isNaN ? $0 : $0 + observationWeights[$1] * term($1)
            }
        }
        /// Trials' bins in which a unit was observed.
        func bins(_ unit: Int) -> Double { max(lacking ? total(unit) { _ in 1 } : trialBins, 1) }
        /// Ridge regression of every unit by what was observed of it.
        func ridge(_ fit: (Matrix, Matrix, [Int]) throws -> RidgeRegression) throws -> RidgeRegression {
            guard lacking else { return try fit(regressors, counts, groups) }
            var weights = Matrix(zeros: regressors.columns, units)
            var intercepts = [Double](repeating: 0, count: units)
            for unit in 0..<units {
                let rows = (0..<counts.rows).filter { !counts[$0, unit].isNaN }
                guard !rows.isEmpty else { continue }
                let own = try fit(
                    regressors.selecting(rows: rows),
                    Matrix(rows: rows.count, columns: 1, values: rows.map { counts[$0, unit] }),
                    rows.map { groups[$0] })
                for k in 0..<weights.rows { weights[k, unit] = own.weights[k, 0] }
                intercepts[unit] = own.intercepts[0]
            }
            return RidgeRegression(weights: weights, intercepts: intercepts, penalty: .nan)
        }
        switch observation {
        case .poisson where kind == .pseudoInverse:
            // d log-rate = d count/count, of the map that gives counts back from trajectories.
            let fit = try ridge { x, y, _ in try RidgeRegression(regressors: x, targets: y, penalty: 0) }
            for unit in 0..<units {
                let mean = max(total(unit) { counts[$0, unit] }, 0.5) / bins(unit)
                set(0, unit, fit.weights.column(unit).map { $0 / mean }, log(mean))
            }
        case .poisson:
            let fit = try PoissonRegression.crossValidated(
                regressors: regressors, counts: counts, observationWeights: observationWeights,
                floor: floor, groups: groups, folds: folds)
            for unit in 0..<units {
                let weights = Self.bounded(Array(fit.weights.row(unit)), longestWeights)
                set(0, unit, weights, fit.intercepts[unit])
            }
        case .gamma, .zeroInflatedGamma:
            let scatter = scatter ?? SingleTrialScatter(ofSingleTrials: counts)
            let fit = try PoissonRegression.crossValidated(
                regressors: regressors, counts: counts, observationWeights: observationWeights,
                floor: floor, groups: groups, folds: folds)
            let eta = regressors.times(fit.weights, transposingOther: true)
            for unit in 0..<units {
                var share = 1.0
                if observation == .zeroInflatedGamma {
                    // Half a trial's bin from never and from always.
                    let measured = total(unit) { scatter.nonZeroShares[$0, unit] } / bins(unit)
                    let least = 0.5 / bins(unit)
                    share = min(max(measured, least), 1 - least)
                    set(2, unit, [], log(share / (1 - share)))
                }
                // Mean of all values = share · mean of the values above zero.
                let logMean = fit.intercepts[unit] - log(share)
                func mean(_ i: Int) -> Double { exp(min(eta[i, unit] + logMean, 50)) }
                func present(_ i: Int) -> Double {
                    observation == .gamma ? 1 : scatter.nonZeroShares[i, unit]
                }
                let squares = total(unit) { present($0) * mean($0) * mean($0) }
                let deviations = total(unit) { i in
                    let d = counts[i, unit] - mean(i)
                    // The zeros, which the gamma part doesn't explain, stand at the distance of the mean.
                    return scatter.variances[i, unit] + d * d - (1 - present(i)) * mean(i) * mean(i)
                }
                // Variance = mean²/shape. Nothing above zero says nothing of the shape: exponential.
                let ratio = squares / max(deviations, squares / Self.shapes.upperBound)
                let shape = squares > 0 ? max(ratio, Self.shapes.lowerBound) : 1
                set(0, unit, [], log(shape))
                set(1, unit, fit.weights.row(unit).map { -$0 }, log(shape) - logMean)
            }
        case .gaussian:
            let scatter = scatter ?? SingleTrialScatter(ofSingleTrials: counts)
            let fit = try ridge {
                try RidgeRegression.crossValidated(regressors: $0, targets: $1, groups: $2, folds: folds).0
            }
            let predicted = fit.predict(regressors)
            for unit in 0..<units {
                set(0, unit, fit.weights.column(unit), fit.intercepts[unit])
                let residual = total(unit) { i in
                    let d = counts[i, unit] - predicted[i, unit]
                    return scatter.variances[i, unit] + d * d
                }
                set(1, unit, [], log(max(residual / bins(unit), 1e-6)))
            }
        }
        map = AffineMap(weights: weights, bias: bias)
    }
}

/// What averages over trials hide: how the trials behind each observation scatter about it.
package struct SingleTrialScatter {
    /// Mean over the trials of squares around their average, `[observations, units]`.
    package let variances: Matrix
    /// Share of the trials with a value above zero, `[observations, units]`.
    package let nonZeroShares: Matrix

    package init(variances: Matrix, nonZeroShares: Matrix) {
        self.variances = variances
        self.nonZeroShares = nonZeroShares
    }

    /// Every observation is one trial's.
    package init(ofSingleTrials values: Matrix) {
        variances = Matrix(zeros: values.rows, values.columns)
        nonZeroShares = Matrix(
            rows: values.rows, columns: values.columns, values: values.values.map { $0 > 0 ? 1 : 0 })
    }

    package func selecting(rows: [Int]) -> SingleTrialScatter {
        SingleTrialScatter(
            variances: variances.selecting(rows: rows),
            nonZeroShares: nonZeroShares.selecting(rows: rows))
    }
}
