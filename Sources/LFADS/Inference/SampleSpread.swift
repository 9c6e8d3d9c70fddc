/// Running means and standard deviations over posterior samples (Welford 1962).
struct SampleSpread {
    /// Sums of squared distances from the mean, and standard deviations after `finish`.
    private(set) var factors: [Float]
    private(set) var means: [Float]
    private(set) var states: [Float]

    init(_ first: InferredValues) {
        factors = [Float](repeating: 0, count: first.factors.count)
        means = [Float](repeating: 0, count: first.means.count)
        states = [Float](repeating: 0, count: first.generatorStates.count)
    }

    private static func add(
        _ sample: [Float], _ mean: inout [Float], _ squares: inout [Float], _ count: Int
    ) {
        for i in mean.indices {
            let delta = sample[i] - mean[i]
            mean[i] += delta / Float(count)
            squares[i] += delta * (sample[i] - mean[i])
        }
    }

    /// - Parameters:
    ///   - result: the means over the samples before this one. - count: of the samples with this one.
    mutating func add(_ sample: InferredValues, to result: inout InferredValues, count: Int) {
        Self.add(sample.factors, &result.factors, &factors, count)
        Self.add(sample.means, &result.means, &means, count)
        Self.add(sample.generatorStates, &result.generatorStates, &states, count)
        var ignored = [Float](repeating: 0, count: result.inferredInputMeans.count)
        Self.add(sample.inferredInputMeans, &result.inferredInputMeans, &ignored, count)
        Self.add(sample.inferredInputDeviations, &result.inferredInputDeviations, &ignored, count)
    }

    mutating func finish(samples: Int) {
        let divisor = Float(max(samples - 1, 1))
        factors = factors.map { ($0 / divisor).squareRoot() }
        means = means.map { ($0 / divisor).squareRoot() }
        states = states.map { ($0 / divisor).squareRoot() }
    }
}
