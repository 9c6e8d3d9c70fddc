/// Linear regression with an intercept and a squared penalty on the weights (Hoerl and Kennard 1970).
///
/// Minimises Σ‖y − xᵀW − b‖² + penalty·n·Σ_j s_j²·‖W_j‖² with s_j the standard deviation of regressor j:
/// the penalty acts on standardised regressors, and is per observation, so that one grid of penalties
/// suits every unit of measure and every number of trials.
public struct RidgeRegression: Sendable {
    /// `[regressors, targets]`
    public let weights: Matrix
    /// `[targets]`
    public let intercepts: [Double]
    /// The penalty of the fit.
    public let penalty: Double

    /// The penalties that cross-validation chooses from unless it is said otherwise.
    public static let penaltyGrid: [Double] = stride(from: -6.0, through: 1.0, by: 0.5).map {
        power10($0)
    }

    /// A regression that is known.
    ///
    /// - Parameters:
    ///   - weights: `[regressors, targets]`.
    ///   - intercepts: `[targets]`.
    ///   - penalty: of the fit.
    public init(weights: Matrix, intercepts: [Double], penalty: Double) {
        self.weights = weights
        self.intercepts = intercepts
        self.penalty = penalty
    }

    /// Fits targets with one penalty.
    ///
    /// - Parameters:
    ///   - x: `[observations, regressors]`.
    ///   - y: `[observations, targets]`.
    ///   - penalty: on weights of standardised regressors, per observation.
    /// - Throws: `LinearAlgebraError`
    public init(regressors x: Matrix, targets y: Matrix, penalty: Double) throws {
        self = try SecondMoments(regressors: x, targets: y).ridge(penalty: penalty)
    }

    /// Chooses the penalty from the grid by cross-validation over groups of observations that stay
    /// together (trials of one condition, bins of one trial), then fits on everything.
    ///
    /// - Returns: the fit, and the R² of predictions on the groups left out, all targets together,
    ///   relative to the variance around the targets' means over all observations.
    public static func crossValidated(
        regressors x: Matrix, targets y: Matrix, groups: [Int], folds: Int,
        penalties: [Double] = penaltyGrid
    ) throws -> (fit: RidgeRegression, heldOutR2: Double) {
        let foldOf = foldAssignment(groups: groups, folds: folds)
        let parts = (0...(foldOf.max() ?? 0)).map { fold -> SecondMoments in
            let rows = foldOf.indices.filter { foldOf[$0] == fold }
            return SecondMoments(
                regressors: x.selecting(rows: rows), targets: y.selecting(rows: rows))
        }
        let all = SecondMoments(regressors: x, targets: y)
        let (fit, error) = try crossValidated(folds: parts, all: all, penalties: penalties)
        let total = all.targetSquares.reduce(0, +)
        return (fit, error.isNaN ? .nan : 1 - error / max(total, .leastNormalMagnitude))
    }

    /// The same of moments alone, fold by fold; one penalty for all targets.
    ///
    /// - Returns: the fit on everything, and the squared error on folds left out, all targets together;
    ///   NaN for a single fold, which leaves nothing to choose the penalty by.
    public static func crossValidated(
        folds: [SecondMoments], all: SecondMoments, penalties: [Double] = penaltyGrid
    ) throws -> (fit: RidgeRegression, heldOutError: Double) {
        guard folds.count > 1 else {
            return (try all.ridge(penalty: penalties[penalties.count / 2]), .nan)
        }
        let errors = try heldOutErrors(folds, penalties).map { $0.reduce(0, +) }
        let best = leastPlace(errors)
        return (try all.ridge(penalty: penalties[best]), errors[best])
    }

    /// The same with a penalty of its own for each target: one regression for each, in their order.
    ///
    /// The targets share their regressors, so that every system is solved once for all of them.
    public static func crossValidatedByTarget(
        folds: [SecondMoments], all: SecondMoments, penalties: [Double] = penaltyGrid
    ) throws -> [(fit: RidgeRegression, heldOutError: Double)] {
        let targets = all.targetMeans.indices
        guard folds.count > 1 else {
            let fit = try all.ridge(penalty: penalties[penalties.count / 2])
            return targets.map { (fit.selecting(target: $0), .nan) }
        }
        let errors = try heldOutErrors(folds, penalties)
        let best = targets.map { target in leastPlace(errors.map { $0[target] }) }
        let chosen = Set(best).sorted()
        let fits = try Dictionary(
            uniqueKeysWithValues: zip(chosen, all.ridge(penalties: chosen.map { penalties[$0] })))
        return targets.compactMap { target in
            fits[best[target]].map { ($0.selecting(target: target), errors[best[target]][target]) }
        }
    }

    /// Squared errors on folds left out, by penalty and target.
    private static func heldOutErrors(
        _ folds: [SecondMoments], _ penalties: [Double]
    ) throws -> [[Double]] {
        let targets = folds.first?.targetMeans.count ?? 0
        var errors = [[Double]](
            repeating: [Double](repeating: 0, count: targets), count: penalties.count)
        for fold in folds.indices {
            let others = folds.indices.filter { $0 != fold }.map { folds[$0] }
            guard let rest = SecondMoments.sum(others) else { continue }
            for (index, fit) in try rest.ridge(penalties: penalties).enumerated() {
                for (target, error) in folds[fold].squaredErrors(of: fit).enumerated() {
                    errors[index][target] += error
                }
            }
        }
        return errors
    }

    private static func leastPlace(_ errors: [Double]) -> Int {
        var best = 0
        for index in errors.indices where errors[index] < errors[best] { best = index }
        return best
    }

    /// The regression of one target alone.
    private func selecting(target: Int) -> RidgeRegression {
        RidgeRegression(
            weights: weights.selecting(columns: [target]), intercepts: [intercepts[target]], penalty: penalty)
    }

    /// The regression that expects what both expect, together.
    public func adding(_ other: RidgeRegression) -> RidgeRegression {
        var sum = weights
        for i in sum.values.indices { sum.values[i] += other.weights.values[i] }
        return RidgeRegression(
            weights: sum, intercepts: zip(intercepts, other.intercepts).map { $0 + $1 }, penalty: penalty)
    }

    /// What the regression expects, `[observations, targets]`, of regressors `[observations, regressors]`.
    public func predict(_ x: Matrix) -> Matrix {
        var result = x.times(weights)
        for i in 0..<result.rows {
            for j in 0..<result.columns { result[i, j] += intercepts[j] }
        }
        return result
    }

    /// Groups go to folds in turn, in the order of their first appearance: the assignment depends on
    /// the order of the data and not on what the groups are called.
    public static func foldAssignment(groups: [Int], folds: Int) -> [Int] {
        var seen: [Int: Int] = [:]
        var order: [Int] = []
        for group in groups where seen[group] == nil {
            seen[group] = order.count
            order.append(group)
        }
        let count = max(1, min(folds, order.count))
        return groups.map { (seen[$0] ?? 0) % count }
    }
}
