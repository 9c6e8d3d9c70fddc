import Foundation

func power10(_ exponent: Double) -> Double { pow(10, exponent) }

/// Poisson regression with a log link for many units on the same regressors.
///
/// For each unit minimises the weighted mean over observations of exp(η) − y·η, η = b + xᵀw, plus
/// ½·penalty·‖w ∘ s‖² with s the regressors' standard deviations (a penalty on standardised
/// regressors), by Newton's method. y may be fractional (counts averaged over trials): the estimating
/// equations are those of the quasi-likelihood.
public struct PoissonRegression: Sendable {
    /// `[units, regressors]`
    public let weights: Matrix
    public let intercepts: [Double]
    public let penalty: Double

    public static let penaltyGrid: [Double] = stride(from: -5.0, through: 0.0, by: 0.5).map {
        power10($0)
    }

    /// - Parameters:
    ///   - x: `[observations, regressors]`. - counts: `[observations, units]`.
    ///   - observationWeights: how many trials stand behind each observation.
    ///   - floor: mean count given to a unit that is silent in all observations.
    public init(
        regressors x: Matrix, counts: Matrix, observationWeights: [Double], floor: Double,
        penalty: Double
    ) throws {
        precondition(x.rows == counts.rows && x.rows == observationWeights.count)
        let total = observationWeights.reduce(0, +)
        let p = x.columns
        // Standardise once: Newton's system is then well scaled.
        let (means, deviations) = Self.moments(x, observationWeights)
        var standard = x
        for i in 0..<x.rows {
            for j in 0..<p { standard[i, j] = (x[i, j] - means[j]) / deviations[j] }
        }
        var weights = Matrix(zeros: counts.columns, p)
        var intercepts = [Double](repeating: 0, count: counts.columns)
        for unit in 0..<counts.columns {
            let y = counts.column(unit)
            var mean = 0.0
            for i in y.indices { mean += observationWeights[i] * y[i] }
            mean /= total
            guard mean > 0 else {
                intercepts[unit] = log(floor)
                continue
            }
            let solution = try Self.newton(
                standard, y, observationWeights, total: total, start: log(mean), penalty: penalty)
            var intercept = solution[p]
            for j in 0..<p {
                weights[unit, j] = solution[j] / deviations[j]
                intercept -= solution[j] * means[j] / deviations[j]
            }
            intercepts[unit] = intercept
        }
        self.weights = weights
        self.intercepts = intercepts
        self.penalty = penalty
    }

    /// Chooses the penalty by the held-out likelihood of all units together, over groups of
    /// observations that stay together, then fits on everything.
    public static func crossValidated(
        regressors x: Matrix, counts: Matrix, observationWeights: [Double], floor: Double,
        groups: [Int], folds: Int, penalties: [Double] = penaltyGrid
    ) throws -> PoissonRegression {
        let foldOf = RidgeRegression.foldAssignment(groups: groups, folds: folds)
        let foldCount = (foldOf.max() ?? 0) + 1
        var best = (penalty: penalties[penalties.count / 2], loss: Double.infinity)
        if foldCount > 1 {
            for penalty in penalties {
                var loss = 0.0
                for fold in 0..<foldCount {
                    let held = foldOf.indices.filter { foldOf[$0] == fold }
                    let rest = foldOf.indices.filter { foldOf[$0] != fold }
                    let fit = try PoissonRegression(
                        regressors: x.selecting(rows: rest), counts: counts.selecting(rows: rest),
                        observationWeights: rest.map { observationWeights[$0] }, floor: floor,
                        penalty: penalty)
                    loss += fit.loss(
                        x.selecting(rows: held), counts.selecting(rows: held),
                        held.map { observationWeights[$0] })
                }
                if loss < best.loss { best = (penalty, loss) }
            }
        }
        return try PoissonRegression(
            regressors: x, counts: counts, observationWeights: observationWeights, floor: floor,
            penalty: best.penalty)
    }

    /// Weighted Σ exp(η) − y·η over observations and units.
    public func loss(_ x: Matrix, _ counts: Matrix, _ observationWeights: [Double]) -> Double {
        let eta = x.times(weights, transposingOther: true)
        var sum = 0.0
        for i in 0..<x.rows {
            for unit in 0..<counts.columns {
                let e = eta[i, unit] + intercepts[unit]
                sum += observationWeights[i] * (exp(min(e, 50)) - counts[i, unit] * e)
            }
        }
        return sum
    }

    private static func moments(_ x: Matrix, _ w: [Double]) -> (means: [Double], deviations: [Double]) {
        let total = w.reduce(0, +)
        var means = [Double](repeating: 0, count: x.columns)
        var squares = means
        for i in 0..<x.rows { for j in 0..<x.columns { means[j] += w[i] * x[i, j] / total } }
        for i in 0..<x.rows {
            for j in 0..<x.columns {
                let d = x[i, j] - means[j]
                squares[j] += w[i] * d * d / total
            }
        }
        return (means, squares.map { $0 > 0 ? $0.squareRoot() : 1 })
    }

    /// Damped Newton on one unit; the objective is convex, so halving the step until it falls suffices.
    private static func newton(
        _ x: Matrix, _ y: [Double], _ w: [Double], total: Double, start: Double, penalty: Double
    ) throws -> [Double] {
        let p = x.columns
        var theta = [Double](repeating: 0, count: p + 1)
        theta[p] = start
        func predictor(_ theta: [Double]) -> [Double] {
            (0..<x.rows).map { i in
                var e = theta[p]
                for j in 0..<p { e += x.values[i * p + j] * theta[j] }
                return min(e, 50)
            }
        }
        func objective(_ eta: [Double], _ theta: [Double]) -> Double {
            var value = 0.0
            for i in eta.indices { value += w[i] * (exp(eta[i]) - y[i] * eta[i]) / total }
            for j in 0..<p { value += 0.5 * penalty * theta[j] * theta[j] }
            return value
        }
        var eta = predictor(theta)
        var value = objective(eta, theta)
        for _ in 0..<50 {
            var gradient = Matrix(zeros: p + 1, 1)
            // Hessian XᵀDX through one product with rows scaled by √d.
            var scaled = Matrix(zeros: x.rows, p + 1)
            for i in 0..<x.rows {
                let rate = exp(eta[i])
                let residual = w[i] * (rate - y[i]) / total
                let root = (w[i] * rate / total).squareRoot()
                for j in 0..<p {
                    gradient.values[j] += residual * x.values[i * p + j]
                    scaled.values[i * (p + 1) + j] = root * x.values[i * p + j]
                }
                gradient.values[p] += residual
                scaled.values[i * (p + 1) + p] = root
            }
            var hessian = scaled.times(scaled, transposingSelf: true)
            for j in 0..<p {
                gradient.values[j] += penalty * theta[j]
                hessian[j, j] += penalty
            }
            hessian[p, p] += 1e-12
            let step = try SymmetricMatrix.solve(hessian, gradient).values
            var length = 1.0
            var decrease = 0.0
            for j in 0...p { decrease += step[j] * gradient.values[j] }
            if decrease < 1e-12 * (1 + abs(value)) { break }
            while true {
                let candidate = (0...p).map { theta[$0] - length * step[$0] }
                let candidateEta = predictor(candidate)
                let candidateValue = objective(candidateEta, candidate)
                if candidateValue < value {
                    (theta, eta, value) = (candidate, candidateEta, candidateValue)
                    break
                }
                length /= 2
                if length < 1e-8 { return theta }
            }
        }
        return theta
    }
}
