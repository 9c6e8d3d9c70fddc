import LinearAlgebra
public import TrialArrays

extension TrialArray {
    /// Every trial smoothed in time by a Gaussian, summed in double precision. Of trials with NaN, where something
    /// was not observed, what was is smoothed: the weights are those of the bins that were; NaN stays where the
    /// Gaussian reaches none.
    ///
    /// - Parameter standardDeviation: in bins; 0 leaves everything as it is.
    public func smoothed(standardDeviation: Double) -> TrialArray {
        guard let kernel = GaussianKernel(standardDeviation: standardDeviation, binCount: binCount)
        else { return self }
        if values.contains(where: \.isNaN) { return smoothedWhereObserved(kernel) }
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

    private func smoothedWhereObserved(_ kernel: GaussianKernel) -> TrialArray {
        var result: [Float] = []
        result.reserveCapacity(values.count)
        for trial in 0..<trialCount {
            for window in kernel.windows {
                for column in 0..<columnCount {
                    var (sum, total) = (0.0, 0.0)
                    for (offset, weight) in window.weights.enumerated() {
                        let value = self[trial, window.first + offset, column]
                        guard !value.isNaN else { continue }
                        sum += weight * Double(value)
                        total += weight
                    }
                    result.append(total > 0 ? Float(sum / total) : .nan)
                }
            }
        }
        return replacingValues(result)
    }

    /// With a number everywhere: in place of NaN the mean of the column over some trials, or 0 where there is none.
    ///
    /// - Parameter known: the trials.
    func filled(fromTrials known: [Int]) -> TrialArray {
        guard values.contains(where: \.isNaN) else { return self }
        var sums = [Double](repeating: 0, count: columnCount)
        var counts = sums
        for trial in known {
            for (i, value) in self[trial: trial].enumerated() where !value.isNaN {
                sums[i % columnCount] += Double(value)
                counts[i % columnCount] += 1
            }
        }
        let means = zip(sums, counts).map { $1 > 0 ? Float($0 / $1) : 0 }
        return replacingValues(values.enumerated().map { $1.isNaN ? means[$0 % columnCount] : $1 })
    }
}
