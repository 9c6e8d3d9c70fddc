import CKernels
import LinearAlgebra
import Testing

/// Products against sums in double precision, for extents that meet every height of a tile, every width
/// of a panel and every way to end in the middle of one.
@Suite("Matrix products")
struct MatrixProductsTests {
    /// A sum of K float32 products of numbers below 1 errs by at most K·2⁻²⁴ of Σ|a·b|, itself below K;
    /// relative to K, a few roundings remain.
    static let tolerance = 3e-7

    private static func numbers(_ count: Int, _ purpose: UInt32) -> [Float] {
        RandomStream(seed: 5, purpose: purpose).uniforms(count).map { Float(2 * $0 - 1) }
    }

    private static let shapes: [(rows: Int, columns: Int, inner: Int)] =
        (1...14).map { ($0, 7, 5) } + [12, 13, 24, 25, 42].map { ($0, 33, 20) }
        + (1...70).map { (5, $0, 3) } + [(3, 130, 1), (31, 64, 0), (48, 300, 150), (83, 50, 200)]

    private func packed(
        _ products: matrix_products, _ b: [Float], inner: Int, columns: Int, transposed: Bool = false
    ) -> [Float] {
        var panels = [Float](repeating: .nan, count: inner * products.padded_columns(columns))
        products.pack(inner, columns, b, transposed ? 1 : columns, transposed ? inner : 1, &panels)
        return panels
    }

    @Test(arguments: InstructionSets.available)
    func sumsOfTwoProducts(name: String) throws {
        let products = try InstructionSets.products(name)
        for (rows, columns, inner) in Self.shapes {
            let second = inner / 2 + 1
            // A's rows are not side by side, and the second A is read along its columns.
            let (ldA, ldC) = (inner + 3, columns + 2)
            let a1 = Self.numbers(rows * ldA, 1), a2 = Self.numbers(second * rows, 2)
            let b1 = Self.numbers(inner * columns, 3), b2 = Self.numbers(columns * second, 4)
            let bias = Self.numbers(columns, 5)
            let panels1 = packed(products, b1, inner: inner, columns: columns)
            let panels2 = packed(products, b2, inner: second, columns: columns, transposed: true)
            let packedBias = packed(products, bias, inner: 1, columns: columns)
            var sums = [Double](repeating: 0, count: rows * columns)
            for i in 0..<rows {
                for j in 0..<columns {
                    for k in 0..<inner {
                        sums[i * columns + j] += Double(a1[i * ldA + k]) * Double(b1[k * columns + j])
                    }
                    for k in 0..<second {
                        sums[i * columns + j] += Double(a2[k * rows + i]) * Double(b2[j * second + k])
                    }
                }
            }
            for start in ["bias", "zero", "itself"] {
                let before = Self.numbers(rows * ldC, 6)
                var c = before
                a1.withUnsafeBufferPointer { a1 in
                    a2.withUnsafeBufferPointer { a2 in
                        panels1.withUnsafeBufferPointer { panels1 in
                            panels2.withUnsafeBufferPointer { panels2 in
                                let terms = [
                                    product_term(
                                        a: a1.baseAddress, row_stride: ldA, inner_stride: 1,
                                        inner: inner, panels: panels1.baseAddress),
                                    product_term(
                                        a: a2.baseAddress, row_stride: 1, inner_stride: rows,
                                        inner: second, panels: panels2.baseAddress),
                                ]
                                if start == "bias" {
                                    products.product(
                                        rows, columns, 2, terms, packedBias, 0, &c, ldC)
                                } else {
                                    products.product(
                                        rows, columns, 2, terms, nil, start == "itself" ? 1 : 0, &c,
                                        ldC)
                                }
                            }
                        }
                    }
                }
                for i in 0..<rows {
                    for j in 0..<ldC {
                        let found = c[i * ldC + j]
                        if j >= columns {
                            #expect(found == before[i * ldC + j], "written beside the matrix")
                            continue
                        }
                        let first =
                            start == "bias" ? bias[j] : start == "itself" ? before[i * ldC + j] : 0
                        let expected = Double(first) + sums[i * columns + j]
                        let error = abs(Double(found) - expected)
                        if !(error <= Self.tolerance * Double(inner + second + 1)) {
                            Issue.record("\(name) \(rows)×\(columns)×\(inner) \(start) [\(i), \(j)]")
                        }
                    }
                }
            }
        }
    }

    @Test(arguments: InstructionSets.available)
    func sumsOfTransposedProducts(name: String) throws {
        let products = try InstructionSets.products(name)
        // The last two are longer than a block.
        for (rows, columns, inner) in Self.shapes + [(7, 20, 193), (25, 40, 500)] {
            let (ldA, ldB, ldC) = (rows + 1, columns + 2, columns + 3)
            let others = rows / 2 + 1
            let a = Self.numbers(inner * ldA, 1), other = Self.numbers(inner * others, 2)
            let b = Self.numbers(inner * ldB, 3)
            let before = Self.numbers(rows * ldC, 4), otherBefore = Self.numbers(others * columns, 5)
            var c = before
            var otherC = otherBefore
            c.withUnsafeMutableBufferPointer { c in
                otherC.withUnsafeMutableBufferPointer { otherC in
                    a.withUnsafeBufferPointer { a in
                        other.withUnsafeBufferPointer { other in
                            products.add_transposed_products(
                                inner, columns, b, ldB, 2,
                                [
                                    transposed_term(
                                        a: a.baseAddress, ld_a: ldA, rows: rows, c: c.baseAddress,
                                        ld_c: ldC),
                                    transposed_term(
                                        a: other.baseAddress, ld_a: others, rows: others,
                                        c: otherC.baseAddress, ld_c: columns),
                                ])
                        }
                    }
                }
            }
            func check(
                _ c: [Float], _ before: [Float], ldC: Int, _ a: [Float], ldA: Int, rows: Int
            ) {
                for i in 0..<rows {
                    for j in 0..<ldC {
                        var expected = Double(before[i * ldC + j])
                        if j < columns {
                            for k in 0..<inner {
                                expected += Double(a[k * ldA + i]) * Double(b[k * ldB + j])
                            }
                        }
                        let error = abs(Double(c[i * ldC + j]) - expected)
                        if !(error <= (j < columns ? Self.tolerance * Double(inner + 1) : 0)) {
                            Issue.record("\(name) \(rows)×\(columns)×\(inner) [\(i), \(j)]")
                        }
                    }
                }
            }
            check(c, before, ldC: ldC, a, ldA: ldA, rows: rows)
            check(otherC, otherBefore, ldC: columns, other, ldA: others, rows: others)
        }
    }

    /// What a trial's activations are must not depend on which trials share its slice.
    @Test(arguments: InstructionSets.available)
    func bitsOfARowDoNotDependOnOtherRows(name: String) throws {
        let products = try InstructionSets.products(name)
        let (columns, inner) = (77, 150)
        let a = Self.numbers(40 * inner, 1)
        let panels = packed(
            products, Self.numbers(inner * columns, 2), inner: inner, columns: columns)
        func result(rows: Int, from first: Int) -> [Float] {
            var c = [Float](repeating: 0, count: rows * columns)
            a.withUnsafeBufferPointer { a in
                panels.withUnsafeBufferPointer { panels in
                    var term = product_term(
                        a: a.baseAddress.map { $0 + first * inner }, row_stride: inner,
                        inner_stride: 1, inner: inner, panels: panels.baseAddress)
                    products.product(rows, columns, 1, &term, nil, 0, &c, columns)
                }
            }
            return c
        }
        let all = result(rows: 40, from: 0)
        for (first, rows) in [(0, 1), (39, 1), (3, 7), (20, 13), (11, 29)] {
            #expect(
                result(rows: rows, from: first) == Array(all[(first * columns)..<((first + rows) * columns)]))
        }
    }
}
