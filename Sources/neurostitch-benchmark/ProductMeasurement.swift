import CKernels
import COpenBLAS
import Foundation
import LFADS
import LinearAlgebra

/// One product of the training step by our tiles and by OpenBLAS, on one thread: what keeping the
/// weights packed is worth.
struct ProductMeasurement: Codable {
    var product: String
    var rows: Int
    var columns: Int
    var inner: Int
    /// Operations a second.
    var tiles: Double
    var openBLAS: Double

    /// Rows of a slice times weights, and gradients of weights over a chunk of rows.
    static let shapes: [(name: String, rows: Int, columns: Int, inner: Int, isGradient: Bool)] = [
        ("gates of 64 units from the state", 48, 128, 64, false),
        ("gates of 100 units from input and state", 42, 200, 150, false),
        ("gates of 200 units from the state", 43, 400, 200, false),
        ("back to 100 states", 42, 100, 200, false),
        ("50 factors of 100 units", 42, 50, 100, false),
        ("recurrent weights of 64 units", 64, 128, 192, true),
        ("recurrent weights of 200 units", 200, 400, 192, true),
    ]

    static func all(seconds: Double) throws -> [ProductMeasurement] {
        try shapes.map {
            try $0.isGradient
                ? gradient($0.name, rows: $0.rows, columns: $0.columns, inner: $0.inner, seconds)
                : weights($0.name, rows: $0.rows, columns: $0.columns, inner: $0.inner, seconds)
        }
    }

    /// C = A·Wᵀ, W [columns, inner] as it is stored; packed before for the tiles.
    private static func weights(
        _ name: String, rows: Int, columns: Int, inner: Int, _ seconds: Double
    ) throws -> ProductMeasurement {
        let products = matrix_products_for_this_processor().pointee
        let a = RandomStream(seed: 1, purpose: 1).normals(rows * inner)
        let w = RandomStream(seed: 1, purpose: 2).normals(columns * inner)
        var panels = [Float](repeating: 0, count: inner * products.padded_columns(columns))
        products.pack(inner, columns, w, 1, inner, &panels)
        var own = [Float](repeating: 0, count: rows * columns)
        var other = own
        return try compare(
            name, rows: rows, columns: columns, inner: inner, seconds, &own, &other,
            tiles: { c in
                a.withUnsafeBufferPointer { a in
                    panels.withUnsafeBufferPointer { panels in
                        var term = product_term(
                            a: a.baseAddress, row_stride: inner, inner_stride: 1, inner: inner,
                            panels: panels.baseAddress)
                        products.product(rows, columns, 1, &term, nil, 0, c, columns)
                    }
                }
            },
            openBLAS: { c in
                cblas_sgemm(
                    CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(columns),
                    blasint(inner), 1, a, blasint(inner), w, blasint(inner), 0, c, blasint(columns))
            })
    }

    /// C += Aᵀ·B, A [inner, rows] and B [inner, columns].
    private static func gradient(
        _ name: String, rows: Int, columns: Int, inner: Int, _ seconds: Double
    ) throws -> ProductMeasurement {
        let products = matrix_products_for_this_processor().pointee
        let a = RandomStream(seed: 1, purpose: 1).normals(inner * rows)
        let b = RandomStream(seed: 1, purpose: 2).normals(inner * columns)
        var own = [Float](repeating: 0, count: rows * columns)
        var other = own
        return try compare(
            name, rows: rows, columns: columns, inner: inner, seconds, &own, &other,
            tiles: { c in
                a.withUnsafeBufferPointer { a in
                    var term = transposed_term(
                        a: a.baseAddress, ld_a: rows, rows: rows, c: c, ld_c: columns)
                    products.add_transposed_products(inner, columns, b, columns, 1, &term)
                }
            },
            openBLAS: { c in
                cblas_sgemm(
                    CblasRowMajor, CblasTrans, CblasNoTrans, blasint(rows), blasint(columns),
                    blasint(inner), 1, a, blasint(rows), b, blasint(columns), 1, c, blasint(columns))
            })
    }

    private static func compare(
        _ name: String, rows: Int, columns: Int, inner: Int, _ seconds: Double,
        _ own: inout [Float], _ other: inout [Float],
        tiles: (UnsafeMutablePointer<Float>) -> Void, openBLAS: (UnsafeMutablePointer<Float>) -> Void
    ) throws -> ProductMeasurement {
        MathematicsLibrary.useOneThread()
        let operations = 2 * Double(rows * columns * inner)
        return try own.withUnsafeMutableBufferPointer { own in
            try other.withUnsafeMutableBufferPointer { other in
                guard let mine = own.baseAddress, let theirs = other.baseAddress else {
                    throw BenchmarkError.failed("\(name) is empty")
                }
                tiles(mine)
                openBLAS(theirs)
                let scale = (0..<(rows * columns)).reduce(Float(0)) { max($0, abs(theirs[$1])) }
                for i in 0..<(rows * columns) where !(abs(mine[i] - theirs[i]) <= 1e-5 * scale) {
                    throw BenchmarkError.wrong("the product \(name)")
                }
                // Hundreds of calls between two looks at the clock; the two libraries in turn.
                let calls = max(1, Int(2e8 / operations))
                var ownTimes: [Double] = []
                var otherTimes: [Double] = []
                let end = secondsNow() + seconds
                repeat {
                    ownTimes += times(1, warmUp: 0) { for _ in 0..<calls { tiles(mine) } }
                    otherTimes += times(1, warmUp: 0) { for _ in 0..<calls { openBLAS(theirs) } }
                } while secondsNow() < end || ownTimes.count < 5
                return ProductMeasurement(
                    product: name, rows: rows, columns: columns, inner: inner,
                    tiles: operations * Double(calls) / median(ownTimes),
                    openBLAS: operations * Double(calls) / median(otherTimes))
            }
        }
    }
}
