public import LinearAlgebra
public import TrialArrays

/// Averages of a quantity over the trials of each condition.
public struct ConditionMeans: Sendable {
    /// Bins of every average.
    public let binCount: Int
    /// Columns of every average.
    public let columnCount: Int
    /// Labels in the order of their first trial.
    public let names: [String]
    /// `[bins, columns]` by label.
    public let values: [String: Matrix]
    /// Trials behind each label.
    public let counts: [String: Int]

    /// Averages trials by their labels.
    ///
    /// - Parameters:
    ///   - array: the quantity, `[trials, bins, columns]`.
    ///   - labels: of all trials of the array; trials without one are left out.
    ///   - trials: those that are averaged.
    public init(_ array: TrialArray, labels: [String?], trials: [Int]) {
        var names: [String] = []
        var sums: [String: [Double]] = [:]
        var counts: [String: Int] = [:]
        for trial in trials {
            guard let name = labels[trial] else { continue }
            var sum = sums.removeValue(forKey: name) ?? []
            if sum.isEmpty {
                names.append(name)
                sum = [Double](repeating: 0, count: array.trialSize)
            }
            for (i, value) in array[trial: trial].enumerated() { sum[i] += Double(value) }
            sums[name] = sum
            counts[name, default: 0] += 1
        }
        let (binCount, columnCount) = (array.binCount, array.columnCount)
        self.binCount = binCount
        self.columnCount = columnCount
        self.names = names
        self.counts = counts
        values = sums.reduce(into: [:]) { result, entry in
            let scale = 1 / Double(counts[entry.key] ?? 1)
            result[entry.key] = Matrix(
                rows: binCount, columns: columnCount, values: entry.value.map { $0 * scale })
        }
    }

    /// Averages known otherwise, all of the same extents.
    init(_ averages: [(name: String, average: Matrix)]) {
        binCount = averages.first?.average.rows ?? 0
        columnCount = averages.first?.average.columns ?? 0
        names = averages.map(\.name)
        counts = Dictionary(uniqueKeysWithValues: averages.map { ($0.name, 1) })
        values = Dictionary(uniqueKeysWithValues: averages.map { ($0.name, $0.average) })
    }

    /// In the order of `names`.
    var ordered: [Matrix] { names.compactMap { values[$0] } }
}
