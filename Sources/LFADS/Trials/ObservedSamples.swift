import TrialArrays

/// How many samples (a unit in a bin of a trial) were observed, of trials of which some were not: selective
/// back-propagation through time (Zhu, Sedler et al. 2021, NeurIPS) learns from these alone.
struct ObservedSamples: Sendable {
    /// Samples of each trial that were.
    let countOfTrial: [Int]

    /// - Parameter counts: `[trials, bins, units]`, NaN where a sample was not observed.
    /// - Returns: `nil` where every one was.
    init?(_ counts: CompactTrialArray) {
        guard counts.hasGaps else { return nil }
        countOfTrial = (0..<counts.trialCount).map { trial in counts[trial: trial].count { !$0.isNaN } }
    }
}

extension SessionTrials {
    /// Whether a unit was observed in a bin of a trial.
    public func isObserved(trial: Int, bin: Int, unit: Int) -> Bool {
        observed == nil || !counts[trial, bin, unit].isNaN
    }

    /// Samples of a trial that were observed.
    func observedCount(ofTrial trial: Int) -> Int {
        observed.map { $0.countOfTrial[trial] } ?? counts.trialSize
    }

    /// Bins of some trials in which each unit was observed.
    ///
    /// - Parameter chosen: places of the trials.
    public func observedBins(ofTrials chosen: [Int]) -> [Int] {
        guard counts.hasGaps else { return [Int](repeating: chosen.count * binCount, count: unitCount) }
        var result = [Int](repeating: 0, count: unitCount)
        for trial in chosen {
            for (i, value) in counts[trial: trial].enumerated() where !value.isNaN {
                result[i % unitCount] += 1
            }
        }
        return result
    }

    /// Share of the training trials' samples that were observed, which the reconstruction loss is divided by:
    /// its balance with the penalties is then that of trials that were observed throughout. 1 without training
    /// trials.
    ///
    /// One number for the whole training, and not one for each update, so that a sample weighs the same
    /// whichever trials stand beside it.
    static func observedShare(_ observed: ObservedSamples?, trainingTrials: [Int], trialSize: Int) -> Double {
        guard let observed, !trainingTrials.isEmpty else { return 1 }
        let seen = trainingTrials.reduce(0) { $0 + observed.countOfTrial[$1] }
        return seen == 0 ? 1 : Double(seen) / Double(trainingTrials.count * trialSize)
    }
}
