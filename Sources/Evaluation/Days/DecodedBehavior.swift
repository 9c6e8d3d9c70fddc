import LinearAlgebra

/// Behaviour of the evaluated trials beside what a decoder makes of their factors: the decoder behind
/// `Metric.withinFromFactors`, fitted on the day's training trials.
public struct DecodedBehavior: Sendable {
    /// One channel of behaviour, measured and decoded.
    public struct Channel: Sendable {
        /// Name of the channel.
        public let name: String
        /// One number a trial, such as a reaction time, and not a course in time.
        public let isOnePerTrial: Bool
        /// By trial: every bin, or the one number. NaN where it was not measured, or where the history
        /// that the decoder reads has not begun.
        public let actual: [[Double]]
        /// The same as the decoder has it.
        public let decoded: [[Double]]
        /// R² over all evaluated trials; `nil` where what is tested doesn't vary.
        public let r2: Double?
    }

    /// Places in the recording.
    public let trials: [Int]
    /// Without those from which nothing can be learned.
    public let channels: [Channel]

    /// Fits a decoder on a day's training trials and applies it to the evaluated ones.
    ///
    /// - Throws: `LinearAlgebraError`
    public init(
        _ day: InferredDay, channels names: [String], lagMilliseconds: Double = 0,
        historyMilliseconds: Double = 0
    ) throws {
        let plan = DecodingPlan(
            channels: names, lagMilliseconds: lagMilliseconds,
            historyMilliseconds: historyMilliseconds,
            binMilliseconds: day.recording.binMilliseconds)
        let decoding = DecodingDay(day.recording, plan)
        let tested = day.testedTrials
        let decoder = try BehaviorDecoder(
            decoding.moments(day.factors, trials: day.trainingTrials), plan)
        let scores = decoder.score(decoding.moments(day.factors, trials: tested, folds: 1))
        let bins = decoding.binwise(day.factors, tested)
        let whole = decoding.scalars.isEmpty ? nil : decoding.trialwise(day.factors, tested)
        let perTrial = tested.isEmpty ? 0 : bins.x.rows / tested.count
        let missing = [Double](repeating: .nan, count: day.factors.binCount - perTrial)

        trials = tested
        channels = names.indices.compactMap { index -> Channel? in
            guard let fit = decoder.fits[index] else { return nil }
            let isOne = decoding.scalars.contains(names[index])
            let rows = isOne ? whole ?? bins : bins
            guard rows.x.columns == fit.weights.rows else { return nil }
            let predicted = fit.predict(rows.x).column(0)
            let actual = rows.y.column(index)
            func byTrial(_ values: [Double]) -> [[Double]] {
                if isOne { return values.map { [$0] } }
                return tested.indices.map { trial in
                    missing + values[(trial * perTrial)..<((trial + 1) * perTrial)]
                }
            }
            return Channel(
                name: names[index], isOnePerTrial: isOne, actual: byTrial(actual),
                decoded: byTrial(predicted), r2: scores[index])
        }
    }
}
