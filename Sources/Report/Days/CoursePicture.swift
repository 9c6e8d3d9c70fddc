import Evaluation
import Recordings
import TrialArrays

/// A stretch of a continuous recording, its windows put together again: held-out ones, and training ones on
/// both sides as far as there is room.
struct CoursePicture {
    /// When it begins, in seconds by the recording's clock.
    let start: Double
    /// Of the course, in seconds.
    let duration: Double
    /// Middles of its bins, seconds from its beginning.
    let seconds: [Double]
    /// Beginning and end of what training has not seen, seconds from the course's beginning.
    let heldOut: ClosedRange<Double>
    let unitNames: [String]
    /// `[units, bins]`: spikes, none where a unit was not observed; and the rates inferred from them, per second where they are spikes.
    let counts: [[Double]]
    let rates: [[Double]]
    let factorNames: [String]
    /// `[factors, bins]`
    let factors: [[Double]]
    /// `[inputs, bins]`; empty without a controller.
    let inputs: [[Double]]

    /// `nil` for a recording with trials.
    init?(_ day: InferredDay) {
        guard let chop = day.recording.chop else { return nil }
        let length = day.recording.binCount
        let windows = chop.windows
        guard let unseen = Self.longestRun(of: day.testedTrials, in: windows) else { return nil }
        let shown = Self.widened(unseen, in: windows, windowLength: length)
        let merge = WindowMerge(
            Recording.Chop(windows: Array(windows[shown]), segmentStarts: chop.segmentStarts),
            binCount: length, binMilliseconds: day.recording.binMilliseconds)
        // A held-out run may be longer than there is room for.
        let bins = min(merge.seconds.count, Thinning.courseBins)
        let binSeconds = day.recording.binMilliseconds / 1000
        let origin = windows[shown.lowerBound].startBin
        func seconds(atBin bin: Int) -> Double { Double(bin - origin) * binSeconds }
        func rows(_ array: TrialArray, _ columns: [Int], scale: Double) -> [[Double]] {
            let course = merge.course(array.selecting(trials: Array(shown)))
            return columns.map { column in
                (0..<bins).map { Double(course[0, $0, column]) * scale }
            }
        }
        start = merge.seconds[0]
        duration = Double(bins) * binSeconds
        self.seconds = (0..<bins).map { (Double($0) + 0.5) * binSeconds }
        let end = seconds(atBin: windows[unseen.upperBound - 1].startBin + length)
        heldOut = seconds(atBin: windows[unseen.lowerBound].startBin)...min(end, duration)
        let units = Thinning.evenly(day.recording.units.count, most: Thinning.courseUnits)
        unitNames = units.map { day.recording.units[$0].name }
        // What was not observed is a gap, as in all pictures.
        counts = rows(day.counts, units, scale: 1)
        rates = rows(day.rates, units, scale: day.isPoisson ? day.binsPerSecond : 1)
        let columns = Thinning.evenly(day.factors.columnCount, most: Thinning.components)
        factorNames = columns.map { "factor \($0)" }
        factors = rows(day.factors, columns, scale: 1)
        inputs =
            day.inferredInputs.map {
                rows($0, Thinning.evenly($0.columnCount, most: Thinning.components), scale: 1)
            } ?? []
    }

    private typealias Window = Recording.Chop.Window

    /// Neighbours that are all held out, without a gap between them; the first where several are as long.
    private static func longestRun(of heldOut: [Int], in windows: [Window]) -> Range<Int>? {
        var best: Range<Int>?
        var run: Range<Int>?
        for index in heldOut.sorted() {
            if let known = run, known.upperBound == index,
                windows[index].segment == windows[known.lowerBound].segment
            {
                run = known.lowerBound..<(index + 1)
            } else {
                run = index..<(index + 1)
            }
            if let run, run.count > best?.count ?? 0 { best = run }
        }
        return best
    }

    /// With neighbours of the same segment on either side in turn, as long as there is room.
    private static func widened(
        _ run: Range<Int>, in windows: [Window], windowLength: Int
    ) -> Range<Int> {
        func fits(_ wider: Range<Int>) -> Bool {
            guard windows.indices.contains(wider.lowerBound), wider.upperBound <= windows.count else {
                return false
            }
            let (first, last) = (windows[wider.lowerBound], windows[wider.upperBound - 1])
            return first.segment == last.segment
                && last.startBin + windowLength - first.startBin <= Thinning.courseBins
        }
        var range = run
        var isGrowing = true
        while isGrowing {
            isGrowing = false
            let sides = [
                { range.lowerBound - 1..<range.upperBound }, { range.lowerBound..<range.upperBound + 1 },
            ]
            for side in sides where fits(side()) {
                range = side()
                isGrowing = true
            }
        }
        return range
    }
}
