import LinearAlgebra
import Testing

struct SinglePrecisionProductTests {
    /// A matrix inside a wider one; what surrounds it is NaN and must neither be read nor written.
    private struct Padded {
        let rows: Int, columns: Int, leading: Int
        var values: [Float]
        init(_ rows: Int, _ columns: Int, padding: Int, _ numbers: inout TestNumbers) {
            (self.rows, self.columns, leading) = (rows, columns, columns + padding)
            values = [Float](repeating: .nan, count: max(rows * (columns + padding), 1))
            for i in 0..<rows {
                for j in 0..<columns { values[i * leading + j] = Float(numbers.uniform()) }
            }
        }
        var matrix: Matrix {
            var result = Matrix(zeros: rows, columns)
            for i in 0..<rows {
                for j in 0..<columns { result[i, j] = Double(values[i * leading + j]) }
            }
            return result
        }
        var paddingIsUntouched: Bool {
            (0..<rows).allSatisfy { i in
                (columns..<leading).allSatisfy { values[i * leading + $0].isNaN }
            }
        }
    }

    /// Sums of k products below 1 in float32: rounding below (k + 2)·k·2⁻²⁴.
    @Test(arguments: [(1, 1, 1), (2, 3, 4), (5, 1, 7), (16, 33, 8), (31, 17, 70), (64, 64, 64)])
    func everyTranspositionAndLeadingDimension(m: Int, k: Int, n: Int) {
        var numbers = TestNumbers(UInt64(m * 10_000 + k * 100 + n))
        let tolerance = Double((k + 2) * k) * 0x1p-24
        for (transposeA, transposeB, accumulate, padding) in [
            (false, false, false, 0), (true, false, false, 3), (false, true, true, 2),
            (true, true, true, 5), (false, false, true, 1), (true, false, true, 0),
        ] {
            let a = Padded(transposeA ? k : m, transposeA ? m : k, padding: padding, &numbers)
            let b = Padded(transposeB ? n : k, transposeB ? k : n, padding: 2 * padding, &numbers)
            var c = Padded(m, n, padding: padding + 1, &numbers)
            let before = c.matrix
            if !accumulate {
                // What stood there before plays no part, even if it isn't a number.
                for i in 0..<m { c.values[i * c.leading] = .nan }
            }
            c.values.withUnsafeMutableBufferPointer { out in
                guard let base = out.baseAddress else { return }
                multiply(
                    a.values, leadingA: a.leading, transposeA: transposeA, b.values,
                    leadingB: b.leading, transposeB: transposeB, into: base, leadingC: c.leading,
                    rows: m, columns: n, inner: k, scale: 0.5, accumulate: accumulate)
            }
            let product = slowProduct(
                transposeA ? a.matrix.transposed : a.matrix,
                transposeB ? b.matrix.transposed : b.matrix)
            var expected = product
            for index in expected.values.indices {
                expected.values[index] =
                    0.5 * product.values[index] + (accumulate ? before.values[index] : 0)
            }
            #expect(distance(c.matrix, expected) < tolerance)
            #expect(c.paddingIsUntouched)
        }
    }

    @Test func anEmptySumIsZeroOrAddsNothing() {
        var c: [Float] = [1, 2, 9, 3, 4, 9]
        let nothing: [Float] = [0]
        func product(accumulate: Bool) {
            c.withUnsafeMutableBufferPointer { out in
                guard let base = out.baseAddress else { return }
                multiply(
                    nothing, leadingA: 1, nothing, leadingB: 2, into: base, leadingC: 3, rows: 2,
                    columns: 2, inner: 0, accumulate: accumulate)
            }
        }
        product(accumulate: true)
        #expect(c == [1, 2, 9, 3, 4, 9])
        product(accumulate: false)
        #expect(c == [0, 0, 9, 0, 0, 9])
    }
}
