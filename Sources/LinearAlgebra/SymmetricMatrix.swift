import COpenBLAS

/// Decompositions of symmetric matrices (LAPACK).
public enum SymmetricMatrix {
    /// Eigenvalues in descending order and eigenvectors as columns, each with the sign that makes
    /// its element of largest magnitude positive, so that a result does not depend on the library's
    /// choice of sign.
    public static func eigenvectors(of matrix: Matrix) throws -> (values: [Double], vectors: Matrix) {
        precondition(matrix.rows == matrix.columns, "\(matrix.rows) × \(matrix.columns)")
        let n = matrix.rows
        guard n > 0 else { return ([], matrix) }
        try requireFinite(matrix, routine: "dsyevd", argument: 4)
        MathematicsLibrary.useOneThread()
        var a = matrix.values
        var w = [Double](repeating: 0, count: n)
        var size = blasint(n)
        var info: blasint = 0
        var workSize: blasint = -1
        var integerSize: blasint = -1
        var workQuery = 0.0
        var integerQuery: blasint = 0
        dsyevd_("V", "U", &size, &a, &size, &w, &workQuery, &workSize, &integerQuery, &integerSize, &info)
        workSize = blasint(workQuery)
        integerSize = integerQuery
        var work = [Double](repeating: 0, count: Int(workSize))
        var integers = [blasint](repeating: 0, count: Int(integerSize))
        dsyevd_("V", "U", &size, &a, &size, &w, &work, &workSize, &integers, &integerSize, &info)
        guard info == 0 else {
            throw LinearAlgebraError.routineFailed(routine: "dsyevd", size: n, code: Int(info))
        }
        return (w.reversed(), inFallingOrder(a, n, count: n))
    }

    /// The largest eigenvalues of a symmetric matrix and their vectors, as `eigenvectors` gives all of them: where there
    /// are many others, without the time and the room that these take.
    public static func leadingEigenvectors(
        of matrix: Matrix, count: Int
    ) throws -> (values: [Double], vectors: Matrix) {
        let n = matrix.rows
        guard n > manyEigenvectors, count > 0, count < n else {
            let all = try eigenvectors(of: matrix)
            return (Array(all.values.prefix(count)), all.vectors.leading(columns: min(count, n)))
        }
        precondition(matrix.rows == matrix.columns, "\(matrix.rows) × \(matrix.columns)")
        try requireFinite(matrix, routine: "dsyevr", argument: 6)
        MathematicsLibrary.useOneThread()
        var a = matrix.values
        var w = [Double](repeating: 0, count: n)
        var vectors = [Double](repeating: 0, count: n * count)
        var support = [blasint](repeating: 0, count: 2 * count)
        var (size, first, last) = (blasint(n), blasint(n - count + 1), blasint(n))
        var (lower, upper, tolerance) = (0.0, 0.0, 0.0)
        var (found, info): (blasint, blasint) = (0, 0)
        var (workSize, integerSize): (blasint, blasint) = (-1, -1)
        var work = [0.0]
        var integers: [blasint] = [0]
        // The first call asks how much room the second one needs.
        for _ in 0..<2 {
            dsyevr_(
                "V", "I", "U", &size, &a, &size, &lower, &upper, &first, &last, &tolerance, &found, &w,
                &vectors,
                &size, &support, &work, &workSize, &integers, &integerSize, &info)
            guard info == 0, workSize == -1 else { break }
            workSize = blasint(work[0])
            integerSize = integers[0]
            work = [Double](repeating: 0, count: Int(workSize))
            integers = [blasint](repeating: 0, count: Int(integerSize))
        }
        guard info == 0, found == blasint(count) else {
            throw LinearAlgebraError.routineFailed(routine: "dsyevr", size: n, code: Int(info))
        }
        return (w.prefix(count).reversed(), inFallingOrder(vectors, n, count: count))
    }

    /// With so many, those that nobody asked for cost more than the others.
    private static let manyEigenvectors = 1024

    /// LAPACK is column-major and ascending: eigenvector k is row k of what it leaves, read row-major. The largest element
    /// of each becomes positive.
    private static func inFallingOrder(_ found: [Double], _ n: Int, count: Int) -> Matrix {
        var vectors = Matrix(zeros: n, count)
        for k in 0..<count {
            let source = (count - 1 - k) * n
            var largest = 0.0
            for i in 0..<n where abs(found[source + i]) > abs(largest) { largest = found[source + i] }
            let sign: Double = largest < 0 ? -1 : 1
            for i in 0..<n { vectors[i, k] = sign * found[source + i] }
        }
        return vectors
    }

    /// Solves `A·X = B` for a symmetric positive definite A by Cholesky's factorisation.
    public static func solve(_ matrix: Matrix, _ right: Matrix) throws -> Matrix {
        precondition(matrix.rows == matrix.columns && matrix.rows == right.rows)
        let n = matrix.rows
        guard n > 0, right.columns > 0 else { return right }
        try requireFinite(matrix, routine: "dpotrf", argument: 3)
        MathematicsLibrary.useOneThread()
        var a = matrix.values
        var size = blasint(n)
        var info: blasint = 0
        dpotrf_("U", &size, &a, &size, &info)
        guard info == 0 else {
            throw LinearAlgebraError.routineFailed(routine: "dpotrf", size: n, code: Int(info))
        }
        // Column-major right-hand sides are the rows of the transpose.
        var b = right.transposed.values
        var count = blasint(right.columns)
        dpotrs_("U", &size, &count, &a, &size, &b, &size, &info)
        guard info == 0 else {
            throw LinearAlgebraError.routineFailed(routine: "dpotrs", size: n, code: Int(info))
        }
        return Matrix(rows: right.columns, columns: n, values: b).transposed
    }

    /// LAPACK doesn't promise to end, or to say that it failed, on infinities and NaN. The code is the
    /// one that it has for an invalid argument.
    private static func requireFinite(_ matrix: Matrix, routine: String, argument: Int) throws {
        guard matrix.values.allSatisfy(\.isFinite) else {
            throw LinearAlgebraError.routineFailed(
                routine: routine, size: matrix.rows, code: -argument)
        }
    }
}
