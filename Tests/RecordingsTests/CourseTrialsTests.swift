import ArrayFiles
import Foundation
import TestSupport
import Testing

@testable import Recordings

/// A continuous recording of 20 ms bins with behaviour on the same bins, and a table of trials.
private struct SmallCourse {
    static let (bins, units, channels, width) = (600, 4, 2, 0.02)

    /// When each bin begins: from 3.5 s on, with a gap of 1 s in the middle.
    var times = (0..<bins).map { (bin: Int) -> Double in
        3.5 + Double(bin) * width + (bin >= 300 ? 1.0 : 0.0)
    }
    /// In no order, some without an event, some at the edges of the recording and of the gap, none as near to one
    /// bin as to the next.
    var events = (0..<40).map { (trial: Int) -> Double in
        if trial % 13 == 5 { return .nan }
        return 3.300003 + Double(trial * 17 % 40) * 0.331 + Double(trial) * 0.0007
    }
    var targets = (0..<40).map { Double($0 % 3) * 45 }
    var extra: [(name: String, array: ShapedArray<Double>)] = []

    let spikes = numbers(bins * units, seed: 3) { Double($0 % 4) }
    let hand = numbers(bins * channels, seed: 4) { Double($0 % 1000) / 8 }

    private static func numbers(_ count: Int, seed: UInt64, _ number: (UInt64) -> Double) -> [Double] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return number(state >> 33)
        }
    }

    var table: ShapedArray<Double> {
        ShapedArray(
            shape: [events.count, 3],
            values: zip(events, targets).enumerated().flatMap { [Double(100 - $0), $1.0, $1.1] })
    }

    /// With the table as a matrix.
    func source(in folder: String, _ format: RecordingSource.Format) throws -> RecordingSource {
        var arrays: [(name: String, array: ShapedArray<Double>)] = [
            ("spikes", ShapedArray(shape: [Self.bins, Self.units], values: spikes)),
            ("hand", ShapedArray(shape: [Self.bins, Self.channels], values: hand)),
            ("times", column(times)), ("trial_table", table), ("go", column(events)),
            ("target", column(targets)),
        ]
        arrays += extra
        var source = RecordingSource(
            path: try SmallArrays.write(arrays, to: folder + "/course", as: format), format: format,
            session: "course", subject: "Tiny",
            date: "2020-01-02", sourceBinMilliseconds: 20, axes: [.bins, .units],
            behaviorDatasets: [.init("hand", channels: ["x", "y"])],
            eventWindow: .init(event: "go", beforeMilliseconds: 100, afterMilliseconds: 100),
            trialTable: "trial_table", trialColumns: ["number", "go", "target"],
            conditionColumns: ["target"])
        source.datasets.trialIdentifiers = .named("number")
        return source
    }

    /// The rows of the table that have a window, with the bin that it begins with, by looking at every bin.
    func windows(before: Double, bins count: Int) -> [(row: Int, bin: Int)] {
        let rows = events.indices.filter { !events[$0].isNaN }.sorted { events[$0] < events[$1] }
        return rows.compactMap { row in
            let start = events[row] - before / 1000
            let near = times.indices.filter { abs(times[$0] - start) <= Self.width / 2 }
            guard let bin = near.min(by: { abs(times[$0] - start) < abs(times[$1] - start) }),
                bin + count <= times.count,
                times[bin + count - 1] - times[bin] < Double(count) * Self.width
            else { return nil }
            return (row, bin)
        }
    }
}

@Suite struct CourseTrialsTests {
    private static let formats: [RecordingSource.Format] = [.mat, .npz, .binnedHDF5]

    /// Every offset of a window to its event, also those that are no whole number of bins.
    @Test(arguments: formats) func trialsAreThoseThatAreCutByHand(_ format: RecordingSource.Format) throws {
        let course = SmallCourse()
        try withTemporaryFolder { folder in
            var source = try course.source(in: folder, format)
            for before in stride(from: -310.0, through: 310, by: 31) {
                let count = 12
                source.eventWindow = .init(
                    event: "go", beforeMilliseconds: before, afterMilliseconds: 240 - before)
                let day = try Recording.read(source)
                let windows = course.windows(before: before, bins: count)
                #expect(windows.count > 20 && windows.count < 37)
                func cut(_ values: [Double], _ columns: Int) -> [Float] {
                    windows.flatMap { window in
                        values[window.bin * columns..<(window.bin + count) * columns].map { Float($0) }
                    }
                }
                #expect(day.values == cut(course.spikes, SmallCourse.units))
                #expect(day.behavior == cut(course.hand, SmallCourse.channels))
                #expect(day.trials.map(\.identifier) == windows.map { 100 - $0.row })
                #expect(day.trials.map(\.condition) == windows.map { "\(Int(course.targets[$0.row]))" })
                #expect(
                    day.provenance["left_out_trials"]
                        == "3 without go, \(37 - windows.count) not within the recording")
            }
        }
    }

    /// The same as trials × bins × units that somebody cut before.
    @Test func aDayOfTrialsIsTheSame() throws {
        let course = SmallCourse()
        try withTemporaryFolder { folder in
            var source = try course.source(in: folder, .npz)
            source.binMilliseconds = 40
            let day = try Recording.read(source)
            let windows = course.windows(before: 100, bins: 10)
            func cut(_ values: [Double], _ columns: Int) -> ShapedArray<Double> {
                ShapedArray(
                    shape: [windows.count, 10, columns],
                    values: windows.flatMap { values[$0.bin * columns..<($0.bin + 10) * columns] })
            }
            try HDF5File.write(to: folder + "/trials.h5") { file in
                try file.write(cut(course.spikes, SmallCourse.units), to: "spikes")
                try file.write(cut(course.hand, SmallCourse.channels), to: "hand")
                try file.write(column(windows.map { Int64(course.targets[$0.row]) }), to: "condition")
                try file.write(column(windows.map { Int64(100 - $0.row) }), to: "trial_id")
            }
            let trials = RecordingSource(
                path: folder + "/trials.h5", format: .binnedHDF5, session: "course", subject: "Tiny",
                date: "2020-01-02", binMilliseconds: 40, sourceBinMilliseconds: 20,
                behaviorDatasets: [.init("hand", channels: ["x", "y"])])
            #expect(try Recording.read(trials).contentHash == day.contentHash)
        }
    }

    @Test(arguments: formats) func columnsMayBeArrays(_ format: RecordingSource.Format) throws {
        try withTemporaryFolder { folder in
            var course = SmallCourse()
            course.extra = [("number", column((0..<40).map { Double(100 - $0) }))]
            var source = try course.source(in: folder, format)
            let expected = try Recording.read(source)
            source.trialTable = nil
            source.trialColumns = []
            #expect(try Recording.read(source).contentHash == expected.contentHash)
            // Labels beside the matrix.
            source.trialTable = "trial_table"
            source.trialColumns = ["number", "go", "unused"]
            #expect(try Recording.read(source).contentHash == expected.contentHash)
        }
    }

    @Test func aGroupOrATurnedMatrix() throws {
        let course = SmallCourse()
        try withTemporaryFolder { folder in
            var source = try course.source(in: folder, .binnedHDF5)
            let expected = try Recording.read(source).contentHash
            try HDF5File.write(to: source.path) { file in
                try file.write(
                    ShapedArray(shape: [SmallCourse.bins, SmallCourse.units], values: course.spikes),
                    to: "spikes")
                try file.write(
                    ShapedArray(shape: [SmallCourse.bins, SmallCourse.channels], values: course.hand),
                    to: "hand")
                try file.write(column(course.times), to: "times")
                try file.write(course.table.permuted([1, 0]), to: "trial_table")
                try file.createGroup("task")
                try file.write(column((0..<40).map { Int64(100 - $0) }), to: "task/number")
                try file.write(column(course.events), to: "task/go")
                try file.write(column(course.targets.map { "\(Int($0))" }), to: "task/target")
            }
            #expect(try Recording.read(source).contentHash == expected)
            source.trialTable = "task"
            source.trialColumns = []
            #expect(try Recording.read(source).contentHash == expected)
        }
    }

    /// The struct array of make_fixtures.py: ten elements with `id`, `targetCode` and `reaction_time`.
    @Test(arguments: ["v6.mat", "v7.mat", "v73.mat"]) func aStructArray(_ name: String) throws {
        let path = "\(FixtureDay.fixtures)/\(name)"
        let table = try ArrayTable(
            SourceFile(file: MATLABFile(path)), table: "R", columns: [], with: "id", format: .mat)
        #expect(table.rowCount == 10)
        #expect(try table.numbers("id") == (0..<10).map { Double(50 - $0) })
        #expect(try table.texts("targetCode") == (0..<10).map { "\($0 % 2)" })
        #expect(table.has("target") && !table.has("spikes_tbu"))
        #expect(try table.texts("target") == (0..<10).map { $0 % 2 == 0 ? "left" : "right" })
        #expect(
            words { try table.numbers("targetcode") }.hasPrefix(
                "\(path): the table \"R\" has no column \"targetcode\"; it has, nearest name first: "
                    + "targetCode, "))
    }

    @Test func whatTheTableSaysElse() throws {
        var course = SmallCourse()
        course.times = (0..<SmallCourse.bins).map { Double($0) * SmallCourse.width }
        course.events = (0..<10).map { Double($0) + 1 }
        course.targets = [Double](repeating: 0, count: 10)
        course.extra = [
            ("split", column((0..<10).map { Double($0 % 3) })),
            ("success", column((0..<10).map { $0 == 4 ? 0 : 1.0 })),
            ("reaction_time", column((0..<10).map { $0 == 2 ? .nan : Double($0) / 10 })),
            ("start_time", column((0..<10).map { $0 == 6 ? 7.5 : Double($0) + 0.5 })),
            ("stop_time", column((0..<10).map { Double($0) + 1.5 })),
        ]
        try withTemporaryFolder { folder in
            var source = try course.source(in: folder, .npz)
            // By a rate and a start in place of times.
            source.datasets.times = .omitted
            source.trialFilters = [.init(column: "success", values: ["true"])]
            source.trialScalars = ["reaction_time"]
            source.trialColumns = ["number", "go", "target"]
            let day = try Recording.read(source)
            #expect(day.trials.map(\.identifier) == [0, 1, 2, 3, 5, 7, 8, 9].map { 100 - $0 })
            #expect(
                day.trials.map(\.split) == [0, 1, 2, 3, 5, 7, 8, 9].map { [.train, .valid, .test][$0 % 3] })
            #expect(day.behaviorNames == ["x", "y", "reaction_time"])
            #expect(day.provenance["left_out_trials"] == "1 success differs, 1 with go outside the trial")
            #expect(day.provenance["align"] == "go, from 100 ms before to 100 ms after")
            #expect(day.provenance["trials"] == "trial_table" && day.provenance["condition"] == "target")
            // Bins that begin half a second before the clock of the events.
            source.trialFilters = []
            source.split = .everyKthOfCondition(4)
            for start in [0, -0.5] {
                source.startSeconds = start
                let day = try Recording.read(source)
                let first = Int(((1 - start - 0.1) / SmallCourse.width).rounded()) * SmallCourse.units
                #expect(Array(day.values[..<40]) == course.spikes[first..<first + 40].map { Float($0) })
                #expect(day.trials[7].split == .valid)
            }
        }
    }

    @Test func mistakes() throws {
        try withTemporaryFolder { folder in
            var course = SmallCourse()
            let right = try course.source(in: folder, .npz)
            func message(_ change: (inout RecordingSource) -> Void) -> String { refusal(of: right, change) }
            #expect(
                message { $0.eventWindow?.event = "og" }
                    == "FILE: the table \"trial_table\" has no column \"og\"; it has, nearest name first: go, target, "
                    + "number.")
            #expect(
                message { $0.trialColumns = ["number", "go"] }
                    == "FILE: the manifest names 2 columns, but \"trial_table\" has 40 × 3 entries. Name every column "
                    + "of the matrix, in its order; those that you don't need too.")
            #expect(
                message { $0.trialColumns = [] }
                    == "FILE: \"trial_table\" is an array of 40 × 3 entries, and nothing says what its columns are. Name "
                    + "all of them beside the table, such as {table: trial_table, columns: [start_time, go_time, …]}."
            )
            #expect(
                message { $0.axes = [] }
                    == "\"spikes\" in FILE has shape 600 × 4, and the manifest doesn't say which axis is which; set axes "
                    + "to bins and units, in the order of that shape, such as axes: [bins, units].")
            #expect(
                message { $0.eventWindow?.afterMilliseconds = 105 }
                    == "FILE: from 100 ms before to 105 ms after the event is no whole number of bins of 20 ms, or none "
                    + "at all.")
            // A width that only overflows once it is counted in nanoseconds.
            #expect(
                message {
                    $0.datasets.times = .omitted
                    $0.sourceBinMilliseconds = 1e12
                    $0.eventWindow = .init(event: "go", beforeMilliseconds: 0, afterMilliseconds: 1e17)
                }
                    == "FILE: from 0 ms before to 1e+17 ms after the event is more than 100000 bins of 1000000000000 ms, or "
                    + "more than a day away. Choose shorter windows or wider bins.")
            #expect(
                message { $0.axes = RecordingSource.Axis.standard }
                    == "\"spikes\" in FILE has shape 600 × 4, and the manifest doesn't say which axis is which; set axes "
                    + "to bins and units, in the order of that shape, such as axes: [bins, units].")
            let wide = message { $0.eventWindow?.afterMilliseconds = 2000 }
            #expect(wide.hasPrefix("FILE: the windows of trials "), "\(wide)")
            course.events = (0..<40).map { 4000 + 300 * Double($0) }
            let milliseconds = try course.source(in: folder, .npz)
            #expect(
                words { _ = try Recording.read(milliseconds) }
                    == "\(milliseconds.path): no window around go is within the recording. Windows are from 3999.9 to "
                    + "15700.1, the bins from 3.5 to 16.5 s; both must be seconds by the same clock. times or start_s "
                    + "say when bins begin.")
        }
    }
}
