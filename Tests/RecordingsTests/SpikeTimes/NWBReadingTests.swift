import ArrayFiles
import Foundation
import TestSupport
import Testing

@testable import Recordings

/// Files that pynwb wrote (make_nwb.py), in the layouts of the Neural Latents Benchmark, and what numpy
/// made of them.
@Suite struct NWBReadingTests {
    static let folder = NWBFixtures.committed

    struct Expected {
        let file: HDF5File
        let name: String

        init(_ name: String, in folder: String = NWBReadingTests.folder) throws {
            file = try HDF5File.open(folder + "/expected.h5")
            self.name = name
        }

        func floats(_ array: String) throws -> [Float] { try file.floats("\(name)/\(array)").values }
        func integers(_ array: String) throws -> [Int] {
            try file.integers("\(name)/\(array)").values.map { Int($0) }
        }
        func texts(_ array: String) throws -> [String] { try file.strings("\(name)/\(array)").values }
    }

    static func source(_ name: String, in folder: String = folder) -> RecordingSource {
        RecordingSource(
            path: "\(folder)/\(name).nwb", format: .nwb, session: name, subject: "", date: "")
    }

    static func maze(in folder: String = folder) -> RecordingSource {
        var source = source("mc_maze", in: folder)
        source.binMilliseconds = 10
        source.eventWindow = .init(
            event: "move_onset_time", beforeMilliseconds: 250, afterMilliseconds: 450)
        source.conditionColumns = ["trial_type", "trial_version"]
        return source
    }

    @Test func maze() throws { for folder in NWBFixtures.folders { try Self.check(mazeIn: folder) } }

    static func check(mazeIn folder: String) throws {
        var source = maze(in: folder)
        source.behaviorChannels = ["hand_pos"]
        let day = try Recording.read(source)
        let expected = try Expected("mc_maze", in: folder)
        #expect(day.values == (try expected.floats("counts")))
        #expect(day.trials.map(\.identifier) == (try expected.integers("trial_id")))
        #expect(day.trials.map(\.condition) == (try expected.texts("condition")))
        #expect(day.trials.map { $0.split == .valid } == (try expected.integers("valid").map { $0 != 0 }))
        #expect(day.units.map(\.name) == (try expected.integers("unit_id").map(String.init)))
        #expect(day.units.map(\.heldOut) == (try expected.integers("held_out").map { $0 != 0 }))
        #expect([day.subject, day.date] == ["Jenkins", "2009-09-18"])
        #expect(day.behaviorNames == ["hand_pos_0", "hand_pos_1"])
        expectClose(day.behavior, try expected.floats("hand_pos"))
        #expect(
            day.provenance["left_out_trials"]
                == "2 in no training or validation set, 1 without move_onset_time")
        #expect(day.provenance["spikes_outside_windows"] == "\(try expected.integers("outside")[0])")
        #expect(day.provenance["nwb.session_start_time"] == "2009-09-18T12:00:00+00:00")
        #expect(day.provenance["nwb.subject.species"] == "Macaca mulatta")
        #expect(day.provenance["behavior.hand_pos"] == "processing/behavior/hand_pos in mm")
        #expect(day.provenance["split"] == "from the file")
    }

    @Test func bump() throws { for folder in NWBFixtures.folders { try Self.check(bumpIn: folder) } }

    static func check(bumpIn folder: String) throws {
        var source = source("area2_bump", in: folder)
        source.binMilliseconds = 10
        source.eventWindow = .init(
            event: "move_onset_time", beforeMilliseconds: 100, afterMilliseconds: 500)
        source.conditionColumns = ["ctr_hold_bump", "cond_dir"]
        source.behaviorChannels = ["force", "processing/behavior/Position/hand_pos"]
        let day = try Recording.read(source)
        let expected = try Expected("area2_bump", in: folder)
        #expect(day.values == (try expected.floats("counts")))
        #expect(day.trials.map(\.condition) == (try expected.texts("condition")))
        #expect(day.trials.map { $0.split == .valid } == (try expected.integers("valid").map { $0 != 0 }))
        #expect(day.behaviorNames == ["force", "hand_pos_0", "hand_pos_1"])
        func channels(_ wanted: Range<Int>) -> [Float] {
            (0..<day.behavior.count / 3).flatMap { row in wanted.map { day.behavior[row * 3 + $0] } }
        }
        expectClose(channels(0..<1), try expected.floats("force"))
        expectClose(channels(1..<3), try expected.floats("hand_pos"))

        source.behaviorChannels = ["hand_pos"]
        #expect(
            words { _ = try Recording.read(source) }
                == "\(source.path) has several time series \"hand_pos\"; name one by its path: "
                + "acquisition/hand_pos, processing/behavior/Position/hand_pos.")
        source.behaviorChannels = ["forces"]
        #expect(
            words { _ = try Recording.read(source) }
                == "\(source.path) has no time series \"forces\"; it has, nearest name first: force, "
                + "hand_pos.")
    }

    @Test func timing() throws { for folder in NWBFixtures.folders { try Self.check(timingIn: folder) } }

    static func check(timingIn folder: String) throws {
        var source = source("dmfc_rsg", in: folder)
        source.binMilliseconds = 20
        source.eventWindow = .init(event: "set_time", beforeMilliseconds: 400, afterMilliseconds: 0)
        source.conditionColumns = ["is_eye", "is_short"]
        source.trialScalars = ["ts"]
        source.split = .everyKthOfCondition(2)
        let day = try Recording.read(source)
        let expected = try Expected("dmfc_rsg", in: folder)
        #expect(day.values == (try expected.floats("counts")))
        #expect(day.trials.map(\.condition) == (try expected.texts("condition")))
        #expect(day.behaviorNames == ["ts"])
        #expect(
            day.behavior == (try expected.floats("ts")).flatMap { [Float](repeating: $0, count: 20) })
        // The second and fourth trial of 0/1 and of 1/1; the others have one trial each.
        #expect(day.trialIndices(.valid) == [2, 3, 7, 8])
    }

    @Test(arguments: [("all", UnitSelection.Unobserved.dropTrials), ("two", .dropUnits)])
    func windows(_ name: String, _ unobserved: UnitSelection.Unobserved) throws {
        for folder in NWBFixtures.folders { try Self.check(windowsIn: folder, name, unobserved) }
    }

    static func check(
        windowsIn folder: String, _ name: String, _ unobserved: UnitSelection.Unobserved
    ) throws {
        var source = source("continuous", in: folder)
        source.binMilliseconds = 20
        source.chop = ChopSettings(windowMilliseconds: 600, overlapMilliseconds: 200)
        source.behaviorChannels = ["wheel"]
        source.units.unobserved = unobserved
        let day = try Recording.read(source)
        let expected = try Expected("continuous/\(name)", in: folder)
        #expect(day.values == (try expected.floats("counts")))
        #expect(day.chop?.windows.map(\.segment) == (try expected.integers("segment")))
        #expect(day.chop?.windows.map(\.startBin) == (try expected.integers("start_bin")))
        #expect(
            day.chop?.segmentStarts == (try expected.file.doubles("continuous/\(name)/segment_start").values))
        expectClose(day.behavior, try expected.floats("wheel"))
        #expect(day.trials.allSatisfy { $0.condition == nil })
        #expect(
            (day.provenance["removed_units"] ?? "")
                == (name == "all" ? "" : "2 (not observed in all trials)"))
    }

    @Test func whatIsAmbiguousIsRefused() throws {
        var source = Self.source("continuous")
        source.binMilliseconds = 20
        source.chop = ChopSettings(windowMilliseconds: 600, overlapMilliseconds: 200)
        #expect(
            words { _ = try Recording.read(source) }
                == "\(source.path): 1 of 3 units (2) were not observed (obs_intervals) in some of the 25 "
                + "windows that others were observed in. Choose units: {unobserved: drop-units} or "
                + "{unobserved: drop-trials}.")
        source = Self.source("mc_maze")
        #expect(
            words { _ = try Recording.read(source) }
                == "\(source.path) holds spike times; set bin_ms in the manifest.")
        source.binMilliseconds = 10
        #expect(
            words { _ = try Recording.read(source) }
                == "\(source.path): trials have lengths of their own. Say which part of them is wanted: "
                + "align: {event: COLUMN, before_ms: 250, after_ms: 450} with one of the columns "
                + "start_time, stop_time, target_on_time, go_cue_time, move_onset_time, or cut the whole "
                + "recording with chop: {window_ms: 600, overlap_ms: 200}.")
        source = Self.maze()
        source.date = "2009-09-19"
        #expect(
            words { _ = try Recording.read(source) }
                == "\(source.path) says that its date is 2009-09-18, the manifest says 2009-09-19. "
                + "Correct the manifest, or leave the key out.")
    }

    @Test func unitsAndTrialsAreChosenByColumns() throws {
        var source = Self.maze()
        source.behaviorChannels = ["hand_pos"]
        source.trialFilters = [.init(column: "success", values: ["true"])]
        source.units.filters = [
            .init(column: "location", values: ["PMd"]), .init(column: "quality", values: ["good"]),
        ]
        source.units.omitted = ["14"]
        let day = try Recording.read(source)
        #expect(day.units.map(\.name) == ["10", "12"])
        #expect(
            day.provenance["removed_units"]
                == "11 (location is M1), 13 (location is M1), 15 (location is M1), "
                + "14 (omitted by the manifest)")
        #expect(!day.trials.map(\.identifier).contains(6))
        source.units.filters = [.init(column: "electrode_group", values: ["group_M1"])]
        source.units.omitted = []
        source.units.heldOutColumn = .omitted
        let other = try Recording.read(source)
        #expect(other.units.map(\.name) == ["11", "13", "15"] && other.units.allSatisfy { !$0.heldOut })
        source.units.filters = [.init(column: "electrode", values: ["0", "4"])]
        #expect(try Recording.read(source).units.map(\.name) == ["10", "14"])
        source.units.filters = [.init(column: "location", values: ["V1"])]
        #expect(
            words { _ = try Recording.read(source) }
                == "\(source.path): nothing has location: V1; the column holds M1, PMd.")
        source.units.filters = [.init(column: "qualty", values: ["good"])]
        #expect(
            words { _ = try Recording.read(source) }.hasPrefix(
                "\(source.path): the table \"units\" has no column \"qualty\"; it has, nearest name first: "
                    + "quality, "))
    }

    // Unit 15 has two thirds of unit 12's spikes besides its own.
    @Test func crossTalkIsFoundInBinsOfAMillisecond() throws {
        var source = Self.maze()
        source.units.maximumCoincidence = 0.3
        let day = try Recording.read(source)
        #expect(day.units.map(\.name) == ["10", "11", "12", "13", "14"])
        #expect(
            day.provenance["removed_units"]?.hasPrefix("15 (shares spikes with 12, correlation 0.") == true)
    }
}

/// Elementwise, relative: sums of a few dozen products in double precision, stored as single. Times are
/// whole nanoseconds here, which moves a value between samples 1/30 s apart by 3e-8 of their difference.
func expectClose(_ found: [Float], _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(found.count == expected.count, sourceLocation: sourceLocation)
    let wrong = zip(found, expected).filter { found, expected in
        found.isNaN != expected.isNaN
            || abs(found - expected) > 2e-6 * max(abs(expected), 1e-2)
    }
    #expect(wrong.isEmpty, "\(wrong.count) differ, first \(wrong.prefix(3))", sourceLocation: sourceLocation)
}
