import Foundation
import Stitching
import TrialArrays

/// Bits per spike of given rates.
///
/// The three metrics of the Neural Latents Benchmark differ in what is tested alone: held-out trials of all
/// units (*bits per spike*), of units that the encoder never saw (*co-smoothing*), of bins that it never saw
/// (*forward prediction*).
enum SpikePrediction {
    /// As the benchmark's code: a rate of 0 where there is a spike would cost infinitely.
    static let smallestRate = 1e-9

    /// Of all units together: each spike counts the same.
    ///
    /// - Parameters:
    ///   - rates: expected spikes per bin, shaped like `counts`.
    /// - Returns: `nil` where there is no spike or nothing to test.
    static func bitsPerSpike(
        rates: TrialArray, counts: TrialArray, trials: [Int], bins: Range<Int>, units: [Int]
    ) -> Double? {
        let gains = units.map { gain(rates, counts, trials, bins, unit: $0) }
        return BitsPerSpike.value(
            gain: gains.reduce(0) { $0 + $1.gain }, spikes: gains.reduce(0) { $0 + $1.spikes })
    }

    /// Of every unit by itself, then the mean: each unit counts the same, however rarely it fires. Units
    /// without a spike say nothing.
    ///
    /// - Returns: `nil` where there is no spike or nothing to test.
    static func meanOverUnits(
        rates: TrialArray, counts: TrialArray, trials: [Int], bins: Range<Int>, units: [Int]
    ) -> Double? {
        let values = units.compactMap { unit in
            let (gain, spikes) = gain(rates, counts, trials, bins, unit: unit)
            return BitsPerSpike.value(gain: gain, spikes: spikes)
        }
        return mean(values)
    }

    /// What a unit's rates gain in log-likelihood over its mean rate, and its spikes.
    private static func gain(
        _ rates: TrialArray, _ counts: TrialArray, _ trials: [Int], _ bins: Range<Int>, unit: Int
    ) -> (gain: Double, spikes: Double) {
        var sum = 0.0
        var likelihood = 0.0
        for trial in trials {
            for bin in bins {
                let rate = max(Double(rates[trial, bin, unit]), smallestRate)
                let count = Double(counts[trial, bin, unit])
                sum += count
                likelihood -= rate
                if count > 0 { likelihood += count * log(rate) }
            }
        }
        return (
            likelihood
                - BitsPerSpike.meanRateLikelihood(spikes: sum, bins: Double(trials.count * bins.count)),
            sum
        )
    }
}
