public import TrialArrays

/// Which samples (a unit in a bin of a trial) were observed, of trials of which some were not: selective
/// back-propagation through time (Zhu, Sedler et al. 2021, NeurIPS) learns from these alone.
struct ObservedSamples: Sendable {
    /// 1 = observed, `[trials, bins, units]`.
    let mask: [UInt8]
    /// Samples of each trial that were.
    let countOfTrial: [Int]

    /// - Parameter counts: `[trials, bins, units]`, NaN where a sample was not observed.
    /// - Returns: `nil` where every one was.
    init?(_ counts: TrialArray) {
        guard counts.values.contains(where: \.isNaN) else { return nil }
        let mask = counts.values.map { $0.isNaN ? UInt8(0) : 1 }
        let size = counts.trialSize
        countOfTrial = (0..<counts.trialCount).map { trial in
            mask[(trial * size)..<((trial + 1) * size)].reduce(0) { $0 + Int($1) }
        }
        self.mask = mask
    }
}

extension SessionTrials {
    /// Whether a unit was observed in a bin of a trial.
    public func isObserved(trial: Int, bin: Int, unit: Int) -> Bool {
        observed.map { $0.mask[(trial * binCount + bin) * unitCount + unit] == 1 } ?? true
    }

    /// Samples of a trial that were observed.
    func observedCount(ofTrial trial: Int) -> Int {
        observed.map { $0.countOfTrial[trial] } ?? counts.trialSize
    }

    /// The counts with NaN where a sample was not observed, as they were given.
    public var countsWithGaps: TrialArray {
        guard let observed else { return counts }
        return counts.replacingValues(zip(counts.values, observed.mask).map { $1 == 1 ? $0 : .nan })
    }

    /// Bins of some trials in which each unit was observed.
    ///
    /// - Parameter chosen: places of the trials.
    public func observedBins(ofTrials chosen: [Int]) -> [Int] {
        guard let observed else { return [Int](repeating: chosen.count * binCount, count: unitCount) }
        var result = [Int](repeating: 0, count: unitCount)
        for trial in chosen {
            let start = trial * counts.trialSize
            for i in 0..<counts.trialSize { result[i % unitCount] += Int(observed.mask[start + i]) }
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
