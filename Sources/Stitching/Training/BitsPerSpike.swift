import Foundation
import LFADS

/// How much better a model predicts held-out spikes than each unit's own mean rate, in bits a spike:
/// (LL_model − LL_mean)/(spikes · ln 2), as in the Neural Latents Benchmark 2021 (Pei et al. 2021).
///
/// The mean rate is that of the trials it is evaluated on.
public struct BitsPerSpike: Sendable {
    private let elements: Double
    private let spikes: Double
    /// Σ of the mean rates' negative log-likelihood without ln y!.
    private let nullLoss: Double
    /// Σ of the constant that the reconstruction loss contains.
    private let constant: Double

    public init(_ session: PreparedSession, trials: [Int]) {
        let data = session.trials
        let rows = trials.count * data.binCount
        var sums = [Double](repeating: 0, count: data.unitCount)
        var constant = 0.0
        for trial in trials {
            for t in 0..<data.binCount {
                let place = (trial * data.binCount + t) * data.unitCount
                for j in 0..<data.unitCount {
                    let y = data.counts.values[place + j]
                    sums[j] += Double(y)
                    constant += ObservationModel.poisson.constant(y)
                }
            }
        }
        elements = Double(rows * data.unitCount)
        spikes = sums.reduce(0, +)
        nullLoss = sums.reduce(0) { $0 + ($1 > 0 ? $1 - $1 * log($1 / Double(rows)) : 0) }
        self.constant = constant
    }

    /// - Parameter meanLoss: the reconstruction loss, mean per element, with the reference's constant.
    public func value(meanLoss: Double) -> Double {
        guard spikes > 0 else { return .nan }
        return (nullLoss - (meanLoss * elements - constant)) / (spikes * log(2))
    }
}
