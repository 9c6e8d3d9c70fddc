import LinearAlgebra

/// Sums over what was observed, and how many trials stand behind each: what averages are made of where some
/// samples were not observed.
struct ObservedSums {
    /// `[blocks · bins, units]`, a block for each condition or trial; 0 where nothing was observed.
    private(set) var sums: Matrix
    /// Observed trials behind each sum.
    private(set) var seen: Matrix
    private let bins: Int

    init(zeros blocks: Int, bins: Int, units: Int) {
        sums = Matrix(zeros: blocks * bins, units)
        seen = sums
        self.bins = bins
    }

    /// Single trials, NaN where a sample was not observed.
    init(_ trials: Matrix, bins: Int) {
        sums = Matrix(
            rows: trials.rows, columns: trials.columns, values: trials.values.map { $0.isNaN ? 0 : $0 })
        seen = Matrix(
            rows: trials.rows, columns: trials.columns, values: trials.values.map { $0.isNaN ? 0 : 1 })
        self.bins = bins
    }

    /// Adds a value to a sum; NaN adds nothing.
    mutating func add(_ value: Double, at place: Int) {
        guard !value.isNaN else { return }
        sums.values[place] += value
        seen.values[place] += 1
    }

    /// Means, NaN where nothing was observed.
    var means: Matrix {
        Matrix(rows: sums.rows, columns: sums.columns, values: zip(sums.values, seen.values).map { $0 / $1 })
    }

    /// Of each unit, the share of its samples that were observed.
    ///
    /// - Parameter trials: behind each block, together.
    func shares(ofTrials trials: Int) -> [Double] {
        (0..<seen.columns).map { unit in
            seen.column(unit).reduce(0, +) / Double(max(trials * bins, 1))
        }
    }

    /// Means smoothed in time, each bin's with the weight of the trials that were observed in it. Where the kernel
    /// reaches no such bin, the unit's mean in the block; where there is none, in all blocks.
    ///
    /// - Parameter kernel: `nil` smooths nothing.
    func smoothed(_ kernel: GaussianKernel?) -> Matrix {
        let (numerators, weights) = (kernel?.smooth(sums) ?? sums, kernel?.smooth(seen) ?? seen)
        var result = Matrix(zeros: sums.rows, sums.columns)
        for unit in 0..<sums.columns {
            func mean(_ rows: Range<Int>) -> Double? {
                let (sum, count) = rows.reduce((0.0, 0.0)) { ($0.0 + sums[$1, unit], $0.1 + seen[$1, unit]) }
                return count > 0 ? sum / count : nil
            }
            let overall = mean(0..<sums.rows) ?? 0
            for start in stride(from: 0, to: sums.rows, by: max(bins, 1)) {
                let own = mean(start..<(start + bins)) ?? overall
                for row in start..<(start + bins) {
                    result[row, unit] =
                        weights[row, unit] > 0 ? numerators[row, unit] / weights[row, unit] : own
                }
            }
        }
        return result
    }
}
