public import LinearAlgebra
public import TrialArrays

/// Mean and covariance of latent states of one day, and how far two days' are apart.
public struct StateDistribution: Sendable, Equatable {
    /// Mean of every factor, or dimension.
    public let mean: [Double]
    /// Covariance of these, divided by the number of states.
    public let covariance: Matrix

    /// The distribution of all bins of the given trials.
    public init(_ array: TrialArray, trials: [Int]) {
        self.init(array.rows(ofTrials: trials))
    }

    init(_ rows: Matrix) {
        mean = rows.columnMeans
        let centred = rows.subtracting(rowVector: mean)
        var covariance = centred.times(centred, transposingSelf: true)
        for i in covariance.values.indices { covariance.values[i] /= Double(max(rows.rows, 1)) }
        self.covariance = covariance
    }

    init(mean: [Double], covariance: Matrix) {
        self.mean = mean
        self.covariance = covariance
    }

    /// The squared 2-Wasserstein distance of the normal distributions with these moments (Dowson and
    /// Landau 1982), ‖m_a − m_b‖² + tr(A + B − 2(A^½·B·A^½)^½), relative to ½·tr(A + B): 0 for equal
    /// ones, 2 and more for those that have nothing in common. It needs no labels.
    ///
    /// - Returns: `nil` where nothing varies.
    /// - Throws: `LinearAlgebraError`
    public func distance(to other: StateDistribution) throws -> Double? {
        try distance(to: other, root: root())
    }

    /// The root of the covariance, which all distances to a distribution share.
    func root() throws -> Matrix { try Self.squareRoot(covariance) }

    /// - Parameter root: of this distribution's covariance.
    func distance(to other: StateDistribution, root: Matrix) throws -> Double? {
        let n = mean.count
        var trace = 0.0
        for i in 0..<n { trace += covariance[i, i] + other.covariance[i, i] }
        guard trace > 0 else { return nil }
        let product = root.times(other.covariance).times(root)
        let overlap = try SymmetricMatrix.eigenvectors(of: Self.symmetric(product)).values
            .reduce(0) { $0 + max($1, 0).squareRoot() }
        var shift = 0.0
        for (a, b) in zip(mean, other.mean) { shift += (a - b) * (a - b) }
        return (shift + max(trace - 2 * overlap, 0)) / (trace / 2)
    }

    private static func squareRoot(_ matrix: Matrix) throws -> Matrix {
        let (values, vectors) = try SymmetricMatrix.eigenvectors(of: matrix)
        var scaled = vectors
        for j in 0..<values.count {
            let root = max(values[j], 0).squareRoot()
            for i in 0..<values.count { scaled[i, j] *= root }
        }
        return scaled.times(vectors, transposingOther: true)
    }

    private static func symmetric(_ matrix: Matrix) -> Matrix {
        var result = matrix
        for i in 0..<matrix.rows {
            for j in 0..<matrix.columns { result[i, j] = (matrix[i, j] + matrix[j, i]) / 2 }
        }
        return result
    }
}
