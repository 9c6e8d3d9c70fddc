import LinearAlgebra
import Testing

struct SymmetricMatrixTests {
    @Test func eigenvectorsOfAKnownMatrix() throws {
        let (values, vectors) = try SymmetricMatrix.eigenvectors(
            of: Matrix(rows: 2, columns: 2, values: [2, 1, 1, 2]))
        #expect(distance(values, [3, 1]) < 1e-14)
        let half = 0.5.squareRoot()
        #expect(abs(vectors[0, 0] - half) < 1e-14 && abs(vectors[1, 0] - half) < 1e-14)
        #expect(abs(abs(vectors[0, 1]) - half) < 1e-14)
        #expect(abs(vectors[0, 1] + vectors[1, 1]) < 1e-14)
    }

    /// Backward-stable: residuals of n·‖A‖·2⁻⁵³, which is below 1e-13 here.
    @Test(arguments: [1, 2, 3, 10, 37])
    func eigenvectorsDiagonalise(n: Int) throws {
        var numbers = TestNumbers(UInt64(n))
        let half = numbers.matrix(n, n)
        var a = half
        for i in 0..<n { for j in 0..<n { a[i, j] = half[i, j] + half[j, i] } }
        let (values, vectors) = try SymmetricMatrix.eigenvectors(of: a)
        #expect(values == values.sorted(by: >))
        var scaled = vectors
        for i in 0..<n { for k in 0..<n { scaled[i, k] *= values[k] } }
        #expect(distance(slowProduct(a, vectors), scaled) < 1e-12)
        var identity = Matrix(zeros: n, n)
        for i in 0..<n { identity[i, i] = 1 }
        #expect(distance(slowProduct(vectors.transposed, vectors), identity) < 1e-13)
        for k in 0..<n {
            let column = vectors.column(k)
            let largest = column.max { abs($0) < abs($1) } ?? 0
            #expect(largest > 0)
        }
    }

    /// Few of many come by another way than all: the same but for rounding, and of the same sign.
    @Test func leadingOnesOfMany() throws {
        var numbers = TestNumbers(5)
        let n = 1100
        // Of rank 5, and well apart: n·2⁻⁵³ over the gaps leaves ten places.
        let half = numbers.matrix(n, 5)
        var a = half.times(half, transposingOther: true)
        for i in 0..<n { a[i, i] += 1 }
        let all = try SymmetricMatrix.eigenvectors(of: a)
        for count in [1, 5] {
            let few = try SymmetricMatrix.leadingEigenvectors(of: a, count: count)
            #expect(few.values.count == count && few.vectors.rows == n && few.vectors.columns == count)
            for k in 0..<count {
                #expect(abs(few.values[k] / all.values[k] - 1) < 1e-12)
                #expect(distance(few.vectors.column(k), all.vectors.column(k)) < 1e-10)
            }
        }
        // Fewer than many are those of all, bit for bit.
        let small = a.leading(columns: 40).selecting(rows: Array(0..<40))
        let vectors = try SymmetricMatrix.eigenvectors(of: small).vectors
        #expect(
            try SymmetricMatrix.leadingEigenvectors(of: small, count: 3).vectors
                == vectors.leading(columns: 3))
    }

    @Test func solvesPositiveDefiniteSystems() throws {
        var numbers = TestNumbers(4)
        for (n, m) in [(1, 1), (3, 2), (12, 5), (30, 1)] {
            let root = numbers.matrix(n + 5, n)
            var a = slowProduct(root.transposed, root)
            for i in 0..<n { a[i, i] += 1 }
            let b = numbers.matrix(n, m)
            // Condition numbers are below 100, so twelve places are left.
            #expect(distance(try SymmetricMatrix.solve(a, b), slowSolution(a, b)) < 1e-12)
        }
    }

    @Test func whatCannotBeFactoredIsAnError() {
        let indefinite = Matrix(rows: 2, columns: 2, values: [1, 2, 2, 1])
        #expect(throws: LinearAlgebraError.routineFailed(routine: "dpotrf", size: 2, code: 2)) {
            try SymmetricMatrix.solve(indefinite, Matrix(zeros: 2, 1))
        }
        for bad in [Double.nan, .infinity] {
            let matrix = Matrix(rows: 2, columns: 2, values: [1, bad, bad, 1])
            #expect(throws: LinearAlgebraError.routineFailed(routine: "dpotrf", size: 2, code: -3)) {
                try SymmetricMatrix.solve(matrix, Matrix(zeros: 2, 1))
            }
            #expect(throws: LinearAlgebraError.routineFailed(routine: "dsyevd", size: 2, code: -4)) {
                try SymmetricMatrix.eigenvectors(of: matrix)
            }
        }
        #expect(
            LinearAlgebraError.routineFailed(routine: "dpotrf", size: 2, code: 2).description
                == "the LAPACK routine dpotrf failed with code 2 on a matrix of size 2; check the data "
                + "for constant, duplicated or non-finite columns")
    }

    @Test func nothingToDo() throws {
        #expect(try SymmetricMatrix.eigenvectors(of: Matrix(zeros: 0, 0)).values.isEmpty)
        #expect(try SymmetricMatrix.solve(Matrix(zeros: 0, 0), Matrix(zeros: 0, 2)).columns == 2)
    }
}
