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
    ///
    /// From the largest penalty down, the search ends after some that are worse than the best so far.
    public static func crossValidated(
        regressors x: Matrix, counts: Matrix, observationWeights: [Double], floor: Double,
        groups: [Int], folds: Int, penalties: [Double] = penaltyGrid
    ) throws -> PoissonRegression {
        let foldOf = RidgeRegression.foldAssignment(groups: groups, folds: folds)
        let foldCount = (foldOf.max() ?? 0) + 1
        var best = penalties.count / 2
        if foldCount > 1 {
            var parts = (0..<foldCount).map { fold in
                Fold(
                    x, counts, observationWeights, held: foldOf.indices.filter { foldOf[$0] == fold },
                    rest: foldOf.indices.filter { foldOf[$0] != fold })
            }
            var least = Double.infinity
            var worse = 0
            for index in penalties.indices.sorted(by: { penalties[$0] > penalties[$1] }) {
                var loss = 0.0
                for fold in parts.indices { loss += try parts[fold].loss(penalties[index], floor: floor) }
                // Of equal ones the smallest penalty.
                if loss <= least {
                    (least, best, worse) = (loss, index, 0)
                } else {
                    worse += 1
                    if worse == fewestWorse { break }
                }
            }
        }
        return try PoissonRegression(
            regressors: x, counts: counts, observationWeights: observationWeights, floor: floor,
            penalty: penalties[best])
    }

    /// So many penalties in a row without a better one end the search: one and a half decades of the usual grid.
    private static let fewestWorse = 3

    /// A fold that is left out, and the fit on the others.
    private struct Fold {
        private let newton: PoissonNewton
        private let held: (x: Matrix, counts: Matrix, weights: [Double])
        /// Of the penalty before, a good start for the next.
        private var solution: Matrix

        init(_ x: Matrix, _ counts: Matrix, _ observationWeights: [Double], held: [Int], rest: [Int]) {
            newton = PoissonNewton(
                regressors: x.selecting(rows: rest), counts: counts.selecting(rows: rest),
                observationWeights: rest.map { observationWeights[$0] })
            self.held = (
                x.selecting(rows: held), counts.selecting(rows: held), held.map { observationWeights[$0] }
            )
            solution = newton.flatStart
        }

        /// Held-out losses are at no minimum, and are off by as much as the solution: the square of the last step, some
        /// 1e-9 here, which is far less than neighbouring penalties differ by.
        mutating func loss(_ penalty: Double, floor: Double) throws -> Double {
            solution = try newton.solve(penalty: penalty, start: solution, tolerance: 1e-9)
            let fit = PoissonRegression(newton, solution, floor: floor, penalty: penalty)
            return fit.loss(held.x, held.counts, held.weights)
        }
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
