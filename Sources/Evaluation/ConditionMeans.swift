/// Averages of a quantity over the trials of each condition.
public struct ConditionMeans: Sendable {
    public let bins: Int
    public let width: Int
    /// Labels in the order of their first trial.
    public let names: [String]
    /// `[bins, width]` by label.
    public let values: [String: [Double]]
    /// Trials behind each label.
    public let counts: [String: Int]

    /// - Parameters:
    ///   - labels: of all trials of the array; trials without one are left out.
    ///   - trials: those that are averaged.
    public init(_ array: TrialArray, labels: [String?], trials: [Int]) {
        let size = array.bins * array.width
        var names: [String] = []
        var sums: [String: [Double]] = [:]
        var counts: [String: Int] = [:]
        for trial in trials {
            guard let name = labels[trial] else { continue }
            var sum = sums.removeValue(forKey: name) ?? []
            if sum.isEmpty {
                names.append(name)
                sum = [Double](repeating: 0, count: size)
            }
            for (i, value) in array.trial(trial).enumerated() { sum[i] += Double(value) }
            sums[name] = sum
            counts[name, default: 0] += 1
        }
        bins = array.bins
        width = array.width
        self.names = names
        self.counts = counts
        values = sums.reduce(into: [:]) { result, entry in
            let scale = 1 / Double(counts[entry.key] ?? 1)
            result[entry.key] = entry.value.map { $0 * scale }
        }
    }

    /// Averages known otherwise, `[bins, width]` each.
    init(bins: Int, width: Int, values: [(name: String, average: [Double])]) {
        self.bins = bins
        self.width = width
        names = values.map(\.name)
        counts = Dictionary(uniqueKeysWithValues: values.map { ($0.name, 1) })
        self.values = Dictionary(uniqueKeysWithValues: values.map { ($0.name, $0.average) })
    }
}
