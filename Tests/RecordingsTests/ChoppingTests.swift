import ArrayFiles
import TestSupport
import Testing

@testable import Recordings

@Suite struct ChoppingTests {
    /// Bins × 2 units; unit 0 counts the bins (so that a value tells where it came from).
    private func course(_ bins: Int) -> [Float] {
        (0..<bins).flatMap { [Float($0), Float($0 % 3)] }
    }

    private func write(
        _ folder: String, _ values: [Float], _ extra: (HDF5File) throws -> Void = { _ in }
    ) throws -> RecordingSource {
        let path = folder + "/course.h5"
        try HDF5File.write(to: path) { file in
            try file.write(ShapedArray(shape: [values.count / 2, 2], values: values), to: "spikes")
            try file.setAttribute("bin_ms", to: 10.0)
            try extra(file)
        }
        var source = RecordingSource(
            path: path, format: .binnedHDF5, session: "course", subject: "Tiny", date: "2020-01-02")
        source.axes = [.bins, .units]
        source.chop = ChopSettings(windowMilliseconds: 100, overlapMilliseconds: 40)
        source.split = .everyKthOfCondition(2)
        return source
    }

    @Test func everyBinIsInAWindowAndNoneCrossesAGap() throws {
        try withTemporaryFolder { (folder) throws in
            // Bins 0–46 without a gap, 47 not recorded, 48–59; a jump of the clock at 80.
            var values = course(95)
            values[47 * 2 + 1] = .nan
            var times = (0..<95).map { 5 + Double($0) * 0.01 }
            for bin in 80..<95 { times[bin] += 3 }
            let source = try write(folder, values) { file in
                try file.write(column(times), to: "times")
                try file.write(
                    ShapedArray(shape: [95, 1], values: (0..<95).map { Float($0) / 4 }), to: "behavior")
            }
            let day = try Recording.read(source)
            let chop = try #require(day.chop)
            #expect(chop.segmentStarts == [5, 5.48, 8.8])
            #expect(chop.windows.map(\.segment) == [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2])
            #expect(chop.windows.prefix(8).map(\.startBin) == [0, 6, 12, 18, 24, 30, 36, 37])
            #expect(chop.windows.suffix(2).map(\.startBin) == [0, 5])
            let starts = [0, 48, 80]
            for (index, window) in chop.windows.enumerated() {
                for bin in 0..<10 {
                    let place = starts[window.segment] + window.startBin + bin
                    #expect(day.values[(index * 10 + bin) * 2] == Float(place))
                    #expect(day.behavior[index * 10 + bin] == Float(place) / 4)
                }
            }
            let covered = Set((0..<15).flatMap { w in (0..<10).map { Int(day.values[(w * 10 + $0) * 2]) } })
            #expect(covered == Set(0..<95).subtracting([47]))
            // The canonical file keeps where the windows came from, and the hash depends on it.
            let path = folder + "/canonical.h5"
            try RecordingFile.write(day, to: path)
            let back = try RecordingFile.read(path)
            #expect(back == day)
            var moved = day
            moved.chop?.segmentStarts[0] = 4
            #expect(moved.contentHash != day.contentHash)
        }
    }

    /// A clock may waver, not run away from the bins.
    @Test func timesAndBinsMustAgree() throws {
        try withTemporaryFolder { (folder) throws in
            func refusal(_ times: [Double]) throws -> String {
                let source = try write(folder, course(95)) { try $0.write(column(times), to: "times") }
                return words { _ = try Recording.read(source) }
            }
            let path = folder + "/course.h5"
            let wavering = (0..<95).map { Double($0) * 0.01 + ($0 % 2 == 0 ? 0.004 : 0) }
            #expect(try refusal(wavering) == "nothing was thrown")
            // 1.1 % too slow: half a bin is gone after 45.5 bins.
            #expect(
                try refusal((0..<95).map { Double($0) * 0.01011 })
                    == "\"times\" in \(path): bin 46 begins at 0.46506 s, but at 0.46 s by bins of 10 ms; the usual "
                    + "step is 10.11 ms. Times are seconds: correct them or the width of a bin, or leave times out."
            )
            // Half the width, and milliseconds for seconds.
            #expect(try refusal((0..<95).map { Double($0) * 0.005 }).contains("the usual step is 5 ms."))
            #expect(try refusal((0..<95).map { Double($0) * 10 }).contains("the usual step is 10000 ms."))
            // After a gap the clock counts anew.
            var jumping = (0..<95).map { Double($0) * 0.01 }
            for bin in 40..<95 { jumping[bin] += 0.0158 }
            #expect(try refusal(jumping) == "nothing was thrown")
        }
    }

    @Test func joinedBinsStayWithinAWindow() throws {
        try withTemporaryFolder { (folder) throws in
            var source = try write(folder, course(57))
            source.binMilliseconds = 20
            let day = try Recording.read(source)
            #expect(day.binCount == 5 && day.binMilliseconds == 20)
            // 28 whole bins of 20 ms.
            #expect(day.chop?.windows.map(\.startBin) == [0, 3, 6, 9, 12, 15, 18, 21, 23])
            for (index, window) in try #require(day.chop).windows.enumerated() {
                for bin in 0..<5 {
                    let first = Float((window.startBin + bin) * 2)
                    #expect(day.values[(index * 5 + bin) * 2] == first + first + 1)
                }
            }
            source.chop = ChopSettings(windowMilliseconds: 110, overlapMilliseconds: 40)
            #expect(
                words { _ = try Recording.read(source) }
                    == "course: windows of 110 ms that overlap by 40 ms can't be cut in bins of 20 ms; both "
                    + "must be whole numbers of bins, a window of at least two, overlapping by at most half.")
            source.chop = ChopSettings(windowMilliseconds: 600, overlapMilliseconds: 0)
            #expect(
                words { _ = try Recording.read(source) }
                    == "course: no window of 600 ms fits; the longest stretch without a gap has 570 ms. "
                    + "Choose shorter windows.")
        }
    }

    @Test func trialsAreCoursesOfTheirOwn() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture(trials: 4, bins: 9, units: 2)
            fixture.spikes = (0..<72).map { Float($0 / 2) }
            var source = try fixture.write(folder)
            source.chop = ChopSettings(windowMilliseconds: 250, overlapMilliseconds: 100)
            source.split = .everyKthOfCondition(2)
            let day = try Recording.read(source)
            #expect(day.chop?.windows.map(\.startBin) == [0, 3, 4, 0, 3, 4, 0, 3, 4, 0, 3, 4])
            #expect(day.values[3 * 5 * 2] == 9)
            // 12 windows in stretches of 6.
            #expect(day.trialIndices(.valid) == Array(6..<12))
        }
    }

    // A course cut into windows and put together again is the course.
    @Test(arguments: [(57, 10, 4), (23, 10, 5), (40, 8, 0), (31, 10, 1), (10, 10, 3), (12, 10, 5)])
    func windowsPutTogetherAgainAreTheCourse(bins: Int, window: Int, overlap: Int) throws {
        let settings = ChopSettings(
            windowMilliseconds: Double(window) * 10, overlapMilliseconds: Double(overlap) * 10)
        let recording = Recording(
            session: "course", subject: "Tiny", date: "2020-01-02", binMilliseconds: 10,
            trialCount: 1, binCount: bins + 30, units: [.init(name: "a"), .init(name: "b")],
            values: course(bins + 30),
            trials: [.init(identifier: 0, condition: nil, split: .train)])
        let segments = [
            RecordedSegment(bins: 0..<bins, startSeconds: 1),
            RecordedSegment(bins: bins..<(bins + 3), startSeconds: 50),
            RecordedSegment(bins: (bins + 5)..<(bins + 30), startSeconds: 100),
        ]
        let day = try recording.chopped(settings, segments: segments, factor: 1)
        let merge = WindowMerge(try #require(day.chop), binCount: window, binMilliseconds: 10)
        let expected = Array(0..<bins) + Array((bins + 5)..<(bins + 30))
        let merged = merge.merged(day.values, columns: 2)
        // Weights add up to 1 in double precision.
        for (row, bin) in expected.enumerated() {
            #expect(abs(merged[row * 2] - Float(bin)) <= 1e-6 * Float(bin))
        }
        #expect(merged.count == expected.count * 2)
        #expect(merge.segments == expected.map { $0 < bins ? 0 : 1 })
        for (second, bin) in zip(merge.seconds, expected) {
            let start: Double = bin < bins ? 1 : 100
            let place = bin < bins ? bin : bin - bins - 5
            #expect(abs(second - start - Double(place) * 0.01) < 1e-9)
        }
    }

    @Test func windowsFadeIntoEachOther() {
        let chop = Recording.Chop(
            windows: [.init(segment: 0, startBin: 0), .init(segment: 0, startBin: 6)], segmentStarts: [0])
        let merge = WindowMerge(chop, binCount: 10, binMilliseconds: 10)
        let merged = merge.merged(
            [Float](repeating: 0, count: 10) + [Float](repeating: 1, count: 10), columns: 1)
        // x = 1/8, 3/8, 5/8, 7/8 in 3x² − 2x³.
        let fade: [Float] = [0.04296875, 0.31640625, 0.68359375, 0.95703125]
        #expect(merged == [0, 0, 0, 0, 0, 0] + fade + [1, 1, 1, 1, 1, 1])
    }
}
