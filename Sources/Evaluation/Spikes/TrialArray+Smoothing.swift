import LinearAlgebra
public import TrialArrays

extension TrialArray {
    /// Every trial smoothed in time by a Gaussian, summed in double precision.
    ///
    /// - Parameter standardDeviation: in bins; 0 leaves everything as it is.
    public func smoothed(standardDeviation: Double) -> TrialArray {
        guard let kernel = GaussianKernel(standardDeviation: standardDeviation, binCount: binCount)
        else { return self }
        var result: [Float] = []
        result.reserveCapacity(values.count)
        var sums = [Double](repeating: 0, count: columnCount)
        for trial in 0..<trialCount {
            for window in kernel.windows {
                for column in sums.indices { sums[column] = 0 }
                for (offset, weight) in window.weights.enumerated() {
                    var column = 0
                    for value in self[trial, window.first + offset] {
                        sums[column] += weight * Double(value)
                        column += 1
                    }
                }
                for sum in sums { result.append(Float(sum)) }
            }
        }
        return replacingValues(result)
    }
}
