/// Means and centred second moments of regressors and targets: all that a linear regression, its
/// cross-validation and its test need of the observations.
///
/// Moments of parts of the data add up to those of the whole (Chan et al. 1983, *The American
/// Statistician* 37:242), so that leaving out a fold or a day costs a sum of small matrices.
public struct SecondMoments: Sendable {
    /// How many observations there are.
    public private(set) var observations: Int
    /// `[regressors]`
    public private(set) var regressorMeans: [Double]
    /// `[targets]`
    public private(set) var targetMeans: [Double]
    /// Σ (y − ȳ)² of each target.
    public private(set) var targetSquares: [Double]
    private var content: Content

    /// Moments, or the observations themselves while there are fewer of them than regressors.
    private enum Content: Sendable {
        case moments(Products)
        case observations(WideObservations)
    }

    private struct Products: Sendable {
        /// Σ (x − x̄)(x − x̄)ᵀ, `[regressors, regressors]`.
        var regressors: Matrix
        /// Σ (x − x̄)(y − ȳ)ᵀ, `[regressors, targets]`.
        var targets: Matrix

        init(_ xc: Matrix, _ yc: Matrix) {
            regressors = xc.times(xc, transposingSelf: true)
            targets = xc.times(yc, transposingSelf: true)
        }
    }

    /// The moments of observations.
    ///
    /// - Parameters:
    ///   - x: `[observations, regressors]`.
    ///   - y: `[observations, targets]`.
    public init(regressors x: Matrix, targets y: Matrix) {
        precondition(x.rows == y.rows, "\(x.rows) and \(y.rows) observations")
        observations = x.rows
        regressorMeans = x.columnMeans
        targetMeans = y.columnMeans
        let yc = y.subtracting(rowVector: targetMeans)
        content =
            x.rows < x.columns
            ? .observations(WideObservations(x, y))
            : .moments(Products(x.subtracting(rowVector: regressorMeans), yc))
        var squares = [Double](repeating: 0, count: y.columns)
        for i in 0..<yc.rows { for j in 0..<yc.columns { squares[j] += yc[i, j] * yc[i, j] } }
        targetSquares = squares
    }

    /// Adds the observations of another part.
    public mutating func add(_ other: SecondMoments) {
        guard other.observations > 0 else { return }
        guard observations > 0 else {
            self = other
            return
        }
        let (n, m) = (Double(observations), Double(other.observations))
        let weight = n * m / (n + m)
        let dx = zip(other.regressorMeans, regressorMeans).map { $0 - $1 }
        let dy = zip(other.targetMeans, targetMeans).map { $0 - $1 }
        let (p, q) = (dx.count, dy.count)
        if case .observations(var own) = content, case .observations(let more) = other.content,
            observations + other.observations < p
        {
            own.append(more)
            content = .observations(own)
        } else {
            var sum = products
            let more = other.products
            for i in 0..<p {
                for j in 0..<p {
                    sum.regressors.values[i * p + j] +=
                        more.regressors.values[i * p + j] + weight * dx[i] * dx[j]
                }
                for j in 0..<q {
                    sum.targets.values[i * q + j] +=
                        more.targets.values[i * q + j] + weight * dx[i] * dy[j]
                }
            }
            content = .moments(sum)
        }
        for i in 0..<p { regressorMeans[i] += dx[i] * m / (n + m) }
        for j in 0..<q {
            targetSquares[j] += other.targetSquares[j] + weight * dy[j] * dy[j]
            targetMeans[j] += dy[j] * m / (n + m)
        }
        observations += other.observations
    }

    private var products: Products {
        switch content {
        case .moments(let products): products
        case .observations(let own):
            Products(
                own.x.subtracting(rowVector: regressorMeans), own.y.subtracting(rowVector: targetMeans))
        }
    }

    /// Of all parts together; `nil` for none.
    public static func sum(_ parts: some Sequence<SecondMoments>) -> SecondMoments? {
        var total: SecondMoments?
        for part in parts {
            if total == nil { total = part } else { total?.add(part) }
        }
        return total
    }

    /// Σ (y − ŷ)² of each target over these observations.
    public func squaredErrors(of fit: RidgeRegression) -> [Double] {
        let products: Products
        switch content {
        case .observations(let own): return own.squaredErrors(of: fit)
        case .moments(let known): products = known
        }
        let image = products.regressors.times(fit.weights)
        return targetMeans.indices.map { t in
            var error = targetSquares[t]
            var offset = targetMeans[t] - fit.intercepts[t]
            for i in 0..<products.regressors.rows {
                let weight = fit.weights[i, t]
                error += weight * (image[i, t] - 2 * products.targets[i, t])
                offset -= weight * regressorMeans[i]
            }
            // Rounding can leave a perfect fit below zero.
            return max(error, 0) + Double(observations) * offset * offset
        }
    }

    /// Minimises Σ‖y − xᵀW − b‖² + penalty·n·Σ_j s_j²·‖W_j‖², s_j the standard deviation of regressor j.
    ///
    /// - Throws: `LinearAlgebraError`
    public func ridge(penalty: Double) throws -> RidgeRegression { try ridge(penalties: [penalty])[0] }

    /// The same for several penalties, which share what does not depend on them.
    ///
    /// - Throws: `LinearAlgebraError`
    func ridge(penalties: [Double]) throws -> [RidgeRegression] {
        let weights =
            switch content {
            case .observations(let own):
                try own.ridgeWeights(penalties: penalties, smallest: smallestRelativeDeviation)
            case .moments(let products): try self.weights(products, penalties)
            }
        return zip(penalties, weights).map { penalty, weights in
            let shift = Matrix(rows: 1, columns: weights.rows, values: regressorMeans).times(weights)
            let intercepts = targetMeans.indices.map { targetMeans[$0] - shift[0, $0] }
            return RidgeRegression(weights: weights, intercepts: intercepts, penalty: penalty)
        }
    }

    /// Solved for standardised regressors, which is also well scaled for Cholesky.
    private func weights(_ products: Products, _ penalties: [Double]) throws -> [Matrix] {
        let (regressors, targets) = (products.regressors, products.targets)
        let p = regressors.rows
        let n = Double(max(observations, 1))
        let deviations = (0..<p).map { j -> Double in
            let deviation = (regressors[j, j] / n).squareRoot()
            return deviation > smallestRelativeDeviation * abs(regressorMeans[j]) ? deviation : 0
        }
        var standardised = Matrix(zeros: p, p)
        var b = Matrix(zeros: p, targets.columns)
        for i in 0..<p {
            guard deviations[i] > 0 else {
                standardised[i, i] = 1
                continue
            }
            for j in 0..<p where deviations[j] > 0 {
                standardised[i, j] = regressors[i, j] / (n * deviations[i] * deviations[j])
            }
            for t in 0..<targets.columns { b[i, t] = targets[i, t] / (n * deviations[i]) }
        }
        return try penalties.map { penalty in
            var a = standardised
            for i in 0..<p where deviations[i] > 0 { a[i, i] += penalty }
            var weights = try SymmetricMatrix.solve(a, b)
            for i in 0..<p {
                let scale = deviations[i] > 0 ? 1 / deviations[i] : 0
                for t in 0..<targets.columns { weights[i, t] *= scale }
            }
            return weights
        }
    }

    /// Only some of the targets.
    public func selecting(targets: [Int]) -> SecondMoments {
        var result = self
        result.targetMeans = targets.map { targetMeans[$0] }
        result.targetSquares = targets.map { targetSquares[$0] }
        switch content {
        case .observations(var own):
            own.select(targets: targets)
            result.content = .observations(own)
        case .moments(var products):
            products.targets = products.targets.selecting(columns: targets)
            result.content = .moments(products)
        }
        return result
    }
}

/// A regressor that varies less than this around its mean, relative to the mean, is constant but for
/// rounding: means are exact to about 1e-16.
let smallestRelativeDeviation = 1e-14
