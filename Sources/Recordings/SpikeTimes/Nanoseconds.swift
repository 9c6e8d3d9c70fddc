/// Times as whole nanoseconds.
///
/// In binary fractions 3 × 0.1 isn't 0.3: a spike at 0.3 s would fall into the bin before the one that
/// begins there. Rounded to nanoseconds (far below the resolution of any recording, 30 µs), a time that
/// is meant to lie on a border does.
enum Nanoseconds {
    /// What is larger isn't a time in seconds: not even one counted from 1970. The sum of two, doubled, still
    /// fits into 64 bits.
    static let largestSeconds = 2e9

    /// `nil` for what isn't a time.
    static func rounding(seconds: Double) -> Int64? {
        guard seconds.isFinite, abs(seconds) <= largestSeconds else { return nil }
        return Int64((seconds * 1e9).rounded())
    }

    /// - Parameter what: the times are, for the error.
    /// - Throws: `TableError.invalidTime`
    static func rounding(_ seconds: [Double], of what: String, in path: String) throws -> [Int64] {
        try seconds.enumerated().map { index, value in
            guard let time = rounding(seconds: value) else {
                throw TableError.invalidTime(path: path, what: what, index: index, value: value)
            }
            return time
        }
    }

    static func rounding(milliseconds: Double) -> Int64? { rounding(seconds: milliseconds / 1000) }

    static func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / 1e9 }

    /// From the first to the last, in seconds.
    static func range(_ times: some Collection<Int64>) -> ClosedRange<Double> {
        seconds(times.min() ?? 0)...seconds(times.max() ?? 0)
    }

    /// The same, for messages.
    static func words(_ times: some Collection<Int64>) -> String {
        let range = range(times)
        return "\(plain(range.lowerBound)) to \(plain(range.upperBound))"
    }
}
