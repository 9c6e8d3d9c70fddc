import LinearAlgebra
import Testing

struct PrincipalComponentsTests {
    private func centred(_ matrix: Matrix) -> Matrix {
        matrix.subtracting(rowVector: matrix.columnMeans)
    }

    private func requireOrthonormal(_ directions: Matrix) {
        let product = slowProduct(directions.transposed, directions)
        for i in 0..<product.rows {
            for j in 0..<product.columns {
                #expect(abs(product[i, j] - (i == j ? 1 : 0)) < 1e-12)
            }
        }
    }

    /// Columns of zeros change no component, but make the matrix wide: both branches must agree.
    @Test func tallAndWideAgree() throws {
        var numbers = TestNumbers(3)
        let tall = centred(numbers.matrix(9, 6))
        var wide = Matrix(zeros: 9, 14)
        for i in 0..<9 { for j in 0..<6 { wide[i, j] = tall[i, j] } }
        let a = try PrincipalComponents(of: tall, count: 5)
        let b = try PrincipalComponents(of: wide, count: 5)
        #expect(distance(a.explainedShare, b.explainedShare) < 1e-13)
        for k in 0..<5 {
            for i in 0..<14 {
                #expect(abs(b.directions[i, k] - (i < 6 ? a.directions[i, k] : 0)) < 1e-11)
            }
        }
        #expect(distance(a.scores(of: tall), b.scores(of: wide)) < 1e-11)
    }

    @Test(arguments: [(20, 4), (6, 6), (5, 12)])
    func sharesAreVariancesAlongTheDirections(rows: Int, columns: Int) throws {
        var numbers = TestNumbers(UInt64(rows))
        let data = centred(numbers.matrix(rows, columns))
        let all = try PrincipalComponents(of: data, count: 100)
        #expect(all.directions.columns == min(rows, columns))
        requireOrthonormal(all.directions)
        #expect(abs(all.explainedShare.reduce(0, +) - 1) < 1e-12)
        let scores = all.scores(of: data)
        for k in 0..<all.directions.columns {
            let along = scores.column(k).reduce(0) { $0 + $1 * $1 } / data.sumOfSquares
            #expect(abs(along - all.explainedShare[k]) < 1e-12)
        }
        let few = try PrincipalComponents(of: data, count: 2)
        #expect(distance(few.directions, all.directions.leading(columns: 2)) < 1e-12)
    }

    /// Five centred rows have rank 4 at most: the fifth direction has no variance, and must be a
    /// direction all the same.
    @Test func directionsWithoutVarianceAreOrthonormalToo() throws {
        var numbers = TestNumbers(8)
        let data = centred(numbers.matrix(5, 9))
        let components = try PrincipalComponents(of: data, count: 5)
        requireOrthonormal(components.directions)
        #expect(components.explainedShare[4] < 1e-12)
        for value in components.scores(of: data).column(4) { #expect(abs(value) < 1e-12) }
        let nothing = try PrincipalComponents(of: Matrix(zeros: 3, 7), count: 3)
        requireOrthonormal(nothing.directions)
        #expect(nothing.explainedShare == [0, 0, 0])
    }

    @Test func aPlaneIsFound() throws {
        var numbers = TestNumbers(5)
        let plane = centred(slowProduct(numbers.matrix(50, 2), numbers.matrix(2, 8)))
        let components = try PrincipalComponents(of: plane, count: 3)
        #expect(components.explainedShare[2] < 1e-14)
        let back = components.scores(of: plane).times(components.directions, transposingOther: true)
        #expect(distance(back, plane) < 1e-12)
    }
}
