import Foundation
package import TrialArrays

/// Bits per spike of given rates.
///
/// The three metrics of the Neural Latents Benchmark differ in what is tested alone: held-out trials of all
/// units (*bits per spike*), of units that the encoder never saw (*co-smoothing*), of bins that it never saw
/// (*forward prediction*).
package enum SpikePrediction {
    /// As the benchmark's code: a rate of 0 where there is a spike would cost infinitely.
    package static let smallestRate = 1e-9

    /// What one unit's rates gain in log-likelihood over its mean rate.
    package struct UnitGain {
        package let gain: Double
        package let spikes: Double
    }

    /// Unit by unit, over the samples that were observed.
    ///
    /// - Parameters:
    ///   - rates: expected spikes per bin, shaped like `counts`; NaN there where a sample was not observed.
    package static func gains(
        rates: TrialArray, counts: TrialArray, trials: [Int], bins: Range<Int>, units: [Int]
    ) -> [UnitGain] {
        units.map { unit in
            var spikes = 0.0
            var likelihood = 0.0
            var observed = 0
            for trial in trials {
                for bin in bins where !counts[trial, bin, unit].isNaN {
                    observed += 1
                    let rate = max(Double(rates[trial, bin, unit]), smallestRate)
                    let count = Double(counts[trial, bin, unit])
                    spikes += count
                    likelihood -= rate
                    if count > 0 { likelihood += count * log(rate) }
                }
            }
            let meanRate = BitsPerSpike.meanRateLikelihood(
                spikes: spikes, bins: Double(observed))
            return UnitGain(gain: likelihood - meanRate, spikes: spikes)
        }
    }

    /// Bits per spike of all units together: each spike counts the same.
    ///
    /// - Returns: `nil` where there is no spike or nothing to test.
    package static func pooled(_ gains: [UnitGain]) -> Double? {
        BitsPerSpike.value(
            gain: gains.reduce(0) { $0 + $1.gain }, spikes: gains.reduce(0) { $0 + $1.spikes })
    }

    /// Bits per spike of all units together.
    ///
    /// - Parameters:
    ///   - rates: expected spikes per bin, shaped like `counts`.
    /// - Returns: `nil` where there is no spike or nothing to test.
    package static func bitsPerSpike(
        rates: TrialArray, counts: TrialArray, trials: [Int], bins: Range<Int>, units: [Int]
    ) -> Double? {
        pooled(gains(rates: rates, counts: counts, trials: trials, bins: bins, units: units))
    }
}
