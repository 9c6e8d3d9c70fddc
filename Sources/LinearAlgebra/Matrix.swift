import COpenBLAS

/// A row-major matrix of doubles, for the statistics around the model (alignment, decoding).
///
/// The training step itself works on float32 buffers through `multiply`.
public struct Matrix: Sendable, Equatable {
    /// How many rows there are.
    public let rows: Int
    /// How many columns there are.
    public let columns: Int
    /// `[rows, columns]`, row after row.
    public var values: [Double]

    /// Gives values their extents.
    ///
    /// - Precondition: `values.count` is the product of the extents.
    public init(rows: Int, columns: Int, values: [Double]) {
        precondition(
            values.count == rows * columns, "\(values.count) values for \(rows) × \(columns)")
        self.rows = rows
        self.columns = columns
        self.values = values
    }

    /// A matrix of zeros.
    public init(zeros rows: Int, _ columns: Int) {
        self.init(rows: rows, columns: columns, values: [Double](repeating: 0, count: rows * columns))
    }

    /// One element.
    public subscript(row: Int, column: Int) -> Double {
        get { values[row * columns + column] }
        set { values[row * columns + column] = newValue }
    }

    /// One row, `[columns]`.
    public func row(_ index: Int) -> ArraySlice<Double> {
        values[index * columns..<(index + 1) * columns]
    }

    /// One column, `[rows]`.
    public func column(_ index: Int) -> [Double] { (0..<rows).map { self[$0, index] } }

    /// Rows as columns.
    public var transposed: Matrix {
        var result = Matrix(zeros: columns, rows)
        for i in 0..<rows { for j in 0..<columns { result[j, i] = self[i, j] } }
        return result
    }

    /// The rows of that index, in that order.
    public func selecting(rows indices: [Int]) -> Matrix {
        var picked: [Double] = []
        picked.reserveCapacity(indices.count * columns)
        for index in indices { picked.append(contentsOf: row(index)) }
        return Matrix(rows: indices.count, columns: columns, values: picked)
    }

    /// The columns of that index, in that order.
    public func selecting(columns indices: [Int]) -> Matrix {
        var result = Matrix(zeros: rows, indices.count)
        for i in 0..<rows {
            for (place, index) in indices.enumerated() { result[i, place] = self[i, index] }
        }
        return result
    }

    /// The leading columns.
    public func leading(columns count: Int) -> Matrix {
        var result = Matrix(zeros: rows, count)
        for i in 0..<rows { for j in 0..<count { result[i, j] = self[i, j] } }
        return result
    }

    /// Mean of every column. Exact to the last place or two: what rounding leaves of the mean is added in a second pass, so
    /// that a constant column is 0 when centred, but for that last place.
    public var columnMeans: [Double] {
        let count = Double(max(rows, 1))
        let first = columnSums(around: [Double](repeating: 0, count: columns)).map { $0 / count }
        return zip(first, columnSums(around: first)).map { mean, rest in
            rest.isFinite ? mean + rest / count : mean
        }
    }

    private func columnSums(around centre: [Double]) -> [Double] {
        var sums = [Double](repeating: 0, count: columns)
        for i in 0..<rows {
            for j in 0..<columns { sums[j] += values[i * columns + j] - centre[j] }
        }
        return sums
    }

    /// `self − 1·meansᵀ`.
    public func subtracting(rowVector means: [Double]) -> Matrix {
        var result = self
        for i in 0..<rows { for j in 0..<columns { result.values[i * columns + j] -= means[j] } }
        return result
    }

    /// `op(self)·op(other)`.
    public func times(
        _ other: Matrix, transposingSelf: Bool = false, transposingOther: Bool = false
    ) -> Matrix {
        let m = transposingSelf ? columns : rows
        let k = transposingSelf ? rows : columns
        let n = transposingOther ? other.rows : other.columns
        precondition(
            k == (transposingOther ? other.columns : other.rows),
            "product of \(rows) × \(columns) and \(other.rows) × \(other.columns)")
        var result = Matrix(zeros: m, n)
        guard m > 0, n > 0, k > 0 else { return result }
        MathematicsLibrary.useOneThread()
        result.values.withUnsafeMutableBufferPointer { c in
            cblas_dgemm(
                CblasRowMajor, transposingSelf ? CblasTrans : CblasNoTrans,
                transposingOther ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k),
                1, values, blasint(columns), other.values, blasint(other.columns), 0,
                c.baseAddress, blasint(n))
        }
        return result
    }

    /// Σ of all squared elements.
    public var sumOfSquares: Double { values.reduce(0) { $0 + $1 * $1 } }
}
