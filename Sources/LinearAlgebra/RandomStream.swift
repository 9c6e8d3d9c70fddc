public import CKernels

/// Counter-based random numbers (Philox-4x32-10: Salmon et al. 2011, SC '11).
///
/// A draw is a function of (seed, key, purpose, item, step) alone. It does not depend on what was
/// drawn before, on what else is in the batch, on the number of threads, or on interruptions.
public struct RandomStream: Sendable {
    private var key: (UInt32, UInt32)
    private var counter: (UInt32, UInt32, UInt32)

    /// The stream of one draw.
    ///
    /// - Parameters:
    ///   - seed: of the run.
    ///   - key: what the draw belongs to, e.g. a hash of the session's name.
    ///   - purpose: what it is for.
    ///   - item: e.g. the trial.
    ///   - step: e.g. the update or the epoch.
    public init(seed: UInt64, key: UInt64 = 0, purpose: UInt32, item: UInt32 = 0, step: UInt32 = 0) {
        let mixed = Self.mix(seed &+ Self.mix(key))
        self.key = (UInt32(truncatingIfNeeded: mixed), UInt32(truncatingIfNeeded: mixed >> 32))
        counter = (item, step, purpose)
    }

    /// A key for a name: FNV-1a over its UTF-8 bytes.
    public static func key(for name: String) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash
    }

    /// The finaliser of SplitMix64 (Steele et al. 2014): a bijection that spreads neighbouring seeds.
    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// How many words `words(into:count:)` writes for `count` values: whole blocks of four.
    public static func wordCapacity(for count: Int) -> Int { (count + 3) / 4 * 4 }

    /// Fills `out` with the stream's first words, or with those from a block of four on. `out` holds at least
    /// `wordCapacity(for: count)`.
    public func words(
        into out: UnsafeMutablePointer<UInt32>, count: Int, fromBlock block: UInt32 = 0,
        loops: UnsafePointer<pointwise_loops>
    ) {
        withUnsafeBytes(of: key) { keyBytes in
            withUnsafeBytes(of: counter) { counterBytes in
                guard let k = keyBytes.bindMemory(to: UInt32.self).baseAddress,
                    let c = counterBytes.bindMemory(to: UInt32.self).baseAddress
                else { return }
                loops.pointee.random_words(k, c, block, (count + 3) / 4, out)
            }
        }
    }

    /// The first `count` words.
    public func words(_ count: Int) -> [UInt32] {
        let capacity = Self.wordCapacity(for: count)
        let words = [UInt32](unsafeUninitializedCapacity: capacity) { buffer, initialized in
            if let base = buffer.baseAddress {
                self.words(into: base, count: count, loops: pointwise_loops_for_this_processor())
            }
            initialized = capacity
        }
        return Array(words.prefix(count))
    }

    /// `count` uniform numbers in [0, 1) with 53 bits.
    public func uniforms(_ count: Int) -> [Double] {
        let words = self.words(2 * count)
        return (0..<count).map {
            let bits = (UInt64(words[2 * $0]) << 32 | UInt64(words[2 * $0 + 1])) >> 11
            return Double(bits) * 0x1p-53
        }
    }

    /// `count` standard normal numbers (float32, Box and Muller).
    public func normals(_ count: Int) -> [Float] {
        let even = (count + 1) / 2 * 2
        let words = self.words(even)
        let values = [Float](unsafeUninitializedCapacity: even) { buffer, initialized in
            if let base = buffer.baseAddress {
                pointwise_loops_for_this_processor().pointee.normals(even, words, base)
            }
            initialized = even
        }
        return Array(values.prefix(count))
    }

    /// A permutation of 0..<count (Fisher and Yates).
    public func permutation(_ count: Int) -> [Int] {
        var order = Array(0..<count)
        guard count > 1 else { return order }
        let draws = uniforms(count - 1)
        for i in stride(from: count - 1, to: 0, by: -1) {
            order.swapAt(i, Int(draws[i - 1] * Double(i + 1)))
        }
        return order
    }
}
