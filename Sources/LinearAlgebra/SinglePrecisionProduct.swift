import COpenBLAS

/// `C ← α·op(A)·op(B) + β·C` on row-major float32 matrices, op being the identity or the transpose.
///
/// - Parameters:
///   - rows: rows of op(A) and C. - columns: columns of op(B) and C. - inner: columns of op(A).
///   - leadingA: distance between rows of A as stored, in elements; likewise for B and C.
@inline(__always)
public func multiply(
    _ a: UnsafePointer<Float>, leadingA: Int, transposeA: Bool = false,
    _ b: UnsafePointer<Float>, leadingB: Int, transposeB: Bool = false,
    into c: UnsafeMutablePointer<Float>, leadingC: Int,
    rows: Int, columns: Int, inner: Int, scale: Float = 1, accumulate: Bool = false
) {
    if rows == 0 || columns == 0 { return }
    if inner == 0 {
        // An empty sum is 0; BLAS would complain about the extents instead.
        if !accumulate { for i in 0..<rows { (c + i * leadingC).update(repeating: 0, count: columns) } }
        return
    }
    MathematicsLibrary.useOneThread()
    cblas_sgemm(
        CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans,
        transposeB ? CblasTrans : CblasNoTrans,
        blasint(rows), blasint(columns), blasint(inner), scale, a, blasint(leadingA),
        b, blasint(leadingB), accumulate ? 1 : 0, c, blasint(leadingC))
}
