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
    /// Trials behind each average, `[bins, columns]` by label; empty where all of the label's are.
    private let observed: [String: Matrix]

    /// Averages trials by their labels.
    ///
    /// - Parameters:
    ///   - array: the quantity, `[trials, bins, columns]`. A trial that has NaN somewhere takes no part there; where
    ///     all have, the average is NaN.
    ///   - labels: of all trials of the array; trials without one are left out.
    ///   - trials: those that are averaged.
    public init(_ array: TrialArray, labels: [String?], trials: [Int]) {
        var names: [String] = []
        var sums: [String: [Double]] = [:]
        var counts: [String: Int] = [:]
        var observed: [String: [Double]] = [:]
        let isLacking = trials.contains { array[trial: $0].contains(where: \.isNaN) }
        for trial in trials {
            guard let name = labels[trial] else { continue }
            var sum = sums.removeValue(forKey: name) ?? []
            if sum.isEmpty {
                names.append(name)
                sum = [Double](repeating: 0, count: array.trialSize)
            }
            if isLacking {
                var seen =
                    observed.removeValue(forKey: name) ?? [Double](repeating: 0, count: array.trialSize)
                for (i, value) in array[trial: trial].enumerated() where !value.isNaN {
                    sum[i] += Double(value)
                    seen[i] += 1
                }
                observed[name] = seen
            } else {
                for (i, value) in array[trial: trial].enumerated() { sum[i] += Double(value) }
            }
            sums[name] = sum
            counts[name, default: 0] += 1
        }
        let (binCount, columnCount) = (array.binCount, array.columnCount)
        self.binCount = binCount
        self.columnCount = columnCount
        self.names = names
        self.counts = counts
        self.observed = observed.mapValues { Matrix(rows: binCount, columns: columnCount, values: $0) }
        values = sums.reduce(into: [:]) { result, entry in
            if let seen = observed[entry.key] {
                result[entry.key] = Matrix(
                    rows: binCount, columns: columnCount, values: zip(entry.value, seen).map { $0 / $1 })
                return
            }
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
        observed = [:]
    }

    /// How many trials an average is of.
    func trials(_ name: String, bin: Int, column: Int) -> Int {
        observed[name].map { Int($0[bin, column]) } ?? counts[name] ?? 0
    }

    /// In the order of `names`.
    var ordered: [Matrix] { names.compactMap { values[$0] } }
}
