import LinearAlgebra
import TrialArrays

/// What the controller's inferred inputs do: how large they are, when, and whether they say something
/// that the initial condition does not.
public struct InferredInputAnalysis: Sendable, Codable {
    /// The inputs of one condition's trials.
    public struct Condition: Sendable, Codable {
        /// Label of the condition.
        public let condition: String
        /// Root mean square of the posterior means over trials, bins and inputs.
        public let size: Double
        /// Middle of the bin in which the length of the condition's mean input is largest, from the
        /// trial's beginning.
        public let peakMilliseconds: Double
    }

    /// Root mean square over all trials, bins and inputs.
    public let size: Double
    /// When the mean input over all trials is largest, from the trial's beginning.
    public let peakMilliseconds: Double
    /// The same by condition, in the order of their first trial.
    public let conditions: [Condition]
    /// Share of held-out trials whose condition a ridge classifier names from the initial condition; `nil`
    /// without labels.
    public let accuracyFromInitialCondition: Double?
    /// The same from the initial condition and the inputs in eight windows.
    public let accuracyWithInputs: Double?

    init(
        _ inputs: TrialArray, initialConditions: TrialArray, labels: [String?], training: [Int],
        tested: [Int], binMilliseconds: Double
    ) throws {
        let all = training + tested
        let everything = ConditionMeans(
            inputs, labels: labels.map { _ in "all" }, trials: all)
        size = Self.size(inputs, all)
        peakMilliseconds = Self.peak(everything, "all", binMilliseconds)
        let means = ConditionMeans(inputs, labels: labels, trials: all)
        conditions = means.names.map { name in
            Condition(
                condition: name, size: Self.size(inputs, all.filter { labels[$0] == name }),
                peakMilliseconds: Self.peak(means, name, binMilliseconds))
        }
        let initial = { (trial: Int) in initialConditions[trial: trial].map(Double.init) }
        accuracyFromInitialCondition = try ConditionClassifier.accuracy(
            features: initial, labels: labels, training: training, tested: tested)
        accuracyWithInputs = try ConditionClassifier.accuracy(
            features: { initial($0) + DecodingDay.windows(inputs, $0) }, labels: labels,
            training: training, tested: tested)
    }

    private static func size(_ inputs: TrialArray, _ trials: [Int]) -> Double {
        var sum = 0.0
        for trial in trials { for value in inputs[trial: trial] { sum += Double(value) * Double(value) } }
        return (sum / Double(max(trials.count * inputs.trialSize, 1))).squareRoot()
    }

    private static func peak(_ means: ConditionMeans, _ name: String, _ bin: Double) -> Double {
        guard let mean = means.values[name] else { return 0 }
        let lengths = (0..<mean.rows).map { bin in
            (0..<mean.columns).reduce(0) { $0 + mean[bin, $1] * mean[bin, $1] }
        }
        let largest = lengths.indices.max { lengths[$0] < lengths[$1] } ?? 0
        return (Double(largest) + 0.5) * bin
    }
}
