extension RecordingSource.EventWindow {
    /// Longer trials are not what a recurrent network can unroll, and most likely a slip of the pen.
    private static let mostBins = 100_000
    /// A day.
    private static let farthestMilliseconds = 86_400_000.0
    /// What follows is counted in nanoseconds.
    private static let longestMilliseconds = Double(mostBins) * 60_000

    /// How many bins of a width a window has.
    /// - Throws: `TableError.windowTooLong`, `.windowImpossible`
    func binCount(ofMilliseconds width: Double, in path: String) throws -> Int {
        let (before, after) = (beforeMilliseconds, afterMilliseconds)
        let bins = (before + after) / width
        guard bins.isFinite, abs(bins) <= Double(Self.mostBins), abs(before) <= Self.farthestMilliseconds,
            abs(before + after) <= Self.longestMilliseconds
        else {
            throw TableError.windowTooLong(
                path: path, before: before, after: after, bin: width, mostBins: Self.mostBins)
        }
        guard bins.rounded() >= 1, abs(bins - bins.rounded()) < 1e-6 else {
            throw TableError.windowImpossible(path: path, before: before, after: after, bin: width)
        }
        return Int(bins.rounded())
    }

    /// For messages.
    var eventName: String { event ?? "time 0" }

    /// For the provenance.
    var words: String {
        "\(eventName)\(relativeTo.map { " after \($0)" } ?? ""), from \(plain(beforeMilliseconds)) ms before to \(plain(afterMilliseconds)) ms after"
    }
}
