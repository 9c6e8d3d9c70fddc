import LinearAlgebra
import TrialArrays

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
        let common = inferred.names.filter { recorded.values[$0] != nil }
        guard !common.isEmpty else { return nil }
        func stacked(_ means: ConditionMeans) -> Matrix {
            Matrix(
                rows: common.count * means.binCount, columns: means.columnCount,
                values: common.flatMap { means.values[$0]?.values ?? [] })
        }
        return CoefficientOfDetermination.meanOverColumns(
            actual: stacked(recorded), predicted: stacked(inferred))
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
        let compared = trials.filter { trial in
            labels[trial].flatMap { means.counts[$0] } ?? 0 > 1
        }
        guard !compared.isEmpty else { return nil }
        let actual = values.rows(ofTrials: compared)
        var predicted = actual
        for (place, trial) in compared.enumerated() {
            guard let name = labels[trial], let mean = means.values[name], let count = means.counts[name]
            else { continue }
            let n = Double(count)
            for bin in 0..<values.binCount {
                let row = place * values.binCount + bin
                for column in 0..<values.columnCount {
                    predicted[row, column] = (n * mean[bin, column] - actual[row, column]) / (n - 1)
                }
            }
        }
        return CoefficientOfDetermination.pooled(actual: actual, predicted: predicted)
    }

    /// Every trial's rate is the smoothed average of its condition's training trials: what an experimenter has
    /// without any model.
    ///
    /// - Returns: expected spikes per bin, shaped like `smoothedCounts`, and the tested trials whose condition
    ///   training has.
    static func rates(
        smoothedCounts: TrialArray, labels: [String?], tested: [Int], training: [Int]
    ) -> (rates: TrialArray, trials: [Int]) {
        let means = ConditionMeans(smoothedCounts, labels: labels, trials: training)
        var values = smoothedCounts.values
        // Half a spike in all of a condition's bins: what silence still allows.
        func floor(_ name: String) -> Float {
            0.5 / Float(max((means.counts[name] ?? 0) * means.binCount, 1))
        }
        let known = tested.filter { labels[$0].flatMap { means.values[$0] } != nil }
        for trial in known {
            guard let name = labels[trial], let mean = means.values[name] else { continue }
            let first = trial * smoothedCounts.trialSize
            for (i, value) in mean.values.enumerated() { values[first + i] = max(Float(value), floor(name)) }
        }
        let rates = TrialArray(
            trials: smoothedCounts.trials, bins: smoothedCounts.bins, columns: smoothedCounts.columns,
            values: values)
        return (rates, known)
    }
}
