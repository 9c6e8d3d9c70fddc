/// Which trials are held out for validation, and which for the test.
public enum TrialSplit: Sendable, Equatable, Codable {
    /// Of each condition, in recorded order, trials k−1, 2k−1, … (counted from 0) are held out;
    /// trials without a condition count as one condition. k ≥ 2. Of a continuous recording, every
    /// k-th stretch of windows is held out.
    ///
    /// With `testEvery` m ≥ 2, trials m−1, 2m−1, … of each condition are test trials, and k counts
    /// those that are left.
    case everyKthOfCondition(Int, testEvery: Int? = nil)
    /// As the file says.
    case fromFile

    /// Of validation where nothing else is said: every fifth trial of each condition.
    public static let standardValidEvery = 5
    /// Every fifth trial of each condition, where nothing else is said.
    public static let standard = TrialSplit.everyKthOfCondition(standardValidEvery)
}

extension Recording {
    /// The recording with every `k`-th trial of each condition held out.
    ///
    /// A condition with fewer than `k` trials has none held out. The names of the conditions play no
    /// part, only which trials share one.
    ///
    /// - Parameters:
    ///   - k: of each condition, every so many-th trial is held out for validation.
    ///   - m: of each condition, every so many-th trial is a test trial; `k` counts the others. `nil` for
    ///     no test trials.
    /// - Throws: `RecordingError.splitTooCoarse` for k or m < 2; where no condition has enough trials,
    ///   `.emptySplit`, or with test trials `.tooFewForThreeParts`.
    public func splitting(everyKthOfCondition k: Int, testEvery m: Int? = nil) throws -> Recording {
        guard k >= 2 else {
            throw RecordingError.splitTooCoarse(source: session, every: k, key: "valid_every")
        }
        if let m, m < 2 { throw RecordingError.splitTooCoarse(source: session, every: m, key: "test_every") }
        var result = self
        if let m {
            result.assign(.test, toEvery: m, of: Array(trials.indices))
        }
        let others = m == nil ? Array(trials.indices) : result.trialIndices(.train)
        result.assign(.valid, toEvery: k, of: others)
        if let m {
            try result.requireThreeParts(validEvery: k, testEvery: m)
        } else {
            try result.requireBothSplits(source: session)
        }
        return result
    }

    /// Gives every `count`-th of some trials of each condition, or every `count`-th stretch of windows, a
    /// part, and leaves the others of them to training.
    private mutating func assign(_ part: Split, toEvery count: Int, of members: [Int]) {
        if chop != nil {
            let stretch = Self.heldOutStretch(count, of: members.count)
            for (place, trial) in members.enumerated() {
                trials[trial].split = place / stretch % count == count - 1 ? part : .train
            }
            return
        }
        var seen: [String?: Int] = [:]
        for trial in members {
            let number = seen[trials[trial].condition, default: 0] + 1
            seen[trials[trial].condition] = number
            trials[trial].split = number % count == 0 ? part : .train
        }
    }

    /// Windows are held out in stretches, every k-th stretch, because neighbours share bins: only the
    /// first and the last window of a stretch share any with windows of another part.
    ///
    /// Stretches are of ten windows, or shorter where there are fewer than 10 k.
    static func heldOutStretch(_ k: Int, of count: Int) -> Int { max(1, min(10, count / k)) }

    func requireBothSplits(source: String, isStored: Bool = false) throws {
        for split in [Split.train, .valid] where !trials.contains(where: { $0.split == split }) {
            throw RecordingError.emptySplit(
                source: source, split: split, trials: trials.count, isStored: isStored)
        }
    }

    /// - Throws: `RecordingError.tooFewForThreeParts`, of the condition that has most trials.
    private func requireThreeParts(validEvery: Int, testEvery: Int) throws {
        for split in Split.allCases where !trials.contains(where: { $0.split == split }) {
            var counts: [String?: Int] = [:]
            for trial in trials { counts[trial.condition, default: 0] += 1 }
            // Of several as large, the first.
            var largest: (condition: String?, count: Int) = (nil, 0)
            for trial in trials {
                let count = counts[trial.condition] ?? 0
                if count > largest.count { largest = (trial.condition, count) }
            }
            throw RecordingError.tooFewForThreeParts(
                source: session, split: split, condition: largest.condition, trials: largest.count,
                ofWindows: chop != nil, validEvery: validEvery, testEvery: testEvery)
        }
    }

    /// Places of the trials that preparation and training may look at: all but the test trials.
    func seenTrials() -> [Int] { trials.indices.filter { trials[$0].split != .test } }

    /// The recording without its test trials, to choose units by; itself where it has none.
    func withoutTestTrials() -> Recording {
        let seen = seenTrials()
        guard seen.count < trials.count else { return self }
        var result = mapArrays { $0.selecting(trials: seen) }
        result.trials = seen.map { trials[$0] }
        result.trialCount = seen.count
        if let chop {
            result.chop = Chop(windows: seen.map { chop.windows[$0] }, segmentStarts: chop.segmentStarts)
        }
        return result
    }
}
