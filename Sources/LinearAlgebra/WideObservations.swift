/// Observations that have fewer rows than regressors: they are smaller, and a regression on them is faster, than
/// their second moments.
struct WideObservations: Sendable {
    /// `[observations, regressors]`
    private(set) var x: Matrix
    /// `[observations, targets]`
    private(set) var y: Matrix

    init(_ x: Matrix, _ y: Matrix) {
        self.x = x
        self.y = y
    }

    mutating func append(_ other: WideObservations) {
        x = Matrix(rows: x.rows + other.x.rows, columns: x.columns, values: x.values + other.x.values)
        y = Matrix(rows: y.rows + other.y.rows, columns: y.columns, values: y.values + other.y.values)
    }

    mutating func select(targets: [Int]) { y = y.selecting(columns: targets) }

    /// The weights of ridge regressions on standardised regressors, `[regressors, targets]`, one for each penalty.
    ///
    /// With `Z` the standardised regressors, (ZᵀZ/n + λ)⁻¹Zᵀy/n = Zᵀ(ZZᵀ/n + λ)⁻¹y/n: a system as large as there are
    /// observations (Saunders, Gammerman and Vovk 1998, ICML).
    ///
    /// - Parameters:
    ///   - penalties: λ.
    ///   - smallest: a regressor that varies less than this, relative to its mean, has a weight of 0.
    /// - Throws: `LinearAlgebraError`
    func ridgeWeights(penalties: [Double], smallest: Double) throws -> [Matrix] {
        let n = Double(max(x.rows, 1))
        let means = x.columnMeans
        var z = x.subtracting(rowVector: means)
        var squares = [Double](repeating: 0, count: z.columns)
        for i in 0..<z.rows { for j in 0..<z.columns { squares[j] += z[i, j] * z[i, j] } }
        let scales = zip(squares, means).map { square, mean -> Double in
            let deviation = (square / n).squareRoot()
            return deviation > smallest * abs(mean) ? 1 / deviation : 0
        }
        for i in 0..<z.rows { for j in 0..<z.columns { z[i, j] *= scales[j] } }
        var products = z.times(z.transposed)
        for index in products.values.indices { products.values[index] /= n }
        let centred = y.subtracting(rowVector: y.columnMeans)
        return try penalties.map { penalty in
            var a = products
            for i in 0..<a.rows { a[i, i] += penalty }
            var weights = z.times(try SymmetricMatrix.solve(a, centred), transposingSelf: true)
            for j in 0..<weights.rows { for t in 0..<weights.columns { weights[j, t] *= scales[j] / n } }
            return weights
        }
    }

    /// Σ (y − ŷ)² of each target.
    func squaredErrors(of fit: RidgeRegression) -> [Double] {
        let expected = fit.predict(x)
        var errors = [Double](repeating: 0, count: y.columns)
        for i in 0..<y.rows {
            for t in 0..<y.columns {
                let error = y[i, t] - expected[i, t]
                errors[t] += error * error
            }
        }
        return errors
    }
}
