import LinearAlgebra
import Testing

struct MatrixTests {
    private let small = Matrix(rows: 2, columns: 3, values: [1, 2, 3, 4, 5, 6])

    @Test func elementsRowsAndColumns() {
        #expect(small[1, 0] == 4)
        #expect(Array(small.row(1)) == [4, 5, 6])
        #expect(small.column(2) == [3, 6])
        #expect(small.transposed == Matrix(rows: 3, columns: 2, values: [1, 4, 2, 5, 3, 6]))
        #expect(
            small.selecting(rows: [1, 0, 1])
                == Matrix(rows: 3, columns: 3, values: [4, 5, 6, 1, 2, 3, 4, 5, 6]))
        #expect(small.leading(columns: 2) == Matrix(rows: 2, columns: 2, values: [1, 2, 4, 5]))
        #expect(small.sumOfSquares == 91)
        #expect(small.selecting(rows: []) == Matrix(zeros: 0, 3))
    }

    @Test func meansAndCentring() {
        #expect(small.columnMeans == [2.5, 3.5, 4.5])
        #expect(
            small.subtracting(rowVector: [1, 2, 3])
                == Matrix(rows: 2, columns: 3, values: [0, 0, 0, 3, 3, 3]))
        #expect(Matrix(zeros: 0, 2).columnMeans == [0, 0])
    }

    /// A plain sum of 100,000 tenths is off in the 12th place; the mean must be exact but for its
    /// last place.
    @Test func theMeanOfAConstantIsTheConstant() {
        let constant = Matrix(
            rows: 100_000, columns: 1, values: [Double](repeating: 0.1, count: 100_000))
        #expect(abs(constant.columnMeans[0] - 0.1) <= 0.1.ulp)
        let far = Matrix(
            rows: 100_000, columns: 1, values: (0..<100_000).map { 1e9 + Double($0 % 2) })
        #expect(abs(far.columnMeans[0] - 1_000_000_000.5) <= 1e9.ulp)
    }

    @Test func notFiniteMeansStayNotFinite() {
        let matrix = Matrix(rows: 2, columns: 2, values: [.nan, .infinity, 1, 1])
        #expect(matrix.columnMeans[0].isNaN)
        #expect(matrix.columnMeans[1] == .infinity)
    }

    /// Sums of at most 19 products of numbers below 1: rounding stays below 19·19·2⁻⁵³ = 4e-14.
    @Test func productsInAllTranspositions() {
        var numbers = TestNumbers(1)
        for (m, k, n) in [(1, 1, 1), (3, 5, 2), (7, 1, 4), (16, 19, 17), (2, 0, 3), (0, 2, 3)] {
            let (a, b) = (numbers.matrix(m, k), numbers.matrix(k, n))
            let expected = slowProduct(a, b)
            #expect(distance(a.times(b), expected) < 4e-14)
            #expect(distance(a.transposed.times(b, transposingSelf: true), expected) < 4e-14)
            #expect(distance(a.times(b.transposed, transposingOther: true), expected) < 4e-14)
            #expect(
                distance(
                    a.transposed.times(b.transposed, transposingSelf: true, transposingOther: true),
                    expected) < 4e-14)
        }
    }
}
