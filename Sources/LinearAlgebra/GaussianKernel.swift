import Foundation

/// Gaussian smoothing in time, the kernel renormalised at the edges, so that a constant stays what it is.
///
/// The kernel reaches over four standard deviations to either side. Weights are in double precision whatever
/// they are applied to.
public struct GaussianKernel: Sendable {
    /// What a smoothed bin is made of: the bins from `first` on, with their weights, which add up to 1.
    public struct Window: Sendable {
        /// The first of the bins.
        public let first: Int
        /// One weight for each of them.
        public let weights: [Double]
    }

    /// One for each bin.
    public let windows: [Window]

    /// Finds the weights for series of some length.
    ///
    /// - Parameters:
    ///   - standardDeviation: in bins.
    ///   - binCount: of the series that are smoothed.
    /// - Returns: `nil` for a deviation that smooths nothing: one whose square is 0.
    public init?(standardDeviation: Double, binCount: Int) {
        guard standardDeviation > 0, standardDeviation * standardDeviation > 0 else { return nil }
        // The lesser one first: an integer can't hold every deviation.
        let reach = Int(min(Double(binCount - 1), (4 * standardDeviation).rounded(.up)))
        let kernel = (0...max(reach, 0)).map {
            exp(-0.5 * Double($0 * $0) / (standardDeviation * standardDeviation))
        }
        windows = (0..<binCount).map { bin in
            let reached = max(0, bin - reach)...min(binCount - 1, bin + reach)
            let total = reached.reduce(0) { $0 + kernel[abs($1 - bin)] }
            return Window(
                first: reached.lowerBound, weights: reached.map { kernel[abs($0 - bin)] / total })
        }
    }

    /// Smooths series that stand in the columns of a matrix, one block of as many rows as there are bins after
    /// the other.
    public func smooth(_ rows: Matrix) -> Matrix {
        guard !windows.isEmpty else { return rows }
        let width = rows.columns
        var result = Matrix(zeros: rows.rows, width)
        for block in stride(from: 0, to: rows.rows, by: windows.count) {
            for (bin, window) in windows.enumerated() {
                let target = (block + bin) * width
                for (offset, weight) in window.weights.enumerated() {
                    let source = (block + window.first + offset) * width
                    for j in 0..<width { result.values[target + j] += weight * rows.values[source + j] }
                }
            }
        }
        return result
    }
}
