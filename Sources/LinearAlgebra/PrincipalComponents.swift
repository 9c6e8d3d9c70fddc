/// Principal components of a matrix whose columns have been centred by the caller.
public struct PrincipalComponents: Sendable {
    /// `[columns of the data, count]`, orthonormal columns, by falling variance.
    public let directions: Matrix
    /// Share of the total variance along each direction.
    public let explainedShare: [Double]

    /// Finds the directions in which data vary most.
    ///
    /// - Parameters:
    ///   - data: `[observations, variables]`, column means removed.
    ///   - count: directions that are wanted.
    /// - Throws: `LinearAlgebraError` when the eigenproblem does not converge.
    public init(of data: Matrix, count: Int) throws {
        let kept = min(count, min(data.rows, data.columns))
        let total = max(data.sumOfSquares, .leastNormalMagnitude)
        if data.columns <= data.rows {
            let (values, vectors) = try SymmetricMatrix.leadingEigenvectors(
                of: data.times(data, transposingSelf: true), count: kept)
            directions = vectors
            explainedShare = values.prefix(kept).map { max($0, 0) / total }
        } else {
            // Fewer observations than variables: the Gram matrix has the same spectrum and is smaller.
            let (values, vectors) = try SymmetricMatrix.leadingEigenvectors(
                of: data.times(data, transposingOther: true), count: kept)
            let images = data.times(vectors, transposingSelf: true)
            directions = Self.orthonormal(images)
            explainedShare = values.prefix(kept).map { max($0, 0) / total }
        }
    }

    /// Scores `[observations, count]` of centred data.
    public func scores(of data: Matrix) -> Matrix { data.times(directions) }

    /// The columns made orthonormal in their order (Gram and Schmidt, twice is enough), with the sign
    /// rule of `SymmetricMatrix`. A column that depends on those before it, where the data have no
    /// variance left, is replaced by a direction that is orthogonal to all.
    private static func orthonormal(_ matrix: Matrix) -> Matrix {
        let n = matrix.rows
        var columns: [[Double]] = []
        let scale = (0..<matrix.columns).map { norm(matrix.column($0)) }.max() ?? 0
        for k in 0..<matrix.columns {
            // Without variance, the image is nothing but the rounding of the largest one.
            var rest = removing(columns, from: matrix.column(k))
            if norm(rest) <= 1e-12 * scale {
                let axis =
                    (0..<n).map { axis -> (length: Double, axis: Int) in
                        (columns.reduce(0) { $0 + $1[axis] * $1[axis] }, axis)
                    }.min { $0 < $1 }?.axis ?? 0
                rest = removing(columns, from: (0..<n).map { $0 == axis ? 1 : 0 })
            }
            let length = norm(rest)
            var largest = 0.0
            for value in rest where abs(value) > abs(largest) { largest = value }
            let divisor = largest < 0 ? -length : length
            columns.append(rest.map { $0 / divisor })
        }
        return Matrix(rows: columns.count, columns: n, values: columns.flatMap { $0 }).transposed
    }

    private static func removing(_ columns: [[Double]], from vector: [Double]) -> [Double] {
        var rest = vector
        for _ in 0..<2 {
            for column in columns {
                let share = zip(column, rest).reduce(0) { $0 + $1.0 * $1.1 }
                for i in rest.indices { rest[i] -= share * column[i] }
            }
        }
        return rest
    }

    private static func norm(_ vector: [Double]) -> Double {
        vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
}
