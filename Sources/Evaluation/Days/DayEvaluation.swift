import Foundation
import LinearAlgebra
import Recordings
import Stitching
import TrialArrays

/// The metrics of one day that need no other day, and what the metrics of all days together are made
/// of: a day is read, evaluated and let go.
struct DayEvaluation: Sendable {
    let plan: DecodingPlan
    private(set) var metrics = MetricValues<Double>()
    private(set) var inputs: InferredInputAnalysis?

    /// All usual trials but test trials, for decoders of other days.
    let decoding: DecodableFactors
    /// What decoders of other days are tested on: test trials, or where the held-out ones are evaluated all
    /// usual trials.
    let testedDecoding: DecodableFactors
    let factorMeans: ConditionMeans
    let factorDistribution: StateDistribution
    let initialConditionDistribution: StateDistribution
    /// `nil` for runs that are not Poisson.
    let transferred: TransferredPrediction?

    /// - Parameter factorAnalysis: whether behaviour is decoded from factor analysis as well.
    init(_ day: InferredDay, _ plan: DecodingPlan, factorAnalysis: Bool = false) throws {
        self.plan = plan
        let decoding = DecodingDay(day.recording, plan)
        // Conditions that training never saw are no part of what a day is like.
        let usual = day.usualTrials
        self.decoding = DecodableFactors(
            decoding, day.factors, trials: usual.filter { day.recording.trials[$0].split != .test })
        testedDecoding =
            day.part == .test
            ? DecodableFactors(decoding, day.factors, trials: day.testedTrials) : self.decoding
        factorMeans = ConditionMeans(day.factors, labels: day.conditions, trials: usual)
        transferred = day.transferredPrediction(factors: factorMeans)
        factorDistribution = StateDistribution(day.factors, trials: usual)
        initialConditionDistribution = StateDistribution(day.initialConditions, trials: usual)

        let smoothed = day.smoothedCounts
        try predictSpikes(day, smoothed)
        comparePSTHs(day, smoothed)
        try decode(day, decoding, factorAnalysis: factorAnalysis)
        try rotate(day, smoothed)
        try compareWithTruth(day)
        try analyseInputs(day)
    }

    private mutating func set(_ metric: Metric, _ value: Double?) {
        if let value, value.isFinite { metrics[metric] = value }
    }

    private mutating func set(_ metric: Metric, byChannel values: [Double?]) {
        for (channel, value) in zip(plan.channels, values) {
            if let value, value.isFinite { metrics[metric, channel: channel] = value }
        }
        set(metric, mean(values))
    }

    // MARK: The metrics, in the order of their definition

    private mutating func predictSpikes(_ day: InferredDay, _ smoothed: TrialArray) throws {
        guard day.isPoisson else { return }
        let bins = day.rates.binCount
        let encoded = day.trained.settings.model.encodedBinCount
        let units = Array(day.recording.units.indices)
        let counts = day.counts
        func bits(_ trials: [Int], _ bins: Range<Int>, _ units: [Int]) -> Double? {
            SpikePrediction.bitsPerSpike(
                rates: day.rates, counts: counts, trials: trials, bins: bins, units: units)
        }
        let gains = SpikePrediction.gains(
            rates: day.rates, counts: counts, trials: day.testedTrials, bins: 0..<bins, units: units)
        set(.bitsPerSpike, SpikePrediction.pooled(gains))
        set(.unitBitsPerSpike, SpikePrediction.meanOverUnits(gains))
        set(.psthBitsPerSpike, day.bitsPerSpikeOfAverages(smoothed, trials: day.testedTrials))
        set(
            .coSmoothing,
            bits(day.testedTrials, 0..<encoded, units.filter { day.recording.units[$0].heldOut }))
        set(.fewShotCoSmoothing, try day.fewShotBitsPerSpike())
        set(.forwardPrediction, bits(day.testedTrials, encoded..<bins, units))
        set(.excludedBitsPerSpike, bits(day.excludedTrials, 0..<bins, units))
    }

    private mutating func comparePSTHs(_ day: InferredDay, _ smoothed: TrialArray) {
        let labels = day.conditions
        set(
            .psthR2,
            PSTH.r2(
                rates: day.rates, smoothedCounts: smoothed, labels: labels, tested: day.testedTrials,
                training: day.trainingTrials))
        // Of a condition that training never saw, the recorded averages are those of the same trials.
        set(
            .excludedPSTH,
            PSTH.r2(
                rates: day.rates, smoothedCounts: smoothed, labels: labels,
                tested: day.excludedTrials, training: day.excludedTrials))
        set(
            .consistencyOfRates,
            PSTH.consistency(day.rates, labels: labels, trials: day.testedTrials))
        set(
            .consistencyOfCounts,
            PSTH.consistency(smoothed, labels: labels, trials: day.testedTrials))
    }

    /// Standard deviations among which the one for smoothed counts is chosen, milliseconds.
    private static let smoothings = [30.0, 60, 120]

    private mutating func decode(
        _ day: InferredDay, _ decoding: DecodingDay, factorAnalysis: Bool
    ) throws {
        guard !plan.channels.isEmpty else { return }
        func scores(_ features: TrialArray, _ tested: [Int]) throws -> (values: [Double?], missed: Double) {
            try BehaviorDecoder.scores(
                decoding, features, training: day.trainingTrials, tested: tested)
        }
        set(.withinFromFactors, byChannel: try scores(day.factors, day.testedTrials).values)
        set(.withinFromRates, byChannel: try scores(day.rates, day.testedTrials).values)
        /// Of several smoothings the one that cross-validation prefers; lazy ones are made one at a time.
        func best(_ features: some Sequence<TrialArray>) throws -> [Double?] {
            try features.map { try scores($0, day.testedTrials) }.min { $0.missed < $1.missed }?.values ?? []
        }
        let widths = Self.smoothings.map { $0 / day.recording.binMilliseconds }
        set(
            .withinFromCounts,
            byChannel: try best(widths.lazy.map { day.decodableCounts(standardDeviation: $0) }))
        if factorAnalysis {
            let analysis = FactorAnalysis(
                counts: day.counts, training: day.trainingTrials, factorCount: day.factors.columnCount)
            set(.withinFromFactorAnalysis, byChannel: try best(analysis.factors(smoothedBy: widths)))
        }
        if !day.excludedTrials.isEmpty {
            set(.excludedFromFactors, byChannel: try scores(day.factors, day.excludedTrials).values)
        }
    }

    private mutating func rotate(_ day: InferredDay, _ smoothed: TrialArray) throws {
        if let factors = try day.rotationOfFactors(factorMeans) {
            set(.skewOfFactors, factors.skewR2)
            set(.unconstrainedOfFactors, factors.unconstrainedR2)
            set(.frequencyOfFactors, factors.planes.first?.frequencyHz)
            let trials = try RotationalDynamics(
                trajectories: day.testedTrials.map { day.factors.matrix(ofTrial: $0) },
                common: RotationalDynamics.common(factorMeans), binsPerSecond: day.binsPerSecond)
            set(.skewOfTrials, trials?.skewR2)
            set(.unconstrainedOfTrials, trials?.unconstrainedR2)
        }
        let counts = try day.rotationOfCounts(smoothed)
        set(.skewOfCounts, counts?.skewR2)
        set(.unconstrainedOfCounts, counts?.unconstrainedR2)
    }

    private mutating func compareWithTruth(_ day: InferredDay) throws {
        if day.recording.trueRates != nil {
            let hertz = day.rates.scaled(by: Float(day.binsPerSecond))
            set(
                .rateR2, GroundTruth.rateR2(day.recording, trials: day.testedTrials, rates: hertz))
            set(
                .excludedRateR2,
                GroundTruth.rateR2(day.recording, trials: day.excludedTrials, rates: hertz))
        }
        set(
            .latentR2,
            try GroundTruth.latentR2(
                day.recording, factors: day.factors, training: day.trainingTrials,
                tested: day.testedTrials))
    }

    private mutating func analyseInputs(_ day: InferredDay) throws {
        guard let inferred = day.inferredInputs else { return }
        let analysis = try InferredInputAnalysis(
            inferred, initialConditions: day.initialConditions, labels: day.conditions,
            training: day.trainingTrials, tested: day.testedTrials,
            binMilliseconds: day.recording.binMilliseconds)
        inputs = analysis
        set(.inputSize, analysis.size)
        set(.inputPeak, analysis.peakMilliseconds)
        set(.conditionFromInitial, analysis.accuracyFromInitialCondition)
        set(.conditionFromInputs, analysis.accuracyWithInputs)
        guard day.isPoisson, let with = metrics[.bitsPerSpike] else { return }
        let trials = day.testedTrials
        guard let silent = try day.trained.meansWithoutInferredInputs(trials: trials) else { return }
        if let without = SpikePrediction.bitsPerSpike(
            rates: silent, counts: day.counts.selecting(trials: trials), trials: Array(trials.indices),
            bins: 0..<day.rates.binCount, units: Array(day.recording.units.indices))
        {
            set(.inputBits, with - without)
        }
    }
}
