import COpenBLAS
import Foundation

/// Newton's method for the Poisson regressions of many units on the same regressors, in lockstep.
///
/// The Hessian of unit u is Σ_i d_iu·x_i x_iᵀ. With the products x_ij·x_il of an observation as one row,
/// the Hessians of all units are one matrix product, and so are predictors and gradients. Observations
/// pass in blocks, so that memory doesn't grow with the square of the regressors.
struct PoissonNewton {
    /// `[observations, regressors + 1]`: standardised, the last column is 1.
    private let x: Matrix
    /// `[observations, units]`, NaN where a unit was not observed: it then takes no part.
    private let counts: Matrix
    /// Sum to 1.
    private let observationWeights: [Double]
    private let means: [Double]
    private let deviations: [Double]
    /// Log of each unit's mean count; `nil` for a unit that is silent.
    private let logMeans: [Double?]

    private static let blockRows = 128
    private static let mostIterations = 50
    /// Rates are cut off at exp(50): a step that overshoots must not overflow.
    private static let largestPredictor = 50.0

    private var parameters: Int { x.columns }
    private var products: Int { parameters * (parameters + 1) / 2 }

    init(regressors: Matrix, counts: Matrix, observationWeights: [Double]) {
        let total = observationWeights.reduce(0, +)
        let weights = observationWeights.map { $0 / total }
        (means, deviations) = Self.moments(regressors, weights)
        let p = regressors.columns
        var x = Matrix(zeros: regressors.rows, p + 1)
        for i in 0..<regressors.rows {
            for j in 0..<p { x[i, j] = (regressors[i, j] - means[j]) / deviations[j] }
            x[i, p] = 1
        }
        var unitMeans = [Double](repeating: 0, count: counts.columns)
        for i in 0..<counts.rows {
            for unit in 0..<counts.columns { unitMeans[unit] += weights[i] * counts[i, unit] }
        }
        for unit in unitMeans.indices where unitMeans[unit].isNaN {
            let observed = (0..<counts.rows).filter { !counts[$0, unit].isNaN }
            let (sum, share) = observed.reduce((0.0, 0.0)) {
                ($0.0 + weights[$1] * counts[$1, unit], $0.1 + weights[$1])
            }
            unitMeans[unit] = share > 0 ? sum / share : 0
        }
        logMeans = unitMeans.map { $0 > 0 ? log($0) : nil }
        self.x = x
        self.counts = counts
        self.observationWeights = weights
    }

    /// Weighted means and standard deviations; a regressor that is constant but for rounding has
    /// deviation 1, so that it is 0 when standardised.
    private static func moments(
        _ x: Matrix, _ weights: [Double]
    ) -> (means: [Double], deviations: [Double]) {
        var means = [Double](repeating: 0, count: x.columns)
        var corrections = means
        var squares = means
        for i in 0..<x.rows { for j in 0..<x.columns { means[j] += weights[i] * x[i, j] } }
        // What rounding left of the mean.
        for i in 0..<x.rows {
            for j in 0..<x.columns { corrections[j] += weights[i] * (x[i, j] - means[j]) }
        }
        for j in means.indices { means[j] += corrections[j] }
        for i in 0..<x.rows {
            for j in 0..<x.columns {
                let d = x[i, j] - means[j]
                squares[j] += weights[i] * d * d
            }
        }
        let deviations = zip(means, squares).map { mean, square in
            square.squareRoot() > smallestRelativeDeviation * abs(mean) ? square.squareRoot() : 1
        }
        return (means, deviations)
    }

    /// Where a search without a better idea begins: every unit at its mean count, `[units, parameters]`.
    var flatStart: Matrix {
        var start = Matrix(zeros: counts.columns, parameters)
        for (unit, mean) in logMeans.enumerated() { start[unit, parameters - 1] = mean ?? 0 }
        return start
    }

    /// The solution in the regressors' own units. Silent units get no weights and the mean `floor`.
    func fit(_ solution: Matrix, floor: Double) -> (weights: Matrix, intercepts: [Double]) {
        let p = parameters - 1
        var weights = Matrix(zeros: counts.columns, p)
        let intercepts = logMeans.indices.map { unit -> Double in
            guard logMeans[unit] != nil else { return log(floor) }
            var intercept = solution[unit, p]
            for j in 0..<p {
                weights[unit, j] = solution[unit, j] / deviations[j]
                intercept -= weights[unit, j] * means[j]
            }
            return intercept
        }
        return (weights, intercepts)
    }

    /// Damped Newton; the objective is convex, so halving a step until the objective falls suffices.
    ///
    /// - Parameters:
    ///   - start: `[units, parameters]`, e.g. the solution for a neighbouring penalty.
    ///   - tolerance: of what a step could still gain, relative to the objective. The last step is made nevertheless, so
    ///     that what is left is about its square.
    /// - Returns: `[units, parameters]` for standardised regressors, the intercept last.
    func solve(penalty: Double, start: Matrix, tolerance: Double = 1e-12) throws -> Matrix {
        let q = parameters
        var solution = start
        var searching = logMeans.indices.filter { logMeans[$0] != nil }
        var values = [Double](repeating: .infinity, count: counts.columns)
        var steps = Matrix(zeros: counts.columns, q)
        var lengths = [Double](repeating: 0, count: counts.columns)
        var iterations = [Int](repeating: 0, count: counts.columns)
        while !searching.isEmpty {
            var candidates = solution.selecting(rows: searching)
            for (row, unit) in searching.enumerated() where lengths[unit] > 0 {
                for j in 0..<q { candidates[row, j] -= lengths[unit] * steps[unit, j] }
            }
            let found = expand(at: candidates, units: searching, penalty: penalty)
            var remaining: [Int] = []
            for (row, unit) in searching.enumerated() {
                if iterations[unit] > 0, !(found.values[row] < values[unit]) {
                    lengths[unit] /= 2
                    if lengths[unit] >= 1e-8 { remaining.append(unit) }
                    continue
                }
                for j in 0..<q { solution[unit, j] = candidates[row, j] }
                values[unit] = found.values[row]
                iterations[unit] += 1
                lengths[unit] = 1
                let gradient = Matrix(rows: q, columns: 1, values: Array(found.gradients.row(row)))
                let step = try SymmetricMatrix.solve(found.hessian(row), gradient)
                var decrease = 0.0
                for j in 0..<q {
                    steps[unit, j] = step.values[j]
                    decrease += step.values[j] * gradient.values[j]
                }
                if decrease < tolerance * (1 + abs(values[unit])) {
                    // So near, the last step is safe, and squares what error is left.
                    for j in 0..<q { solution[unit, j] -= step.values[j] }
                } else if iterations[unit] <= Self.mostIterations {
                    remaining.append(unit)
                }
            }
            searching = remaining
        }
        return solution
    }

    /// Objective, gradient and Hessian of some units.
    private struct Expansion {
        var values: [Double]
        /// `[units, parameters]`
        var gradients: Matrix
        /// `[units, products]`, upper triangles row after row.
        var triangles: Matrix

        func hessian(_ row: Int) -> Matrix {
            let q = gradients.columns
            var hessian = Matrix(zeros: q, q)
            var place = 0
            for j in 0..<q {
                for l in j..<q {
                    hessian[j, l] = triangles[row, place]
                    hessian[l, j] = triangles[row, place]
                    place += 1
                }
            }
            return hessian
        }
    }

    private func expand(at theta: Matrix, units: [Int], penalty: Double) -> Expansion {
        MathematicsLibrary.useOneThread()
        let (q, m, k) = (parameters, products, units.count)
        var result = Expansion(
            values: [Double](repeating: 0, count: k), gradients: Matrix(zeros: k, q),
            triangles: Matrix(zeros: k, m))
        let size = Self.blockRows
        // Predictors, then weighted residuals; weighted rates; products of regressors.
        var residuals = [Double](repeating: 0, count: size * k)
        var rates = residuals
        var outer = [Double](repeating: 0, count: size * m)
        for start in stride(from: 0, to: x.rows, by: size) {
            let rows = min(size, x.rows - start)
            x.values.withUnsafeBufferPointer { all in
                guard let block = all.baseAddress.map({ $0 + start * q }) else { return }
                cblas_dgemm(
                    CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(k), blasint(q), 1,
                    block, blasint(q), theta.values, blasint(q), 0, &residuals, blasint(k))
                weigh(start, rows, units, &residuals, &rates, &result.values)
                outer.withUnsafeMutableBufferPointer { outer in
                    guard var place = outer.baseAddress else { return }
                    for i in 0..<rows {
                        let row = block + i * q
                        for j in 0..<q {
                            let value = row[j]
                            for l in j..<q { place[l - j] = value * row[l] }
                            place += q - j
                        }
                    }
                }
                cblas_dgemm(
                    CblasRowMajor, CblasTrans, CblasNoTrans, blasint(k), blasint(q), blasint(rows), 1,
                    residuals, blasint(k), block, blasint(q), 1, &result.gradients.values, blasint(q))
            }
            cblas_dgemm(
                CblasRowMajor, CblasTrans, CblasNoTrans, blasint(k), blasint(m), blasint(rows), 1,
                rates, blasint(k), outer, blasint(m), 1, &result.triangles.values, blasint(m))
        }
        addPenalty(penalty, theta, &result)
        return result
    }

    /// In: predictors. Out: weight·(rate − count) in their place, weight·rate, and the objective.
    private func weigh(
        _ start: Int, _ rows: Int, _ units: [Int], _ predictors: inout [Double],
        _ rates: inout [Double], _ values: inout [Double]
    ) {
        let k = units.count
        // Without the checks of arrays: this is where most of the time goes that products don't take.
        units.withUnsafeBufferPointer { units in
            counts.values.withUnsafeBufferPointer { counts in
                predictors.withUnsafeMutableBufferPointer { predictors in
                    rates.withUnsafeMutableBufferPointer { rates in
                        values.withUnsafeMutableBufferPointer { values in
                            for i in 0..<rows {
                                let weight = observationWeights[start + i]
                                let row = (start + i) * self.counts.columns
                                for u in 0..<k {
                                    let predictor = min(predictors[i * k + u], Self.largestPredictor)
                                    let count = counts[row + units[u]]
                                    guard !count.isNaN else {
                                        predictors[i * k + u] = 0
                                        rates[i * k + u] = 0
                                        continue
                                    }
                                    let rate = exp(predictor)
                                    values[u] += weight * (rate - count * predictor)
                                    predictors[i * k + u] = weight * (rate - count)
                                    rates[i * k + u] = weight * rate
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func addPenalty(_ penalty: Double, _ theta: Matrix, _ expansion: inout Expansion) {
        let q = parameters
        for row in 0..<theta.rows {
            var diagonal = 0
            for j in 0..<q - 1 {
                expansion.values[row] += 0.5 * penalty * theta[row, j] * theta[row, j]
                expansion.gradients[row, j] += penalty * theta[row, j]
                expansion.triangles[row, diagonal] += penalty
                diagonal += q - j
            }
            // The intercept isn't penalised; this only keeps Cholesky from a zero of a tiny rate.
            expansion.triangles[row, diagonal] += 1e-12
        }
    }
}
