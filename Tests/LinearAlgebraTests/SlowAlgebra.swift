import LinearAlgebra

/// Numbers for tests from a generator that shares nothing with the one under test.
struct TestNumbers {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x2545_f491_4f6c_dd1d | 1 }

    mutating func word() -> UInt32 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt32(truncatingIfNeeded: state >> 33) ^ UInt32(truncatingIfNeeded: state >> 21)
    }

    mutating func uniform(_ low: Double = -1, _ high: Double = 1) -> Double {
        low + (high - low) * Double(word()) / 4_294_967_296
    }

    mutating func floats(_ count: Int, _ low: Double = -1, _ high: Double = 1) -> [Float] {
        (0..<count).map { _ in Float(uniform(low, high)) }
    }

    mutating func matrix(_ rows: Int, _ columns: Int, _ low: Double = -1, _ high: Double = 1) -> Matrix {
        Matrix(rows: rows, columns: columns, values: (0..<rows * columns).map { _ in uniform(low, high) })
    }
}

/// `a·b` by the definition.
func slowProduct(_ a: Matrix, _ b: Matrix) -> Matrix {
    var result = Matrix(zeros: a.rows, b.columns)
    for i in 0..<a.rows {
        for j in 0..<b.columns {
            var sum = 0.0
            for k in 0..<a.columns { sum += a[i, k] * b[k, j] }
            result[i, j] = sum
        }
    }
    return result
}

/// `a⁻¹·b` by Gauss's elimination with pivots.
func slowSolution(_ a: Matrix, _ b: Matrix) -> Matrix {
    var (a, b) = (a, b)
    let n = a.rows
    for k in 0..<n {
        let pivot = (k..<n).max { abs(a[$0, k]) < abs(a[$1, k]) } ?? k
        for j in 0..<n { (a[k, j], a[pivot, j]) = (a[pivot, j], a[k, j]) }
        for j in 0..<b.columns { (b[k, j], b[pivot, j]) = (b[pivot, j], b[k, j]) }
        for i in 0..<n where i != k {
            let factor = a[i, k] / a[k, k]
            for j in k..<n { a[i, j] -= factor * a[k, j] }
            for j in 0..<b.columns { b[i, j] -= factor * b[k, j] }
        }
    }
    for k in 0..<n { for j in 0..<b.columns { b[k, j] /= a[k, k] } }
    return b
}

/// Largest absolute difference of two matrices of one shape.
func distance(_ a: Matrix, _ b: Matrix) -> Double {
    guard a.rows == b.rows, a.columns == b.columns else { return .infinity }
    return zip(a.values, b.values).map { abs($0 - $1) }.reduce(0) { $1 > $0 || $1.isNaN ? $1 : $0 }
}

func distance(_ a: [Double], _ b: [Double]) -> Double {
    distance(
        Matrix(rows: 1, columns: a.count, values: a), Matrix(rows: 1, columns: b.count, values: b))
}
