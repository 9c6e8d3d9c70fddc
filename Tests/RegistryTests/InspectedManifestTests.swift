import ArrayFiles
import Foundation
import Recordings
import TestSupport
import Testing

@testable import Registry

/// What `inspect` prints can be registered, once what the file can't say has been filled in.
@Suite struct InspectedManifestTests {
    /// The recording that the manifest of a file reads, with the lines of some keys in place of its own.
    private func read(
        _ path: String, _ filled: [String: String] = [:]
    ) throws -> (manifest: String, recording: Recording) {
        let inspection = try FileInspection(path: path)
        #expect(inspection.format != nil && inspection.refusal == nil)
        let values = ["subject": "Rex", "date": "2024-01-15", "source_bin_ms": "20"].merging(filled) { $1 }
        let lines = inspection.manifest.split(separator: "\n").map { line -> String in
            let key = String(line.prefix { $0 != ":" })
            // What the file says is taken; what is asked for has to be there.
            guard line.contains("_,") || line.contains("_]") || line.contains(" _") || filled[key] != nil,
                let value = values[key]
            else { return String(line) }
            return "\(key): \(value)"
        }
        for key in filled.keys {
            #expect(lines.contains { $0.hasPrefix(key + ":") }, "\(key) in\n\(inspection.manifest)")
        }
        let text = lines.joined(separator: "\n")
        do {
            let manifest = try RecordingManifest(ManifestDocument(text: text, path: "a.yaml"))
            return (inspection.manifest, try Recording.read(manifest.source))
        } catch {
            Issue.record("\(error)\n\(inspection.manifest)")
            throw error
        }
    }

    // MARK: Arrays

    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "RecordingsTests/Fixtures")

    @Test(arguments: [
        ("day.npz", "[bins, trials, units]"), ("spikes_tbu.npy", "[trials, bins, units]"),
        ("v6.mat", "[units, bins]"), ("v7.mat", "[units, bins]"), ("v73.mat", "[units, bins]"),
    ])
    func trials(_ name: String, _ axes: String) throws {
        let day = try read(Self.fixtures.appending(path: name).path, ["axes": axes]).recording
        #expect(day.trialCount == 10 && day.binCount == 4 && day.units.count == 3)
    }

    @Test func lfads() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/lfads.h5"
            try HDF5File.write(to: path) { file in
                for name in ["train_encod_data", "valid_encod_data"] {
                    try file.write(
                        ShapedArray(shape: [3, 4, 2], values: (0..<24).map { Float($0 % 3) }), to: name)
                }
            }
            #expect(try read(path).recording.trialCount == 6)
        }
    }

    private static let (bins, units) = (1500, 6)
    private static let formats: [RecordingSource.Format] = [.mat, .npz, .binnedHDF5]

    private static func array(_ shape: [Int], _ value: (Int) -> Double) -> ShapedArray<Double> {
        ShapedArray(shape: shape, values: (0..<shape.reduce(1, *)).map(value))
    }

    private static let counts = array([bins, units]) { Double($0 * $0 % 7 % 3) }
    private static let hand = array([bins, 2]) { Double($0) }
    private static let events = (0..<12).map { 1.5 + 2 * Double($0) }

    /// Registered as it is with chop, but said to be of no format before.
    @Test(arguments: formats) func aCourseAlone(_ format: RecordingSource.Format) throws {
        try withTemporaryFolder { folder in
            let path = try SmallArrays.write(
                [("neural", Self.counts), ("hand", Self.hand)], to: folder + "/a", as: format)
            let (manifest, day) = try read(path, ["axes": "[bins, units]"])
            #expect(manifest.contains("spikes: neural   # 1500 × 6\n"))
            #expect(manifest.contains("chop: {window_ms: 600, overlap_ms: 200}   # without trials\n"))
            #expect(day.chop != nil && day.behaviorNames == ["hand_0", "hand_1"])
        }
    }

    @Test(arguments: formats) func aCourseAndAMatrix(_ format: RecordingSource.Format) throws {
        try withTemporaryFolder { folder in
            let table = Self.array([12, 3]) {
                [Self.events[$0 / 3] - 0.5, Self.events[$0 / 3], Double($0 / 3 % 2)][$0 % 3]
            }
            let path = try SmallArrays.write(
                [("spikeratedata", Self.counts), ("hand", Self.hand), ("trial_table", table)],
                to: folder + "/a",
                as: format)
            let (manifest, day) = try read(
                path,
                [
                    "axes": "[bins, units]", "trials": "{table: trial_table, columns: [start, go, target]}",
                    "align": "{event: go, before_ms: 240, after_ms: 460}", "condition": "target",
                ])
            #expect(
                manifest.contains(
                    "trials: {table: trial_table, columns: [_, _, _]}   # a name for each column, in its order\n"
                        + "align: {event: _, before_ms: 250, after_ms: 450}   # the column with an event's time in "
                        + "seconds\ncondition: none   # or the column that labels a trial\n"), "\(manifest)")
            #expect(day.trialCount == 12 && day.binCount == 35 && day.behaviorNames == ["hand_0", "hand_1"])
            #expect(day.trials[3].condition == "1")
        }
    }

    /// Nothing but the axes is left to be filled in, and with times of the bins not even these.
    @Test(arguments: formats, [false, true])
    func aCourseAndColumns(_ format: RecordingSource.Format, hasTimes: Bool) throws {
        try withTemporaryFolder { folder in
            let prefix = format == .binnedHDF5 ? "task/" : ""
            var arrays = [
                ("neural", Self.counts), (prefix + "go_cue", column(Self.events)),
                (prefix + "target", Self.array([12]) { Double($0 % 2) }), ("bin_ms", column([20.0])),
            ]
            if hasTimes { arrays.append(("time", Self.array([Self.bins]) { Double($0) / 50 })) }
            let path = try SmallArrays.write(
                arrays.map { (name: $0.0, array: $0.1) }, to: folder + "/a", as: format)
            let (manifest, day) = try read(path, hasTimes ? [:] : ["axes": "[bins, units]"])
            #expect(manifest.contains("align: {event: go_cue, before_ms: 250, after_ms: 450}"), "\(manifest)")
            #expect(manifest.contains("trials: {table: task}") == !prefix.isEmpty)
            #expect(day.trialCount == 12 && day.binCount == 35)
            #expect(day.trials.map(\.condition) == (0..<12).map { "\($0 % 2)" })
        }
    }

    @Test(arguments: formats) func spikeTimes(_ format: RecordingSource.Format) throws {
        try withTemporaryFolder { folder in
            let table = Self.array([12, 2]) { [Self.events[$0 / 2], Double($0 / 2 % 2)][$0 % 2] }
            var arrays = [
                ("spike_times", Self.array([900]) { Double($0) / 30 }),
                ("spike_clusters", Self.array([900]) { Double($0 * $0 % 5) }),
                ("go_cue", column(Self.events)), ("target", Self.array([12]) { Double($0 % 2) }),
            ]
            let path = try SmallArrays.write(arrays, to: folder + "/a", as: format)
            let (manifest, day) = try read(path)
            #expect(
                manifest.contains(
                    "spikes: {times: spike_times, units: spike_clusters}   # 900 spikes; times in seconds\nbin_ms: 10\n"
                        + "align: {event: go_cue, before_ms: 250, after_ms: 450}   # or target\ncondition: target\n"
                ),
                "\(manifest)")
            #expect(day.trialCount == 12 && day.binCount == 70)
            // A matrix beside them is the trials.
            arrays = Array(arrays.prefix(2)) + [("session", table)]
            let other = try SmallArrays.write(arrays, to: folder + "/b", as: format)
            let again = try read(
                other,
                [
                    "trials": "{table: session, columns: [go, target]}",
                    "align": "{event: go, before_ms: 250, after_ms: 450}",
                ])
            #expect(again.recording.values == day.values)
        }
    }

    @Test func tripletsAreOfferedBesideACourse() throws {
        try withTemporaryFolder { folder in
            let path = try SmallArrays.write(
                [("triplets", Self.array([90, 3]) { Double($0) }), ("stimulus", column([0.0, 1]))],
                to: folder + "/a", as: .npz)
            let manifest = try FileInspection(path: path).manifest
            #expect(
                manifest.contains(
                    "spikes: {table: triplets, columns: [trial, unit, time], trials: trial, units: unit, times: time}\n"
                ),
                "\(manifest)")
        }
    }

    // MARK: NWB

    /// Intervals of another name, as of files whose stimuli are shown one after another.
    private func table(_ name: String, _ starts: [Double], _ seconds: Double, in file: HDF5File) throws {
        try file.createGroup("intervals/\(name)")
        try file.setAttribute("colnames", to: ["start_time", "stop_time"], of: "intervals/\(name)")
        try file.write(column(starts.indices.map { Int64($0) }), to: "intervals/\(name)/id")
        try file.write(column(starts), to: "intervals/\(name)/start_time")
        try file.write(column(starts.map { $0 + seconds }), to: "intervals/\(name)/stop_time")
    }

    @Test func otherTablesBesideTrials() throws {
        try withTemporaryFolder { folder in
            var file = SmallNWB()
            file.extra = { try table("epochs", [0, 15], 10, in: $0) }
            let (manifest, day) = try read(try file.source(in: folder).path)
            #expect(manifest.contains("trials: {table: trials}   # or epochs\n"), "\(manifest)")
            #expect(
                manifest.contains(
                    "align: {event: go_time, before_ms: 250, after_ms: 450}   # or start_time, stop_time"))
            #expect(day.trialCount == 10)
        }
    }

    @Test func tablesInPlaceOfTrials() throws {
        try withTemporaryFolder { folder in
            var file = SmallNWB()
            file.trialTable = "gratings_presentations"
            file.starts = (0..<40).map { 1 + Double($0) * 0.25 }
            file.stops = file.starts.map { $0 + 0.25 }
            file.events = file.starts
            file.extra = {
                try table("epochs", [0, 15], 10, in: $0)
                try table("invalid_times", [25], 1, in: $0)
            }
            let (manifest, day) = try read(try file.source(in: folder).path)
            #expect(
                manifest.contains("trials: {table: gratings_presentations}   # or epochs\n"), "\(manifest)")
            #expect(manifest.contains("before_ms: 0, after_ms: 250}"))
            #expect(!manifest.contains("chop") && day.trialCount == 40)
        }
    }

    @Test func noTableAtAll() throws {
        try withTemporaryFolder { folder in
            var file = SmallNWB()
            file.trialTable = "invalid_times"
            (file.starts, file.stops, file.events) = ([25], [26], [25])
            let (manifest, day) = try read(try file.source(in: folder).path)
            #expect(manifest.contains("chop: {window_ms: 600, overlap_ms: 200}   # there are no trials"))
            #expect(day.chop?.segmentStarts.count == 2)
        }
    }

    /// Their trials begin with the event that most of them have, and licks are no series.
    @Test func whatWouldBeRefusedIsNotOffered() throws {
        try withTemporaryFolder { folder in
            var file = SmallNWB()
            file.startTime = "1900-01-01T00:00:00+00:00"
            file.columns["go_cue_time"] = [Double](repeating: .nan, count: 10)
            file.events = zip(file.events, file.starts).map { $0 - $1 }
            file.series = [
                .init(
                    name: "lick", shape: [4], values: [1, 1, 1, 1], times: [0.1, 0.2, 7, 9]),
                .init(name: "wheel", shape: [300], values: [Float](repeating: 0, count: 300), start: (0, 10)),
            ]
            let (manifest, day) = try read(try file.source(in: folder).path, ["subject": "Rex"])
            #expect(manifest.contains("align: {event: start_time,"), "\(manifest)")
            #expect(
                manifest.contains(
                    "behavior: [wheel]\n# events to be counted in bins, as behaviour: event_counts: [lick]\n")
            )
            #expect(
                manifest.contains(
                    "date: 1900-01-01   # not the day itself, so it seems; set the one that it was\n"))
            #expect(day.trialCount == 9 || day.trialCount == 10)
        }
    }
}
