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
    /// `[units]`
    public let intercepts: [Double]
    /// The penalty of the fit.
    public let penalty: Double

    /// The penalties that cross-validation chooses from unless it is said otherwise.
    public static let penaltyGrid: [Double] = stride(from: -5.0, through: 0.0, by: 0.5).map {
        power10($0)
    }

    /// Fits all units with one penalty.
    ///
    /// - Parameters:
    ///   - x: `[observations, regressors]`.
    ///   - counts: `[observations, units]`, NaN where a unit was not observed.
    ///   - observationWeights: how many trials stand behind each observation.
    ///   - floor: mean count given to a unit that is silent in all observations.
    ///   - penalty: on weights of standardised regressors.
    public init(
        regressors x: Matrix, counts: Matrix, observationWeights: [Double], floor: Double,
        penalty: Double
    ) throws {
        precondition(
            x.rows == counts.rows && x.rows == observationWeights.count,
            "\(x.rows), \(counts.rows) and \(observationWeights.count) observations")
        let newton = PoissonNewton(
            regressors: x, counts: counts, observationWeights: observationWeights)
        let solution = try newton.solve(penalty: penalty, start: newton.flatStart)
        self.init(newton, solution, floor: floor, penalty: penalty)
    }

    private init(_ newton: PoissonNewton, _ solution: Matrix, floor: Double, penalty: Double) {
        (weights, intercepts) = newton.fit(solution, floor: floor)
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
        var best = penalties.count / 2
        if foldCount > 1 {
            var losses = [Double](repeating: 0, count: penalties.count)
            // From the largest penalty down, each solution is a good start for the next.
            let path = penalties.indices.sorted { penalties[$0] > penalties[$1] }
            for fold in 0..<foldCount {
                let held = foldOf.indices.filter { foldOf[$0] == fold }
                let rest = foldOf.indices.filter { foldOf[$0] != fold }
                let newton = PoissonNewton(
                    regressors: x.selecting(rows: rest), counts: counts.selecting(rows: rest),
                    observationWeights: rest.map { observationWeights[$0] })
                let xHeld = x.selecting(rows: held)
                let countsHeld = counts.selecting(rows: held)
                let weightsHeld = held.map { observationWeights[$0] }
                var solution = newton.flatStart
                for index in path {
                    solution = try newton.solve(penalty: penalties[index], start: solution)
                    let fit = PoissonRegression(
                        newton, solution, floor: floor, penalty: penalties[index])
                    losses[index] += fit.loss(xHeld, countsHeld, weightsHeld)
                }
            }
            if let least = losses.filter({ !$0.isNaN }).min() {
                best = losses.firstIndex(of: least) ?? best
            }
        }
        return try PoissonRegression(
            regressors: x, counts: counts, observationWeights: observationWeights, floor: floor,
            penalty: penalties[best])
    }

    /// Weighted Σ exp(η) − y·η over observations and units.
    public func loss(_ x: Matrix, _ counts: Matrix, _ observationWeights: [Double]) -> Double {
        let eta = x.times(weights, transposingOther: true)
        var sum = 0.0
        for i in 0..<x.rows {
            for unit in 0..<counts.columns where !counts[i, unit].isNaN {
                let e = eta[i, unit] + intercepts[unit]
                sum += observationWeights[i] * (exp(min(e, 50)) - counts[i, unit] * e)
            }
        }
        return sum
    }
}
