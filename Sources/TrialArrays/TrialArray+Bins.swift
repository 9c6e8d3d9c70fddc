/// Operations along the bins.
extension TrialArray {
    /// What becomes of bins that are joined to one.
    public enum BinJoining: Sendable {
        /// Sum, as for counts.
        case sum
        /// Mean, as for rates; NaN where one of them is.
        case mean
        /// The mean of those that aren't NaN; NaN where none is left.
        case meanOfMeasured
    }

    /// The array with `factor` bins joined to one. Sums are made in double precision.
    ///
    /// - Precondition: the number of bins is a multiple of `factor`.
    public func joiningBins(by factor: Int, as joining: BinJoining) -> TrialArray {
        precondition(factor >= 1 && binCount % factor == 0, "\(binCount) bins can't be joined by \(factor)")
        var result: [Float] = []
        result.reserveCapacity(values.count / factor)
        for trial in 0..<trialCount {
            for first in stride(from: 0, to: binCount, by: factor) {
                for column in 0..<columnCount {
                    var (sum, measured) = (0.0, 0)
                    for bin in first..<(first + factor) {
                        let value = self[trial, bin, column]
                        if joining == .meanOfMeasured && value.isNaN { continue }
                        sum += Double(value)
                        measured += 1
                    }
                    switch joining {
                    case .sum: result.append(Float(sum))
                    case .mean, .meanOfMeasured:
                        result.append(measured == 0 ? .nan : Float(sum / Double(measured)))
                    }
                }
            }
        }
        return TrialArray(
            trials: trials, bins: bins.joined(by: factor), columns: columns, values: result)
    }

    /// Windows over trials that, one after another, are one continuous course.
    ///
    /// - Parameters:
    ///   - rows: where each window begins, in bins of the whole course.
    ///   - count: bins of a window.
    /// - Returns: as many trials without labels as there are windows.
    public func windows(atRows rows: [Int], bins count: Int) -> TrialArray {
        TrialArray(
            trials: TrialAxis(count: rows.count), bins: bins.resized(to: count), columns: columns,
            values: rows.flatMap { values[($0 * columnCount)..<(($0 + count) * columnCount)] })
    }
}
