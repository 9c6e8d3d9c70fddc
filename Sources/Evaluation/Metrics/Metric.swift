/// What an evaluation measures of every session of a run; its raw value is its name in files and in the
/// registry. Definitions, formulas and sources are in `docs/evaluation.md`.
public enum Metric: String, Sendable, CaseIterable, Codable {
    case bitsPerSpike = "bits_per_spike"
    case unitBitsPerSpike = "bits_per_spike_per_unit"
    case psthBitsPerSpike = "psth_bits_per_spike"
    case transferredBitsPerSpike = "transferred_bits_per_spike"
    case coSmoothing = "co_smoothing"
    case fewShotCoSmoothing = "few_shot_co_smoothing"
    case forwardPrediction = "forward_prediction"
    case psthR2 = "psth_r2"
    case consistencyOfRates = "consistency_rates"
    case consistencyOfCounts = "consistency_counts"
    case withinFromFactors = "within_factors"
    case withinFromRates = "within_rates"
    case withinFromCounts = "within_counts"
    case withinFromFactorAnalysis = "within_factor_analysis"
    case acrossFromFactors = "across_factors"
    case excludedBitsPerSpike = "excluded_bits_per_spike"
    case excludedPSTH = "excluded_psth_r2"
    case excludedRateR2 = "excluded_rate_r2"
    case excludedFromFactors = "excluded_factors"
    case skewOfFactors = "jpca_skew_factors"
    case unconstrainedOfFactors = "jpca_full_factors"
    case frequencyOfFactors = "jpca_hz_factors"
    case skewOfTrials = "jpca_skew_trials"
    case unconstrainedOfTrials = "jpca_full_trials"
    case skewOfCounts = "jpca_skew_counts"
    case unconstrainedOfCounts = "jpca_full_counts"
    case rateR2 = "rate_r2"
    case latentR2 = "latent_r2"
    case agreement = "agreement"
    case shuffledAgreement = "agreement_shuffled"
    case initialConditionDistance = "initial_condition_distance"
    case factorDistance = "factor_distance"
    case inputSize = "input_size"
    case inputPeak = "input_peak_ms"
    case inputBits = "input_bits_per_spike"
    case conditionFromInitial = "condition_from_ic"
    case conditionFromInputs = "condition_from_ic_and_inputs"

    /// Its name for people, as short as a heading.
    public var title: String {
        switch self {
        case .bitsPerSpike: "bits/spike"
        case .unitBitsPerSpike: "bits/spike, mean over units"
        case .psthBitsPerSpike: "bits/spike of PSTHs"
        case .transferredBitsPerSpike: "bits/spike by other days' factors"
        case .coSmoothing: "co-smoothing bits/spike"
        case .fewShotCoSmoothing: "co-smoothing bits/spike, few trials"
        case .forwardPrediction: "forward bits/spike"
        case .psthR2: "PSTH R²"
        case .consistencyOfRates: "consistency of rates"
        case .consistencyOfCounts: "consistency of smoothed counts"
        case .withinFromFactors: "R² within, factors"
        case .withinFromRates: "R² within, rates"
        case .withinFromCounts: "R² within, smoothed counts"
        case .withinFromFactorAnalysis: "R² within, factor analysis"
        case .acrossFromFactors: "R² across, factors"
        case .excludedBitsPerSpike: "bits/spike, unseen conditions"
        case .excludedPSTH: "PSTH R², unseen conditions"
        case .excludedRateR2: "R² rates, unseen conditions"
        case .excludedFromFactors: "R² factors, unseen conditions"
        case .skewOfFactors: "jPCA R², factors"
        case .unconstrainedOfFactors: "unconstrained R², factors"
        case .frequencyOfFactors: "rotation Hz, factors"
        case .skewOfTrials: "jPCA R², single trials"
        case .unconstrainedOfTrials: "unconstrained R², single trials"
        case .skewOfCounts: "jPCA R², smoothed counts"
        case .unconstrainedOfCounts: "unconstrained R², smoothed counts"
        case .rateR2: "R² of true rates"
        case .latentR2: "R² of true latents"
        case .agreement: "agreement"
        case .shuffledAgreement: "agreement, labels shuffled"
        case .initialConditionDistance: "distance of initial conditions"
        case .factorDistance: "distance of factors"
        case .inputSize: "size of inputs"
        case .inputPeak: "peak of inputs (ms)"
        case .inputBits: "bits/spike from inputs"
        case .conditionFromInitial: "condition from initial condition"
        case .conditionFromInputs: "condition, inputs as well"
        }
    }

    /// Which values of a metric are the better ones, if any are.
    public enum Direction: String, Sendable, Codable { case higher, lower, neither }

    /// Which way is better where runs are compared.
    public var better: Direction {
        switch self {
        case .initialConditionDistance, .factorDistance: .lower
        case .consistencyOfCounts, .withinFromCounts, .withinFromFactorAnalysis, .skewOfCounts,
            .unconstrainedOfCounts,
            .frequencyOfFactors, .inputSize, .inputPeak, .inputBits, .shuffledAgreement,
            .conditionFromInitial, .conditionFromInputs, .psthBitsPerSpike, .skewOfFactors,
            .unconstrainedOfFactors,
            .skewOfTrials, .unconstrainedOfTrials:
            .neither
        default: .higher
        }
    }

    /// Digits after the point with which people read it.
    public var decimals: Int {
        switch self {
        case .bitsPerSpike, .unitBitsPerSpike, .psthBitsPerSpike, .transferredBitsPerSpike, .coSmoothing,
            .fewShotCoSmoothing, .forwardPrediction,
            .excludedBitsPerSpike, .inputBits:
            4
        case .inputPeak: 0
        case .frequencyOfFactors: 2
        default: 3
        }
    }
}
