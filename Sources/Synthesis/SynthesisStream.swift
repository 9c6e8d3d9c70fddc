import LinearAlgebra

/// Keys of the random draws behind a synthetic world. What belongs to a day is keyed by the day's
/// number alone, so that further days leave the earlier ones as they are.
enum SynthesisStream {
    enum Purpose: UInt32 {
        case initialCondition = 1
        case loading, trialOrder, counts
    }

    /// A draw that all days share.
    static func world(_ seed: UInt64, _ purpose: Purpose, item: Int) -> RandomStream {
        RandomStream(
            seed: seed, key: RandomStream.key(for: "lorenz world"), purpose: purpose.rawValue,
            item: UInt32(truncatingIfNeeded: item))
    }

    static func day(_ seed: UInt64, _ day: Int, _ purpose: Purpose, item: Int = 0) -> RandomStream {
        RandomStream(
            seed: seed, key: RandomStream.key(for: "lorenz day \(day)"), purpose: purpose.rawValue,
            item: UInt32(truncatingIfNeeded: item))
    }
}
