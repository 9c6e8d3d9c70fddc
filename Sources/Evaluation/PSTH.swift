import Foundation

/// Peri-stimulus time histograms: do averages of inferred rates resemble averages of spikes, and is a
/// single trial's rate like that of the other trials of its condition?
enum PSTH {
    /// R² of condition averages of inferred rates (held-out trials) against those of smoothed counts
    /// (training trials, so that no spike takes part on both sides), mean over units.
    ///
    /// - Returns: `nil` without labels, or where no unit varies.
    static func r2(
        rates: TrialArray, smoothedCounts: TrialArray, labels: [String?], tested: [Int],
        training: [Int]
    ) -> Double? {
        let inferred = ConditionMeans(rates, labels: labels, trials: tested)
        let recorded = ConditionMeans(smoothedCounts, labels: labels, trials: training)
        var (actual, predicted) = ([Double](), [Double]())
        for name in inferred.names {
            guard let own = inferred.values[name], let other = recorded.values[name] else { continue }
            predicted += own
            actual += other
        }
        guard !actual.isEmpty else { return nil }
        return CoefficientOfDetermination.meanOverColumns(
            actual: actual, predicted: predicted, width: rates.width)
    }

    /// R² with which the average of a condition's other trials predicts each single trial, all units
    /// together.
    ///
    /// With signal variance S of condition averages, noise variance N of single trials and n trials in
    /// every condition this is 1 − N·n/((n − 1)·(S + N)).
    ///
    /// - Returns: `nil` where no condition has two trials.
    static func consistency(_ values: TrialArray, labels: [String?], trials: [Int]) -> Double? {
        let means = ConditionMeans(values, labels: labels, trials: trials)
        var (actual, predicted) = ([Double](), [Double]())
        for trial in trials {
            guard let name = labels[trial], let mean = means.values[name],
                let count = means.counts[name], count > 1
            else { continue }
            let n = Double(count)
            for (i, value) in values.trial(trial).enumerated() {
                let value = Double(value)
                actual.append(value)
                predicted.append((n * mean[i] - value) / (n - 1))
            }
        }
        guard !actual.isEmpty else { return nil }
        return CoefficientOfDetermination.pooled(actual: actual, predicted: predicted, width: values.width)
    }
}
