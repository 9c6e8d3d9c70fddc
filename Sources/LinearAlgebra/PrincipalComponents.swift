/// Principal components of a matrix whose columns have been centred by the caller.
public struct PrincipalComponents: Sendable {
    /// `[columns of the data, count]`, orthonormal columns, by falling variance.
    public let directions: Matrix
    /// Share of the total variance along each direction.
    public let explainedShare: [Double]

    /// - Parameter data: `[observations, variables]`, column means removed.
    /// - Throws: `LinearAlgebraError` when the eigenproblem does not converge.
    public init(of data: Matrix, count: Int) throws {
        let kept = min(count, min(data.rows, data.columns))
        let total = max(data.sumOfSquares, .leastNormalMagnitude)
        if data.columns <= data.rows {
            let (values, vectors) = try SymmetricMatrix.eigenvectors(
                of: data.times(data, transposingSelf: true))
            directions = vectors.leading(columns: kept)
            explainedShare = values.prefix(kept).map { max($0, 0) / total }
        } else {
            // Fewer observations than variables: the Gram matrix has the same spectrum and is smaller.
            let (values, vectors) = try SymmetricMatrix.eigenvectors(
                of: data.times(data, transposingOther: true))
            var scaled = data.times(vectors.leading(columns: kept), transposingSelf: true)
            for k in 0..<kept {
                let norm = values[k] > 0 ? values[k].squareRoot() : 1
                for i in 0..<scaled.rows { scaled[i, k] /= norm }
            }
            directions = scaled
            explainedShare = values.prefix(kept).map { max($0, 0) / total }
        }
    }

    /// Scores `[observations, count]` of centred data.
    public func scores(of data: Matrix) -> Matrix { data.times(directions) }
}
