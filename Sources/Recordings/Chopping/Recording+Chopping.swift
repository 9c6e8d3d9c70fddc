/// How a continuous recording is cut into overlapping windows.
public struct ChopSettings: Sendable, Equatable, Codable {
    /// Length of a window, milliseconds.
    public var windowMilliseconds: Double
    /// What a window has in common with the next, milliseconds.
    public var overlapMilliseconds: Double

    /// Says how long windows are, and by how much neighbours overlap.
    public init(windowMilliseconds: Double, overlapMilliseconds: Double) {
        self.windowMilliseconds = windowMilliseconds
        self.overlapMilliseconds = overlapMilliseconds
    }

    /// For the provenance: what came of it.
    func remarks(windows: Int, segments: Int, of all: Int) -> [String: String] {
        var result = [
            ProvenanceKey.chop.rawValue:
                "\(windows) windows of \(plain(windowMilliseconds)) ms, overlapping by "
                + "\(plain(overlapMilliseconds)) ms, from \(segments) segments"
        ]
        if segments < all {
            result[.chopLeftOut] = "\(all - segments) segments shorter than a window"
        }
        return result
    }
}

extension Recording {
    /// Where the windows of a continuous recording were cut from.
    ///
    /// A recording with gaps is a list of segments; a window lies within one of them, and every bin of a
    /// segment lies in a window or two (three at a segment's end).
    public struct Chop: Sendable, Equatable {
        /// One window, which is a trial of the recording.
        public struct Window: Sendable, Equatable {
            /// Place of the continuous stretch that the window was cut from.
            public var segment: Int
            /// First bin, counted from the segment's beginning.
            public var startBin: Int

            /// Says where a window was cut.
            public init(segment: Int, startBin: Int) {
                self.segment = segment
                self.startBin = startBin
            }
        }

        /// One a trial, in the order of time.
        public var windows: [Window]
        /// When each segment begins, in seconds by the recording's clock.
        public var segmentStarts: [Double]

        /// Lists windows and the beginnings of the segments that they lie in.
        public init(windows: [Window], segmentStarts: [Double]) {
            self.windows = windows
            self.segmentStarts = segmentStarts
        }
    }
}

/// A stretch of a recording without a gap.
struct RecordedSegment: Equatable {
    /// Bins, counted over everything that the source holds.
    var bins: Range<Int>
    /// Seconds by the recording's clock.
    var startSeconds: Double
}

/// Windows over segments, in bins.
struct WindowPlan {
    let window: Int
    let overlap: Int

    /// - Throws: `RecordingError.chopDoesNotFit` where window or overlap are no whole numbers of bins,
    ///   or overlap by more than half.
    init(_ settings: ChopSettings, binMilliseconds: Double, source: String) throws {
        func bins(_ milliseconds: Double) -> Int? {
            let ratio = milliseconds / binMilliseconds
            guard ratio.isFinite, ratio >= 0, ratio < 1e9,
                abs(ratio - ratio.rounded()) <= 1e-6 * max(ratio, 1)
            else { return nil }
            return Int(ratio.rounded())
        }
        guard let window = bins(settings.windowMilliseconds), window >= 2,
            let overlap = bins(settings.overlapMilliseconds), overlap * 2 <= window
        else {
            throw RecordingError.chopDoesNotFit(
                source: source, window: settings.windowMilliseconds,
                overlap: settings.overlapMilliseconds, bin: binMilliseconds)
        }
        (self.window, self.overlap) = (window, overlap)
    }

    /// First bins of the windows of a segment. The last window ends with the segment, so that no bin is
    /// lost; it overlaps more. None where the segment is shorter than a window.
    func starts(length: Int) -> [Int] {
        guard length >= window else { return [] }
        var starts = Array(stride(from: 0, through: length - window, by: window - overlap))
        if let last = starts.last, last + window < length { starts.append(length - window) }
        return starts
    }
}

extension Recording {
    /// A recording whose trials, one after another, are one continuous course, cut into windows.
    ///
    /// - Parameter factor: as many bins will be joined to one later; windows begin so that they can be.
    /// - Throws: `RecordingError.chopDoesNotFit`, `.noWindow`
    func chopped(
        _ settings: ChopSettings, segments: [RecordedSegment], factor: Int
    ) throws -> Recording {
        let plan = try WindowPlan(
            settings, binMilliseconds: binMilliseconds * Double(factor), source: session)
        var windows: [(window: Chop.Window, firstRow: Int)] = []
        var used: [RecordedSegment] = []
        for segment in segments {
            let starts = plan.starts(length: segment.bins.count / factor)
            guard !starts.isEmpty else { continue }
            windows += starts.map {
                (
                    Chop.Window(segment: used.count, startBin: $0),
                    segment.bins.lowerBound + $0 * factor
                )
            }
            used.append(segment)
        }
        guard !windows.isEmpty else {
            throw RecordingError.noWindow(
                source: session, windowMilliseconds: settings.windowMilliseconds,
                longestMilliseconds: Double(segments.map(\.bins.count).max() ?? 0) * binMilliseconds)
        }
        let length = plan.window * factor
        var result = cut(atRows: windows.map(\.firstRow), bins: length)
        result.trials = windows.indices.map { Trial(identifier: $0, condition: nil, split: .train) }
        result.chop = Chop(windows: windows.map(\.window), segmentStarts: used.map(\.startSeconds))
        result.provenance.merge(
            settings.remarks(windows: windows.count, segments: used.count, of: segments.count)
        ) { _, own in own }
        return result
    }

    /// Windows of a course, without what is known of each; `rows` are the bins that they begin with.
    func cut(atRows rows: [Int], bins length: Int) -> Recording {
        var result = mapArrays { $0.windows(atRows: rows, bins: length) }
        result.trialCount = rows.count
        result.binCount = length
        result.encodedBinCount = length
        return result
    }
}
