import ArrayFiles
import TrialArrays

/// Continuous recordings: bins × units without trials, which windows or trials are cut from.
extension BinnedFileReader {
    /// Whether bins are one course, without trials.
    var isContinuous: Bool { !source.axes.contains(.trials) }

    /// Cut into windows: one course with gaps, or trials that are courses of their own.
    func readWindows(_ chop: ChopSettings) throws -> Recording {
        let course = try readCourse()
        let factor = try source.binMilliseconds.map { try course.recording.factor(to: $0) } ?? 1
        return try course.recording.chopped(chop, segments: course.segments, factor: factor)
    }

    /// Cut around an event of each trial that a table has. A window begins with the bin whose beginning is nearest.
    func readTrials(
        around window: RecordingSource.EventWindow
    ) throws -> (recording: Recording, hasSplit: Bool) {
        guard isContinuous else {
            throw RecordingError.axesUnknown(
                source: file.path, dataset: source.datasets.spikes,
                shape: try file.file.shape(of: source.datasets.spikes), known: [.bins, .units])
        }
        let course = try readCourse()
        let wanted = source.binMilliseconds ?? course.recording.binMilliseconds
        let binCount =
            try window.binCount(ofMilliseconds: wanted, in: file.path) * course.recording.factor(to: wanted)
        let places = try CoursePlaces(course, in: file.path)
        var trials = try AlignedTrials(ArrayTable(source, file), source, window)
        try places.requireSameClock(trials.starts, bins: binCount, event: window.eventName)
        trials.leaveOut("not within the recording") { places.row(at: $0, bins: binCount) == nil }
        let remarks = try trials.remarks(length: Int64(binCount) * places.width)
        var result = course.recording.cut(
            atRows: trials.starts.compactMap { places.row(at: $0, bins: binCount) }, bins: binCount)
        result.trials = trials.trials
        let behavior = try result.behaviorArray.appending(scalars: trials.scalars, in: file.path)
        (result.behaviorNames, result.behavior) = (behavior.columns.names, behavior.values)
        result.provenance.merge(remarks) { _, own in own }
        return (result, trials.hasSplit)
    }

    /// A continuous recording, its stretches without gaps, and when each bin begins, in seconds.
    struct Course {
        var recording: Recording
        var segments: [RecordedSegment]
        var binStarts: [Double]
    }

    private func readCourse() throws -> Course {
        let (recording, _, missingBins) = try readContent()
        let (bins, seconds) = (recording.binCount, recording.binMilliseconds / 1000)
        guard isContinuous else {
            let starts = (0..<recording.trialCount * bins).map { Double($0) * seconds }
            let segments = (0..<recording.trialCount).map { trial in
                RecordedSegment(
                    bins: (trial * bins)..<((trial + 1) * bins), startSeconds: starts[trial * bins])
            }
            return Course(recording: recording, segments: segments, binStarts: starts)
        }
        let times = try file.name(source.datasets.times, usual: "times").map {
            try file.ascendingTimes($0, count: bins, like: source.datasets.spikes)
        }
        try times.map { try requireClock($0, binSeconds: seconds, missing: missingBins) }
        let starts = times ?? (0..<bins).map { source.startSeconds + Double($0) * seconds }
        var segments: [RecordedSegment] = []
        var first: Int?
        for bin in 0...bins {
            let isGap = bin == bins || missingBins.contains(bin)
            // Half a bin is more than a clock's unevenness within one.
            let isJump = bin > 0 && bin < bins && Self.isJump(starts, at: bin, seconds)
            if let start = first, isGap || isJump {
                segments.append(RecordedSegment(bins: start..<bin, startSeconds: starts[start]))
                first = nil
            }
            if !isGap, first == nil { first = bin }
        }
        return Course(recording: recording, segments: segments, binStarts: starts)
    }

    private static func isJump(_ times: [Double], at bin: Int, _ binSeconds: Double) -> Bool {
        times[bin] - times[bin - 1] > 1.5 * binSeconds
    }

    /// Between gaps a course goes on bin by bin: its clock may waver by half a bin, not run away from them.
    private func requireClock(_ times: [Double], binSeconds: Double, missing: Set<Int>) throws {
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }.sorted()
        guard !steps.isEmpty else { return }
        let step = steps[steps.count / 2]
        // Most steps are jumps where the unit is wrong.
        let isUnlike = step > 1.5 * binSeconds
        var first = 0
        for bin in times.indices.dropFirst() {
            if Self.isJump(times, at: bin, binSeconds) || missing.contains(bin - 1) { first = bin }
            let expected = times[first] + Double(bin - first) * binSeconds
            guard abs(times[bin] - expected) <= binSeconds / 2, !isUnlike else {
                throw RecordingError.timesUnlikeBins(
                    source: file.path, dataset: file.timesName(source), bin: bin, time: times[bin],
                    expected: expected, binMilliseconds: binSeconds * 1000, stepMilliseconds: step * 1000)
            }
        }
    }

    /// A bin in which any unit has NaN wasn't recorded; where NaN stands for what was not observed, one in which all
    /// units have. Its values are set to 0; no window holds it.
    static func clearMissingBins(
        of array: inout ShapedArray<Float>, _ notObserved: RecordingSource.NotObserved?
    ) -> Set<Int> {
        let units = 0..<array.shape[2]
        let missing = Set(
            (0..<array.shape[1]).filter { bin in
                notObserved == nil
                    ? units.contains { array[0, bin, $0].isNaN }
                    : units.allSatisfy { array[0, bin, $0].isNaN }
            })
        for bin in missing {
            for unit in units { array[0, bin, unit] = 0 }
        }
        return missing
    }
}

/// Where in a course a time is, in nanoseconds.
private struct CoursePlaces {
    /// Of a bin.
    let width: Int64
    private let path: String
    private let binStarts: [Int64]
    /// Where the stretch ends that a bin lies in; 0 for a bin that wasn't recorded.
    private let segmentEnds: [Int]

    init(_ course: BinnedFileReader.Course, in path: String) throws {
        self.path = path
        width = Nanoseconds.rounding(milliseconds: course.recording.binMilliseconds) ?? 0
        binStarts = try Nanoseconds.rounding(course.binStarts, of: "the beginnings of bins", in: path)
        var ends = [Int](repeating: 0, count: binStarts.count)
        for segment in course.segments {
            for bin in segment.bins { ends[bin] = segment.bins.upperBound }
        }
        segmentEnds = ends
    }

    /// The bin that a window begins with; `nil` if not all of its bins were recorded, one after another.
    func row(at start: Int64, bins count: Int) -> Int? {
        let after = SpikeBinning.firstIndex(in: binStarts, notBefore: start)
        // Of two bins as near, the later.
        let nearest = [after, after - 1].filter(binStarts.indices.contains)
            .min { abs(binStarts[$0] - start) < abs(binStarts[$1] - start) }
        guard let nearest, 2 * abs(binStarts[nearest] - start) <= width,
            nearest + count <= segmentEnds[nearest]
        else { return nil }
        return nearest
    }

    /// Not a single window is within the recording: milliseconds for seconds, or another clock.
    func requireSameClock(_ starts: [Int64], bins count: Int, event: String) throws {
        guard let first = starts.first, let last = starts.last, let begin = binStarts.first,
            let end = binStarts.last, !starts.contains(where: { row(at: $0, bins: count) != nil })
        else { return }
        let length = Int64(count) * width
        throw TableError.eventsElsewhere(
            path: path, event: event,
            windows: Nanoseconds.seconds(first)...Nanoseconds.seconds(last + length),
            recording: Nanoseconds.seconds(begin)...Nanoseconds.seconds(end + width))
    }
}
