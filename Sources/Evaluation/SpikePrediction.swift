import Foundation

/// Bits per spike of given rates: how much better they predict spikes than each unit's own mean rate.
///
/// (Σ y·ln λ − λ − (Σ y·ln ȳ − ȳ))/(spikes · ln 2), ȳ a unit's mean over the trials and bins that are
/// tested (Neural Latents Benchmark 2021: Pei et al. 2021, arXiv:2109.04463, eq. 2). The benchmark's
/// three metrics differ in what is tested alone: held-out trials of all units (*bits per spike*), of
/// units that the encoder never saw (*co-smoothing*), of bins that it never saw (*forward prediction*).
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
        let rows = Double(trials.count * bins.count)
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
            let mean = sum / rows
            gain += likelihood - (sum > 0 ? sum * log(max(mean, smallestRate)) - sum : 0)
            spikes += sum
        }
        return spikes > 0 ? gain / (spikes * log(2)) : nil
    }
}
