import Stitching
import TrialArrays

extension InferredDay {
    /// Of all units and bins; `nil` for runs that are not Poisson, and where there is no spike.
    var heldOutBitsPerSpike: Double? {
        guard isPoisson else { return nil }
        return SpikePrediction.bitsPerSpike(
            rates: rates, counts: counts, trials: heldOutTrials, bins: 0..<rates.binCount,
            units: Array(recording.units.indices))
    }

    /// What the PSTHs of training trials alone predict of others with a label, smoothed counts being those of the day;
    /// `nil` for runs that are not Poisson, and without labels.
    func bitsPerSpikeOfAverages(_ smoothed: TrialArray, trials: [Int]) -> Double? {
        guard isPoisson else { return nil }
        let averages = PSTH.rates(
            smoothedCounts: smoothed, labels: conditions, tested: trials, training: trainingTrials)
        return SpikePrediction.bitsPerSpike(
            rates: averages.rates, counts: counts, trials: averages.trials, bins: 0..<rates.binCount,
            units: Array(recording.units.indices))
    }
}
