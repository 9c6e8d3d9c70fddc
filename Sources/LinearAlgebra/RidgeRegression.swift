/// Linear regression with an intercept and a squared penalty on the weights (Hoerl and Kennard 1970).
///
/// Minimises Σ‖y − xᵀW − b‖² + penalty·n·Σ_j s_j²·‖W_j‖² with s_j the standard deviation of regressor j:
/// the penalty acts on standardised regressors, and is per observation, so that one grid of penalties
/// suits every unit of measure and every number of trials.
public struct RidgeRegression: Sendable {
    /// `[regressors, targets]`
    public let weights: Matrix
    public let intercepts: [Double]
    public let penalty: Double

    public static let penaltyGrid: [Double] = stride(from: -6.0, through: 1.0, by: 0.5).map {
        power10($0)
    }

    public init(weights: Matrix, intercepts: [Double], penalty: Double) {
        self.weights = weights
        self.intercepts = intercepts
        self.penalty = penalty
    }

    /// - Parameters:
    ///   - x: `[observations, regressors]`. - y: `[observations, targets]`.
    public init(regressors x: Matrix, targets y: Matrix, penalty: Double) throws {
        let moments = Moments(x, y)
        self = try moments.solve(penalty: penalty)
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
        let foldCount = (foldOf.max() ?? 0) + 1
        let all = Moments(x, y)
        guard foldCount > 1 else {
            return (try all.solve(penalty: penalties[penalties.count / 2]), .nan)
        }
        var errors = [Double](repeating: 0, count: penalties.count)
        for fold in 0..<foldCount {
            let held = foldOf.indices.filter { foldOf[$0] == fold }
            let xHeld = x.selecting(rows: held)
            let yHeld = y.selecting(rows: held)
            let rest = foldOf.indices.filter { foldOf[$0] != fold }
            let moments = Moments(x.selecting(rows: rest), y.selecting(rows: rest))
            for (index, penalty) in penalties.enumerated() {
                let prediction = try moments.solve(penalty: penalty).predict(xHeld)
                for i in prediction.values.indices {
                    let residual = prediction.values[i] - yHeld.values[i]
                    errors[index] += residual * residual
                }
            }
        }
        var best = 0
        for index in errors.indices where errors[index] < errors[best] { best = index }
        let total = y.subtracting(rowVector: y.columnMeans).sumOfSquares
        return (
            try all.solve(penalty: penalties[best]),
            1 - errors[best] / max(total, .leastNormalMagnitude)
        )
    }

    /// `[observations, targets]`
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

    /// Centred second moments: what every penalty's solution needs.
    private struct Moments {
        let xMeans: [Double], yMeans: [Double]
        let xx: Matrix, xy: Matrix
        let observations: Int

        init(_ x: Matrix, _ y: Matrix) {
            precondition(x.rows == y.rows, "\(x.rows) and \(y.rows) observations")
            xMeans = x.columnMeans
            yMeans = y.columnMeans
            let xc = x.subtracting(rowVector: xMeans)
            let yc = y.subtracting(rowVector: yMeans)
            xx = xc.times(xc, transposingSelf: true)
            xy = xc.times(yc, transposingSelf: true)
            observations = x.rows
        }

        func solve(penalty: Double) throws -> RidgeRegression {
            // Solved for standardised regressors, which is also well scaled for Cholesky.
            let p = xx.rows
            let n = Double(max(observations, 1))
            let deviations = (0..<p).map { j -> Double in
                let deviation = (xx[j, j] / n).squareRoot()
                return deviation > smallestRelativeDeviation * abs(xMeans[j]) ? deviation : 0
            }
            var a = Matrix(zeros: p, p)
            var b = Matrix(zeros: p, xy.columns)
            for i in 0..<p {
                guard deviations[i] > 0 else {
                    a[i, i] = 1
                    continue
                }
                for j in 0..<p where deviations[j] > 0 {
                    a[i, j] = xx[i, j] / (n * deviations[i] * deviations[j])
                }
                a[i, i] += penalty
                for t in 0..<xy.columns { b[i, t] = xy[i, t] / (n * deviations[i]) }
            }
            var weights = try SymmetricMatrix.solve(a, b)
            for i in 0..<p {
                let scale = deviations[i] > 0 ? 1 / deviations[i] : 0
                for t in 0..<xy.columns { weights[i, t] *= scale }
            }
            let shift = Matrix(rows: 1, columns: p, values: xMeans).times(weights)
            let intercepts = (0..<xy.columns).map { yMeans[$0] - shift[0, $0] }
            return RidgeRegression(weights: weights, intercepts: intercepts, penalty: penalty)
        }
    }
}

/// A regressor that varies less than this around its mean, relative to the mean, is constant but for
/// rounding: means are exact to about 1e-16.
let smallestRelativeDeviation = 1e-14
