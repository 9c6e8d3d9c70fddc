import Foundation

/// A quantity of every trial of a session, `[trials, bins, width]`.
public struct TrialArray: Sendable {
    public let trials: Int
    public let bins: Int
    public let width: Int
    public let values: [Float]

    public init(trials: Int, bins: Int, width: Int, values: [Float]) {
        precondition(
            values.count == trials * bins * width, "\(values.count) values for \(trials) × \(bins) × \(width)"
        )
        self.trials = trials
        self.bins = bins
        self.width = width
        self.values = values
    }

    public subscript(trial: Int, bin: Int, column: Int) -> Float {
        values[(trial * bins + bin) * width + column]
    }

    /// `[bins, width]` of one trial.
    public func trial(_ index: Int) -> ArraySlice<Float> {
        values[(index * bins * width)..<((index + 1) * bins * width)]
    }

    /// Every value times the same number.
    func scaled(by factor: Float) -> TrialArray {
        TrialArray(trials: trials, bins: bins, width: width, values: values.map { $0 * factor })
    }

    /// Gaussian smoothing of every trial in time, the kernel renormalised at the edges.
    ///
    /// - Parameter standardDeviation: in bins; 0 leaves everything as it is.
    public func smoothed(standardDeviation: Double) -> TrialArray {
        guard standardDeviation > 0, standardDeviation * standardDeviation > 0, bins > 1 else {
            return self
        }
        let reach = Int(min(Double(bins - 1), (4 * standardDeviation).rounded(.up)))
        let kernel = (0...reach).map {
            Float(exp(-0.5 * Double($0 * $0) / (standardDeviation * standardDeviation)))
        }
        var result = [Float](repeating: 0, count: values.count)
        values.withUnsafeBufferPointer { source in
            result.withUnsafeMutableBufferPointer { target in
                for t in 0..<bins {
                    let reached = max(0, t - reach)...min(bins - 1, t + reach)
                    let total = reached.reduce(Float(0)) { $0 + kernel[abs($1 - t)] }
                    for s in reached {
                        let weight = kernel[abs(s - t)] / total
                        for trial in 0..<trials {
                            let from = (trial * bins + s) * width
                            let to = (trial * bins + t) * width
                            for j in 0..<width { target[to + j] += weight * source[from + j] }
                        }
                    }
                }
            }
        }
        return TrialArray(trials: trials, bins: bins, width: width, values: result)
    }
}
