import Foundation
import LFADS

/// How much better rates predict spikes than each unit's own mean rate, in bits a spike:
/// (LL_rates − LL_mean)/(spikes · ln 2), as in the Neural Latents Benchmark 2021 (Pei et al. 2021,
/// arXiv:2109.04463, eq. 2).
///
/// LL is Σ y·ln λ − λ, which leaves out what depends on the spikes y alone. The mean rate is that of the trials
/// and bins that the rates are tested on.
public struct BitsPerSpike: Sendable {
    /// The measure itself.
    ///
    /// - Parameters:
    ///   - gain: LL_rates − LL_mean.
    ///   - spikes: all that were predicted.
    /// - Returns: `nil` where there is no spike.
    public static func value(gain: Double, spikes: Double) -> Double? {
        spikes > 0 ? gain / (spikes * log(2)) : nil
    }

    /// LL_mean of one unit: Σ y·ln ȳ − ȳ.
    ///
    /// - Parameters:
    ///   - spikes: of the unit, Σ y.
    ///   - bins: in how many bins of all trials together these are.
    public static func meanRateLikelihood(spikes: Double, bins: Double) -> Double {
        spikes > 0 ? spikes * log(spikes / bins) - spikes : 0
    }

    // MARK: From a loss

    private let elements: Double
    private let spikes: Double
    /// LL_mean of all units.
    private let meanRateLikelihood: Double
    /// Σ of the constant that the reconstruction loss contains.
    private let constant: Double

    /// What has to be known of a session's trials to tell bits per spike from a loss on them.
    public init(_ session: PreparedSession, trials: [Int]) {
        let data = session.trials
        let bins = data.observedBins(ofTrials: trials)
        let sums = data.counts.columnSums(ofTrials: trials)
        var constant = 0.0
        for trial in trials {
            for y in data.counts[trial: trial] { constant += ObservationModel.poisson.constant(y) }
        }
        elements = Double(bins.reduce(0, +))
        spikes = sums.reduce(0, +)
        meanRateLikelihood = zip(sums, bins).reduce(0) {
            $0 + Self.meanRateLikelihood(spikes: $1.0, bins: Double($1.1))
        }
        self.constant = constant
    }

    /// Bits per spike of the trials that `init` was told of.
    ///
    /// - Parameter meanLoss: the reconstruction loss, mean per element, with the reference's constant.
    /// - Returns: NaN where there is no spike.
    public func value(meanLoss: Double) -> Double {
        let likelihood = constant - meanLoss * elements
        return Self.value(gain: likelihood - meanRateLikelihood, spikes: spikes) ?? .nan
    }
}
