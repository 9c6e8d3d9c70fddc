import Alignment
import Foundation
import LFADS
import LinearAlgebra
import Stitching
import TrialArrays

/// How well factors predict a unit that the encoder never sees when only a few trials are there to learn its
/// read-out from.
///
/// Held-out units of a run have read-outs that were trained with everything else; factors may carry what only such
/// a read-out finds. A read-out from a few trials finds what stands in the factors plainly: of models that predict
/// held-out units equally well, those with dynamics that the data don't ask for do worse in it (Dabholkar and Barak
/// 2024, "When predict can also explain").
enum FewShotPrediction {
    /// Training trials that a read-out is learnt from.
    static let trials = 16
    /// Drawn anew so often; the figure is the mean.
    static let repeats = 5

    /// Bits per spike of `units` in the tested trials: a Poisson regression of each unit's counts on the factors of
    /// single bins, one penalty for all units, chosen by cross-validation over the few trials.
    ///
    /// - Parameter key: of the draws of trials.
    /// - Returns: `nil` without units, with fewer training trials than are drawn, or without a spike.
    /// - Throws: `LinearAlgebraError`
    static func bitsPerSpike(
        factors: TrialArray, counts: TrialArray, units: [Int], bins: Range<Int>, training: [Int],
        tested: [Int], key: UInt64
    ) throws -> Double? {
        guard !units.isEmpty, training.count >= trials else { return nil }
        func rows(_ array: TrialArray, _ chosen: [Int], _ columns: [Int]) -> Matrix {
            Matrix(
                rows: chosen.count * bins.count, columns: columns.count,
                values: chosen.flatMap { trial in
                    bins.flatMap { bin in columns.map { Double(array[trial, bin, $0]) } }
                })
        }
        let factorColumns = Array(0..<factors.columnCount)
        let testedFactors = rows(factors, tested, factorColumns)
        let testedCounts = rows(counts, tested, units)
        var values: [Double?] = []
        for attempt in 0..<repeats {
            // Of the day alone, so that all runs learn from the same trials.
            let order = RandomStream(seed: 0, key: key, purpose: purpose, step: UInt32(attempt))
                .permutation(training.count)
            let few = order.prefix(trials).map { training[$0] }
            let fit = try PoissonRegression.crossValidated(
                regressors: rows(factors, few, factorColumns), counts: rows(counts, few, units),
                observationWeights: [Double](repeating: 1, count: few.count * bins.count),
                floor: 0.5 / Double(few.count * bins.count),
                groups: few.indices.flatMap { [Int](repeating: $0, count: bins.count) }, folds: 4)
            let logRates = testedFactors.times(fit.weights, transposingOther: true)
            var (gain, spikes) = (0.0, 0.0)
            for unit in units.indices {
                var (likelihood, own) = (0.0, 0.0)
                let observed = (0..<testedCounts.rows).filter { !testedCounts[$0, unit].isNaN }
                for row in observed {
                    // As everywhere where a rate meets a spike: none is so small or large that one bin decides.
                    let logRate = min(
                        max(logRates[row, unit] + fit.intercepts[unit], log(SpikePrediction.smallestRate)), 50
                    )
                    likelihood += testedCounts[row, unit] * logRate - exp(logRate)
                    own += testedCounts[row, unit]
                }
                gain +=
                    likelihood
                    - BitsPerSpike.meanRateLikelihood(spikes: own, bins: Double(observed.count))
                spikes += own
            }
            values.append(BitsPerSpike.value(gain: gain, spikes: spikes))
        }
        return mean(values)
    }

    private static let purpose: UInt32 = 0x4653
}
