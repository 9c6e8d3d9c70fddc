import CKernels
import Foundation
import Testing

/// The instruction sets that this processor has.
enum InstructionSets {
    static let all = ["baseline", "avx2", "avx512"]
    static let available = all.filter { pointwise_loops_named($0) != nil }

    static func loops(_ name: String) throws -> pointwise_loops {
        try #require(pointwise_loops_named(name)).pointee
    }

    static func products(_ name: String) throws -> matrix_products {
        try #require(matrix_products_named(name)).pointee
    }
}

/// Extents that meet every way to cut a row into vectors of 4, 8, 16 and 32 and a tail.
let rowLengths = Array(1...70)

/// Rows of numbers with room between them that nobody may touch.
struct Rows {
    let rows: Int, columns: Int, leading: Int
    var values: [Float]
    private static let untouched: Float = 12_345.75

    init(_ rows: Int, _ columns: Int, padding: Int = 0, _ number: () -> Float) {
        (self.rows, self.columns, leading) = (rows, columns, columns + padding)
        values = [Float](repeating: Self.untouched, count: rows * (columns + padding))
        for i in 0..<rows { for j in 0..<columns { values[i * leading + j] = number() } }
    }

    subscript(row: Int, column: Int) -> Float {
        get { values[row * leading + column] }
        set { values[row * leading + column] = newValue }
    }

    var paddingIsUntouched: Bool {
        (0..<rows).allSatisfy { row in
            (columns..<leading).allSatisfy { values[row * leading + $0] == Self.untouched }
        }
    }

    /// The numbers without the padding.
    var dense: [Float] { (0..<rows).flatMap { values[$0 * leading..<$0 * leading + columns] } }
}

/// Largest error relative to `scale`, element by element; NaN where only one of the two is NaN.
func worstError(_ found: [Float], _ expected: [Double], scale: (Int) -> Double) -> Double {
    guard found.count == expected.count else { return .infinity }
    var worst = 0.0
    for i in found.indices {
        if found[i].isNaN, expected[i].isNaN { continue }
        let error = abs(Double(found[i]) - expected[i]) / scale(i)
        if !(error <= worst) { worst = error }
        if worst.isNaN { return worst }
    }
    return worst
}

func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
