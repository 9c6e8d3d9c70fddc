/// Counts of spike times in the bins of equal windows.
///
/// Bin k of a window that begins at s is half-open, [s + k·w, s + (k + 1)·w): a spike on a border
/// belongs to the later bin, one on the end of a window to none. (numpy's histogram counts it in the
/// last bin.) Windows may overlap: a spike is counted in each that holds it.
struct SpikeBinning {
    /// Nanoseconds, in any order.
    let windowStarts: [Int64]
    let binNanoseconds: Int64
    let binCount: Int

    private var length: Int64 { binNanoseconds * Int64(binCount) }

    /// - Parameters:
    ///   - times: nanoseconds, ascending.
    ///   - add: gets window, bin and place in `times` of every spike that falls into a bin.
    func forEachSpike(of times: [Int64], _ add: (_ window: Int, _ bin: Int, _ spike: Int) -> Void) {
        for (window, start) in windowStarts.enumerated() {
            var spike = Self.firstIndex(in: times, notBefore: start)
            while spike < times.count, times[spike] - start < length {
                add(window, Int((times[spike] - start) / binNanoseconds), spike)
                spike += 1
            }
        }
    }

    /// The bin of a window that holds a time, if one does.
    func bin(of time: Int64, inWindow window: Int) -> Int? {
        let distance = time - windowStarts[window]
        return distance >= 0 && distance < length ? Int(distance / binNanoseconds) : nil
    }

    /// Counts, windows × bins, and how many spikes are in no window.
    func counts(of times: [Int64]) -> (counts: [Float], outside: Int) {
        var counts = [Float](repeating: 0, count: windowStarts.count * binCount)
        var isInside = [Bool](repeating: false, count: times.count)
        forEachSpike(of: times) { window, bin, spike in
            counts[window * binCount + bin] += 1
            isInside[spike] = true
        }
        return (counts, isInside.count { !$0 })
    }

    static func firstIndex(in times: [Int64], notBefore start: Int64) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < start { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Hardly a spike in any window, and most a hundred times later than the last: milliseconds for seconds.
    /// - Throws: `TableError.spikesElsewhere`
    func requireSameClock(_ spikes: some Collection<Int64>, outside: Int, in path: String) throws {
        let inside = spikes.count - outside
        guard !spikes.isEmpty, inside * 100 < spikes.count else { return }
        let starts = Nanoseconds.range(windowStarts)
        let windows = starts.lowerBound...(starts.upperBound + Nanoseconds.seconds(length))
        let range = Nanoseconds.range(spikes)
        guard inside == 0 || range.upperBound > 100 * abs(windows.upperBound) else { return }
        throw TableError.spikesElsewhere(
            path: path, inside: inside, of: spikes.count, spikes: range, windows: windows)
    }

    // MARK: Width of a bin

    /// A spike lasts a millisecond; and who writes 0.02 means seconds. A minute is no bin of a trial.
    private static let widths = 0.1...60_000.0

    /// The width that a manifest wants, in milliseconds and in nanoseconds.
    /// - Throws: `TableError.binWidthNeeded`, `.binWidthUnlikely`
    static func width(_ source: RecordingSource) throws -> (milliseconds: Double, nanoseconds: Int64) {
        guard let width = source.binMilliseconds else {
            throw TableError.binWidthNeeded(path: source.path)
        }
        guard widths.contains(width), let nanoseconds = Nanoseconds.rounding(milliseconds: width) else {
            throw TableError.binWidthUnlikely(
                path: source.path, milliseconds: width, least: widths.lowerBound, most: widths.upperBound)
        }
        return (width, nanoseconds)
    }

    /// - Throws: `TableError.tooManyBins`
    func requireRoom(units: Int, in path: String) throws {
        let size = windowStarts.count.multipliedReportingOverflow(by: binCount)
        let counts = size.partialValue.multipliedReportingOverflow(by: units)
        guard !size.overflow, !counts.overflow, counts.partialValue <= 1 << 30 else {
            throw TableError.tooManyBins(path: path, bins: counts.partialValue)
        }
    }
}
