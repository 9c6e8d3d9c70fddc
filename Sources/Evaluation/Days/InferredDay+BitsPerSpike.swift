extension InferredDay {
    /// Of all units and bins; `nil` for runs that are not Poisson, and where there is no spike.
    var heldOutBitsPerSpike: Double? {
        guard isPoisson else { return nil }
        return SpikePrediction.bitsPerSpike(
            rates: rates, counts: counts, trials: heldOutTrials, bins: 0..<rates.binCount,
            units: Array(recording.units.indices))
    }
}
