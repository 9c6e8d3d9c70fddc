import Foundation
import LFADS
import LinearAlgebra
import Stitching
import TrialArrays

/// What the other days' factors say of a day's spikes: their condition averages, through the day's own
/// read-out, predict its unseen trials.
///
/// Where days lie in one space, another day's factors are as good as the day's own; where they don't, or where
/// factors say little, they predict little. Noise is taken into account, for spikes of trials are
/// predicted and not averages compared, and no behaviour takes part. Unlike agreement it is not high for
/// a model that says the same of every trial.
struct TransferredPrediction {
    /// `[units, factors]`, units in the recording's order.
    let readOut: AffineMap
    let factors: ConditionMeans
    /// Spikes per bin, over the training trials of each condition.
    let training: ConditionMeans
    /// Spikes per bin, over the tested trials of each condition.
    let tested: ConditionMeans
}

extension TransferredPrediction {
    /// Bits per spike of the tested trials of the conditions that other days have too; each of the other days has
    /// the same say.
    ///
    /// A unit's rates are scaled so that over these conditions they are those of its training trials on average: a
    /// rate at average factors is less than the average rate.
    ///
    /// - Returns: `nil` where there is no such condition, or no spike.
    func bitsPerSpike(from others: [TransferredPrediction]) -> Double? {
        let conditions = tested.names.filter { name in
            training.values[name] != nil && others.contains { $0.factors.values[name] != nil }
        }
        guard !conditions.isEmpty else { return nil }
        let rates = conditions.map { ratesPerBin(at: Self.average(of: $0, others)) }
        var (gain, spikes) = (0.0, 0.0)
        for unit in 0..<readOut.outputs {
            /// Over the bins in which training trials were observed.
            func total(_ averages: (Int) -> Matrix?) -> Double {
                conditions.indices.reduce(0) { sum, condition in
                    let known = training.values[conditions[condition]]?.column(unit) ?? []
                    let own = averages(condition)?.column(unit) ?? []
                    return sum + zip(own, known).reduce(0) { $1.1.isNaN ? $0 : $0 + $1.0 }
                }
            }
            let recorded = total { training.values[conditions[$0]] }
            let predicted = total { rates[$0] }
            let scale = predicted > 0 ? recorded / predicted : 0
            var (likelihood, ownSpikes, ownBins) = (0.0, 0.0, 0.0)
            for (condition, name) in conditions.enumerated() {
                guard let counts = tested.values[name] else { continue }
                for bin in 0..<tested.binCount {
                    let trials = tested.trials(name, bin: bin, column: unit)
                    guard trials > 0 else { continue }
                    let rate = max(scale * rates[condition][bin, unit], SpikePrediction.smallestRate)
                    likelihood += Double(trials) * (counts[bin, unit] * log(rate) - rate)
                    ownSpikes += Double(trials) * counts[bin, unit]
                    ownBins += Double(trials)
                }
            }
            gain += likelihood - BitsPerSpike.meanRateLikelihood(spikes: ownSpikes, bins: ownBins)
            spikes += ownSpikes
        }
        return BitsPerSpike.value(gain: gain, spikes: spikes)
    }

    /// Mean over the days that have the condition of their average factors in it.
    private static func average(of condition: String, _ days: [TransferredPrediction]) -> Matrix {
        let averages = days.compactMap { $0.factors.values[condition] }
        guard let first = averages.first else { return Matrix(zeros: 0, 0) }
        var mean = first
        for i in mean.values.indices {
            mean.values[i] = averages.reduce(0) { $0 + $1.values[i] } / Double(averages.count)
        }
        return mean
    }

    /// Expected spikes per bin of every unit, `[bins, units]`.
    private func ratesPerBin(at factors: Matrix) -> Matrix {
        var rates = Matrix(zeros: factors.rows, readOut.outputs)
        for bin in 0..<factors.rows {
            for unit in 0..<readOut.outputs {
                var logRate = Double(readOut.bias[unit])
                for factor in 0..<readOut.inputs {
                    logRate += Double(readOut.weights[unit * readOut.inputs + factor]) * factors[bin, factor]
                }
                rates[bin, unit] = exp(logRate)
            }
        }
        return rates
    }
}
