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

    /// - Parameters:
    ///   - rates: expected spikes per bin, shaped like `counts`.
    /// - Returns: `nil` where there is no spike or nothing to test.
    static func bitsPerSpike(
        rates: TrialArray, counts: TrialArray, trials: [Int], bins: Range<Int>, units: [Int]
    ) -> Double? {
        var spikes = 0.0
        var gain = 0.0
        for unit in units {
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
            gain +=
                likelihood
                - BitsPerSpike.meanRateLikelihood(spikes: sum, bins: Double(trials.count * bins.count))
            spikes += sum
        }
        return BitsPerSpike.value(gain: gain, spikes: spikes)
    }
}
