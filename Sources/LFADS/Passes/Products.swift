import CKernels

/// `C ← start + A·B`, B packed; see `matrix_products` for the terms.
///
/// - Parameters:
///   - bias: packed like B, added to every row; without it and without `accumulate` the start is 0.
@inline(__always)
func multiply(
    _ term: product_term, into c: UnsafeMutablePointer<Float>, leadingC: Int, rows: Int,
    columns: Int, bias: UnsafePointer<Float>? = nil, accumulate: Bool = false
) {
    var term = term
    products.pointee.product(rows, columns, 1, &term, bias, accumulate ? 1 : 0, c, leadingC)
}

/// `C ← bias + A₁·B₁ + A₂·B₂` without a sum in memory between the two.
@inline(__always)
func multiply(
    _ first: product_term, _ second: product_term, into c: UnsafeMutablePointer<Float>,
    leadingC: Int, rows: Int, columns: Int, bias: UnsafePointer<Float>
) {
    var terms = (first, second)
    withUnsafePointer(to: &terms) {
        $0.withMemoryRebound(to: product_term.self, capacity: 2) {
            products.pointee.product(rows, columns, 2, $0, bias, 0, c, leadingC)
        }
    }
}

/// `C ← C + Aᵀ·B`, A `[inner, rows]` and B `[inner, columns]` as they lie.
@inline(__always)
func addTransposedProduct(
    _ a: UnsafePointer<Float>, leadingA: Int, rows: Int, _ b: UnsafePointer<Float>, leadingB: Int,
    columns: Int, inner: Int, into c: UnsafeMutablePointer<Float>, leadingC: Int
) {
    var term = transposed_term(a: a, ld_a: leadingA, rows: rows, c: c, ld_c: leadingC)
    products.pointee.add_transposed_products(inner, columns, b, leadingB, 1, &term)
}

/// Two products with the same B.
@inline(__always)
func addTransposedProducts(
    _ first: transposed_term, _ second: transposed_term, _ b: UnsafePointer<Float>, leadingB: Int,
    columns: Int, inner: Int
) {
    var terms = (first, second)
    withUnsafePointer(to: &terms) {
        $0.withMemoryRebound(to: transposed_term.self, capacity: 2) {
            products.pointee.add_transposed_products(inner, columns, b, leadingB, 2, $0)
        }
    }
}
