/// Which trials are held out for validation.
public enum TrialSplit: Sendable, Equatable, Codable {
    /// Of each condition, in recorded order, trials k−1, 2k−1, … (counted from 0) are held out;
    /// trials without a condition count as one condition. k ≥ 2. Of a continuous recording, every
    /// k-th stretch of windows is held out.
    case everyKthOfCondition(Int)
    /// As the file says.
    case fromFile

    /// Every fifth trial of each condition, where nothing else is said.
    public static let standard = TrialSplit.everyKthOfCondition(5)
}

extension Recording {
    /// The recording with every `k`-th trial of each condition held out.
    ///
    /// A condition with fewer than `k` trials has none held out. The names of the conditions play no
    /// part, only which trials share one.
    /// - Throws: `RecordingError.splitTooCoarse` for k < 2, `.emptySplit` where no condition has `k`
    ///   trials.
    public func splitting(everyKthOfCondition k: Int) throws -> Recording {
        guard k >= 2 else { throw RecordingError.splitTooCoarse(source: session, every: k) }
        if chop != nil { return try splittingWindows(everyKthStretch: k) }
        var result = self
        var seen: [String?: Int] = [:]
        result.trials = trials.map { trial in
            var trial = trial
            let count = seen[trial.condition, default: 0] + 1
            seen[trial.condition] = count
            trial.split = count % k == 0 ? .valid : .train
            return trial
        }
        try result.requireBothSplits(source: session)
        return result
    }

    func requireBothSplits(source: String, isStored: Bool = false) throws {
        for split in [Split.train, .valid] where !trials.contains(where: { $0.split == split }) {
            throw RecordingError.emptySplit(
                source: source, split: split, trials: trials.count, isStored: isStored)
        }
    }
}
