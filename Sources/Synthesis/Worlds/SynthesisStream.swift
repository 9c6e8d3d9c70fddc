import LinearAlgebra

/// Keys of the random draws behind a synthetic world, by the world's kind. What belongs to a day is keyed by the day's
/// number alone, so that further days leave the earlier ones as they are.
enum SynthesisStream {
    enum Purpose: UInt32 {
        case initialCondition = 1
        case loading, trialOrder, counts
        // Of the reaching world.
        case coupling, trialCount, lacking, trial, label, turnover, meanRate, withinDay, betweenDays
        case merging, privateLoading, privateNoise, behaviorNoise
    }

    /// A draw that all days share.
    static func world(
        _ seed: UInt64, _ purpose: Purpose, item: Int, of kind: String = "lorenz"
    ) -> RandomStream {
        RandomStream(
            seed: seed, key: RandomStream.key(for: "\(kind) world"), purpose: purpose.rawValue,
            item: UInt32(truncatingIfNeeded: item))
    }

    static func day(
        _ seed: UInt64, _ day: Int, _ purpose: Purpose, item: Int = 0, of kind: String = "lorenz"
    ) -> RandomStream {
        RandomStream(
            seed: seed, key: RandomStream.key(for: "\(kind) day \(day)"), purpose: purpose.rawValue,
            item: UInt32(truncatingIfNeeded: item))
    }
}
