import CKernels

/// Rows of the factor matrix at unit length, Ŵ = W/max(‖w‖, 1e-12), and the way back through it.
final class FactorNormalization: @unchecked Sendable {
    private let rows: Int
    private let columns: Int
    /// `[factors, generator units]`
    let normalized: FloatBuffer
    private let inverseNorms: FloatBuffer

    init(_ model: ModelConfiguration) {
        rows = model.factorCount
        columns = model.generatorUnits
        normalized = FloatBuffer(rows * columns)
        inverseNorms = FloatBuffer(rows)
    }

    func normalize(_ weights: UnsafePointer<Float>) {
        for row in 0..<rows {
            let w = weights + row * columns
            let norm = loops.pointee.sum_of_squares(columns, w).squareRoot()
            let inverse = Float(1 / max(norm, 1e-12))
            inverseNorms.base[row] = inverse
            for j in 0..<columns { normalized.base[row * columns + j] = w[j] * inverse }
        }
    }

    /// ∂/∂W in place of ∂/∂Ŵ: (d − ŵ(ŵ·d))/‖w‖ per row.
    func backward(_ gradient: UnsafeMutablePointer<Float>) {
        for row in 0..<rows {
            let d = gradient + row * columns
            let w = normalized.base + row * columns
            var product = 0.0
            for j in 0..<columns { product += Double(d[j]) * Double(w[j]) }
            let along = Float(product)
            for j in 0..<columns { d[j] = (d[j] - w[j] * along) * inverseNorms.base[row] }
        }
    }
}
