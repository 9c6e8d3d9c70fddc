import Stitching

extension SpikePrediction {
    /// Bits per spike of every unit by itself, then the mean: each unit counts the same, however rarely it
    /// fires. Units without a spike say nothing.
    ///
    /// - Returns: `nil` where there is no spike or nothing to test.
    static func meanOverUnits(_ gains: [UnitGain]) -> Double? {
        mean(gains.map { BitsPerSpike.value(gain: $0.gain, spikes: $0.spikes) })
    }
}
