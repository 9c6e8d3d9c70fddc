import Foundation
public import TrialArrays

/// Windows of a continuous recording, put together again to one series.
///
/// Where windows overlap, they fade into each other: over an overlap of n bins the weight of the later
/// window rises as 3x² − 2x³ at x = (i + ½) / n, that of the earlier falls as it rises, so that neither
/// value nor slope jumps (the idea of Keshtkaran et al. 2022, *Nature Methods*, AutoLFADS on
/// continuous data). Where three overlap, at the end of a segment, weights are divided by their sum.
/// Nothing fades across a gap.
public struct WindowMerge: Sendable {
    /// The segment of every merged bin.
    public let segments: [Int]
    /// The place of every merged bin in its segment.
    public let bins: [Int]
    /// When every merged bin begins, in seconds by the recording's clock.
    public let seconds: [Double]
    private let parts: [Part]
    private let windowBinCount: Int
    private let binMilliseconds: Double

    /// A window's share of the merged series.
    private struct Part {
        /// Merged place of its first bin.
        let first: Int
        /// One a bin; those of all windows that share a bin add up to 1.
        let weights: [Double]
    }

    /// Finds how the windows of a recording go together.
    /// - Parameters:
    ///   - chop: where the windows were cut.
    ///   - binCount: bins of a window.
    ///   - binMilliseconds: width of a bin.
    public init(_ chop: Recording.Chop, binCount: Int, binMilliseconds: Double) {
        var firsts: [Int] = []
        var (segments, bins, seconds) = ([Int](), [Int](), [Double]())
        for (index, window) in chop.windows.enumerated() {
            let previous = index > 0 ? chop.windows[index - 1] : nil
            let isNew = previous?.segment != window.segment
            let known = isNew ? window.startBin : (previous?.startBin ?? 0) + binCount
            // Places of the bins that no window before had.
            let first = isNew ? segments.count : segments.count - (known - window.startBin)
            for bin in max(known, window.startBin)..<(window.startBin + binCount) {
                segments.append(window.segment)
                bins.append(bin)
                seconds.append(
                    chop.segmentStarts[window.segment] + Double(bin) * binMilliseconds / 1000)
            }
            firsts.append(first)
        }
        let raw = Self.weights(chop, binCount: binCount)
        var sums = [Double](repeating: 0, count: segments.count)
        for (first, weights) in zip(firsts, raw) {
            for (bin, weight) in weights.enumerated() { sums[first + bin] += weight }
        }
        parts = zip(firsts, raw).map { first, weights in
            Part(first: first, weights: weights.enumerated().map { $1 / sums[first + $0] })
        }
        (self.segments, self.bins, self.seconds) = (segments, bins, seconds)
        (windowBinCount, self.binMilliseconds) = (binCount, binMilliseconds)
    }

    private static func weights(_ chop: Recording.Chop, binCount: Int) -> [[Double]] {
        chop.windows.indices.map { index in
            func overlap(with other: Int) -> Int {
                guard chop.windows.indices.contains(other),
                    chop.windows[other].segment == chop.windows[index].segment
                else { return 0 }
                return binCount - abs(chop.windows[other].startBin - chop.windows[index].startBin)
            }
            var weights = [Double](repeating: 1, count: binCount)
            let (before, after) = (max(0, overlap(with: index - 1)), max(0, overlap(with: index + 1)))
            for bin in 0..<before { weights[bin] *= rise(bin, of: before) }
            for bin in 0..<after { weights[binCount - 1 - bin] *= rise(bin, of: after) }
            return weights
        }
    }

    private static func rise(_ bin: Int, of overlap: Int) -> Double {
        let x = (Double(bin) + 0.5) / Double(overlap)
        return x * x * (3 - 2 * x)
    }

    /// Puts a quantity of all windows together.
    ///
    /// - Parameter windows: as many trials as there are windows, `[windows, bins, columns]`.
    /// - Returns: `[1, merged bins, columns]`.
    public func merged(_ windows: TrialArray) -> TrialArray {
        let columns = windows.columnCount
        var sums = [Double](repeating: 0, count: segments.count * columns)
        for (window, part) in parts.enumerated() {
            var place = part.first * columns
            for (bin, weight) in part.weights.enumerated() {
                for value in windows[window, bin] {
                    sums[place] += weight * Double(value)
                    place += 1
                }
            }
        }
        return TrialArray(
            trials: TrialAxis(count: 1),
            bins: BinAxis(count: segments.count, milliseconds: binMilliseconds),
            columns: windows.columns, values: sums.map { Float($0) })
    }

    /// Puts a quantity of all windows together.
    ///
    /// - Parameters:
    ///   - windows: `[windows, bins, columns]`, row-major.
    ///   - columns: how many columns there are.
    /// - Returns: `[merged bins, columns]`, row-major.
    public func merged(_ windows: [Float], columns: Int) -> [Float] {
        merged(
            TrialArray(
                trials: TrialAxis(count: parts.count),
                bins: BinAxis(count: windowBinCount, milliseconds: binMilliseconds),
                columns: ColumnAxis(.channel, count: columns), values: windows)
        ).values
    }
}
