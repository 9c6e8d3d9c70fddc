import COpenBLAS
import Foundation
import LinearAlgebra

/// Seconds on the clock that nobody sets.
func secondsNow() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

func quantile(_ values: [Double], _ share: Double) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
}

/// Seconds of each of `repetitions` calls, after `warmUp` that do not count.
func times(_ repetitions: Int, warmUp: Int = 1, _ body: () throws -> Void) rethrows -> [Double] {
    for _ in 0..<warmUp { try body() }
    return try (0..<repetitions).map { _ in
        let start = secondsNow()
        try body()
        return secondsNow() - start
    }
}

/// OpenBLAS's own rate for the product of two 2048 × 2048 matrices: what counts as the machine's peak.
struct MatrixPeak {
    static let size = 2_048
    private let a: [Float]
    private let b: [Float]

    init() {
        a = RandomStream(seed: 1, purpose: 1).normals(Self.size * Self.size)
        b = RandomStream(seed: 1, purpose: 2).normals(Self.size * Self.size)
    }

    /// Operations a second of each of some repetitions.
    ///
    /// - Throws: `BenchmarkError` when a product is wrong.
    func rates(threads: Int, repetitions: Int) throws -> [Double] {
        let n = Self.size
        var c = [Float](repeating: 0, count: n * n)
        MathematicsLibrary.useOneThread()
        openblas_set_num_threads(Int32(threads))
        defer { openblas_set_num_threads(1) }
        let seconds = times(repetitions) {
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(n), blasint(n), blasint(n), 1, a,
                blasint(n), b, blasint(n), 0, &c, blasint(n))
        }
        for (i, j) in [(0, 0), (17, 1_003), (n - 1, n - 1)] {
            var expected = 0.0
            for k in 0..<n { expected += Double(a[i * n + k]) * Double(b[k * n + j]) }
            // n terms of size 1, each rounded to 6e-8.
            guard abs(Double(c[i * n + j]) - expected) < 1e-2 else {
                throw BenchmarkError.wrong("OpenBLAS's product of two matrices")
            }
        }
        return seconds.map { 2 * Double(n * n * n) / $0 }
    }
}

enum BenchmarkError: Error, CustomStringConvertible {
    case wrong(String)
    case failed(String)

    var description: String {
        switch self {
        case .wrong(let what): return "\(what) is wrong: nothing was timed"
        case .failed(let text): return text
        }
    }
}

/// Kilobytes of a line of /proc/self/status, in bytes.
func processMemory(_ key: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    for line in status.split(separator: "\n") where line.hasPrefix(key + ":") {
        let digits = line.filter(\.isNumber)
        return (Int(digits) ?? 0) * 1_024
    }
    return 0
}
