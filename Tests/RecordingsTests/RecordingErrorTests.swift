import ArrayFiles
import Foundation
import Recordings
import TestSupport
import Testing

@Suite struct RecordingErrorTests {
    /// The words of reading a file that the closure has spoilt.
    private func words(of folder: String, _ spoil: (inout BinnedFixture) -> Void) throws -> String {
        try words(of: folder, source: { _ in }, spoil)
    }

    private func words(
        of folder: String, source change: (inout RecordingSource) -> Void
    ) throws -> String {
        try words(of: folder, source: change, { _ in })
    }

    private func words(
        of folder: String, source change: (inout RecordingSource) -> Void,
        _ spoil: (inout BinnedFixture) -> Void
    ) throws -> String {
        var fixture = BinnedFixture()
        spoil(&fixture)
        var source = try fixture.write(folder)
        change(&source)
        return TestSupport.words { _ = try Recording.read(source) }
    }

    @Test func filesThatCannotBeRead() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            var source = try BinnedFixture().write(folder)
            source.path = folder + "/none.h5"
            #expect(
                TestSupport.words { _ = try Recording.read(source) }
                    == "There is no file at \(folder)/none.h5.")
            source.path = path
            let whole = try bytes(of: path)
            try AtomicFile.write(Array(whole.dropLast(100)), to: path)
            #expect(
                TestSupport.words { _ = try Recording.read(source) }
                    == "\(path) begins like an HDF5 file but can't be opened: it is truncated or "
                    + "damaged. Copy it again from its source.")
            try AtomicFile.write(Array("MATLAB 5.0 MAT-file".utf8), to: path)
            #expect(
                TestSupport.words { _ = try Recording.read(source) }
                    == "\(path) is not an HDF5 file.")
            #expect(throws: RecordingError.file(.notHDF5(path: path))) {
                try Recording.read(source)
            }
        }
    }

    @Test func missingDatasets() throws {
        try withTemporaryFolder { (folder) throws in
            #expect(
                try words(of: folder, source: { $0.datasets.spikes = "spike" })
                    == "\(folder)/day.h5 has no dataset \"spike\"; "
                    + "it holds, nearest name first: spikes.")
            #expect(
                try words(of: folder, source: { $0.datasets.condition = .named("target") })
                    == "\(folder)/day.h5 has no dataset \"target\"; "
                    + "it holds, nearest name first: spikes.")
            #expect(
                try words(of: folder, source: { $0.format = .lfadsHDF5 })
                    == "\(folder)/day.h5 has no dataset \"train_encod_data\"; "
                    + "it holds, nearest name first: spikes.")
        }
    }

    @Test func shapesThatDisagree() throws {
        try withTemporaryFolder { (folder) throws in
            #expect(
                try words(of: folder) { fixture in
                    fixture.extra = {
                        try $0.write(
                            ShapedArray(
                                shape: [9, 4, 1], values: [Float](repeating: 0, count: 36)),
                            to: "behavior")
                    }
                }
                    == "\"behavior\" in \(folder)/day.h5 has shape 9 × 4 × 1; expected 10 × 4 × any "
                    + "(trials × bins × channels), to agree with \"spikes\".")
            #expect(
                try words(of: folder, source: { $0.datasets.spikes = "flat" }) { fixture in
                    fixture.extra = {
                        try $0.write(
                            ShapedArray<Float>(shape: [1, 2], values: [0, 0]), to: "flat")
                    }
                }
                    == "\"flat\" in \(folder)/day.h5 has shape 1 × 2; expected any × any × any "
                    + "(trials × bins × units).")
            #expect(
                try words(of: folder) { fixture in
                    fixture.extra = { try $0.write(column([Int32(1), 2]), to: "unit_id") }
                } == "\"unit_id\" in \(folder)/day.h5 has shape 2; expected 3 (units).")
            #expect(
                try words(of: folder) { fixture in
                    fixture.extra = {
                        try $0.write(ShapedArray<Int32>(shape: [], values: [2]), to: "condition")
                    }
                }
                    == "\"condition\" in \(folder)/day.h5 has shape of a single value; expected 10 "
                    + "(trials), to agree with \"spikes\".")
        }
    }

    @Test(arguments: [
        (Float(-1), "-1", "is negative"), (1.5, "1.5", "is not a whole number"),
        (.nan, "nan", "is not finite"), (.infinity, "inf", "is not finite"),
        (-.infinity, "-inf", "is not finite"), (1e8, "100000000", "is too large to be a count"),
    ]) func countsThatAreNoCounts(value: Float, printed: String, problem: String) throws {
        try withTemporaryFolder { (folder) throws in
            #expect(
                try words(of: folder) { $0.spikes[3 * 12 + 2 * 3 + 1] = value }
                    == "\"spikes\" in \(folder)/day.h5: \(printed) at trial 3, bin 2, unit 1 "
                    + "\(problem). "
                    + (value.isNaN
                        ? "If it stands for what was not observed, set not_observed: nan in the manifest."
                        : "Spike counts are whole numbers from 0; other signals need signal: continuous."))
        }
    }

    @Test func valuesThatAreNotFinite() throws {
        try withTemporaryFolder { (folder) throws in
            func words(_ dataset: String, _ channels: Int, _ value: Float) throws -> String {
                try self.words(of: folder) { fixture in
                    var values = [Float](repeating: 1, count: 40 * channels)
                    values[5 * channels] = value
                    fixture.extra = {
                        try $0.write(
                            ShapedArray(shape: [10, 4, channels], values: values), to: dataset)
                    }
                }
            }
            #expect(
                try words("behavior", 2, .infinity)
                    == "\"behavior\" in \(folder)/day.h5: inf at trial 1, bin 1, channel 0; "
                    + "only finite (or NaN) values are allowed.")
            #expect(
                try words("external_inputs", 1, .nan)
                    == "\"external_inputs\" in \(folder)/day.h5: nan at trial 1, bin 1, channel 0; "
                    + "only finite values are allowed.")
            #expect(
                try words("rates", 3, -2)
                    == "\"rates\" in \(folder)/day.h5: -2 at trial 1, bin 1, channel 0; "
                    + "only finite, non-negative (or NaN) values are allowed.")
            #expect(
                try self.words(of: folder, source: { $0.signal = .continuous }) {
                    $0.spikes[0] = .nan
                }
                    == "\"spikes\" in \(folder)/day.h5: nan at trial 0, bin 0, channel 0; "
                    + "only finite (or, with not_observed: nan in the manifest, NaN) values are allowed.")
        }
    }

    @Test func emptySessions() throws {
        try withTemporaryFolder { (folder) throws in
            for (fixture, what) in [
                (BinnedFixture(trials: 0), "trials"), (BinnedFixture(bins: 0), "bins"),
                (BinnedFixture(units: 0), "units"),
            ] {
                #expect(
                    try words(of: folder) { $0 = fixture }
                        == "\(folder)/day.h5 is empty: it has no \(what).")
            }
            #expect(
                try words(of: folder) { $0.spikes = [Float](repeating: 0, count: 120) }
                    == "\(folder)/day.h5 is empty: it has no spikes.")
        }
    }

    @Test func duplicates() throws {
        try withTemporaryFolder { (folder) throws in
            #expect(
                try words(of: folder) { fixture in
                    fixture.extra = {
                        try $0.write(column([Int32(5), 1, 2, 3, 4, 6, 7, 5, 8, 9]), to: "trial_id")
                    }
                } == "\(folder)/day.h5 has two trials with the identifier 5, at positions 0 and 7.")
            #expect(
                try words(of: folder) { fixture in
                    fixture.extra = { try $0.write(column(["a", "b", "a"]), to: "unit_id") }
                } == "\(folder)/day.h5 has two units with the name \"a\".")
        }
    }

    @Test func labelsAndNamesThatAreWrong() throws {
        try withTemporaryFolder { (folder) throws in
            #expect(
                try words(of: folder) { fixture in
                    fixture.extra = {
                        try $0.write(column((0..<10).map { Float($0) / 2 }), to: "condition")
                    }
                } == "\"condition\" in \(folder)/day.h5: entry 1 is 0.5, not a whole number.")
            func behavior(_ names: [String]) throws -> String {
                try words(of: folder) { fixture in
                    fixture.extra = { file in
                        try file.write(
                            ShapedArray(
                                shape: [10, 4, 2], values: [Float](repeating: 0, count: 80)),
                            to: "behavior")
                        try file.setAttribute("behavior_names", to: names)
                    }
                }
            }
            #expect(
                try behavior(["x"]) == "\(folder)/day.h5 names 1 behaviour channels but has 2.")
            #expect(
                try behavior(["x", "x"])
                    == "\(folder)/day.h5 has two behaviour channels with the name \"x\".")
            #expect(
                try words(of: folder, source: { $0.behaviorChannels = ["forcex"] }) { fixture in
                    fixture.extra = { file in
                        try file.write(
                            ShapedArray(
                                shape: [10, 4, 2], values: [Float](repeating: 0, count: 80)),
                            to: "behavior")
                        try file.setAttribute("behavior_names", to: ["emg", "force_x"])
                    }
                } == "day has no behaviour \"forcex\"; it has, nearest name first: force_x, emg.")
            #expect(
                try words(of: folder, source: { $0.behaviorChannels = ["x"] })
                    == "day has no behaviour \"x\"; it has no behaviour at all.")
        }
    }

    @Test func binWidthsThatDoNotFit() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            #expect(
                try words(of: folder) { $0.binSeconds = nil }
                    == "\(path) doesn't say how wide its bins are; set bin_ms in the manifest.")
            #expect(
                try words(of: folder) { $0.binSeconds = -1 }
                    == "\(path): a bin of -1000 ms is impossible.")
            #expect(
                try words(of: folder, source: { $0.binMilliseconds = 0 })
                    == "day: a bin of 0 ms is impossible.")
            #expect(
                try words(of: folder, source: { $0.sourceBinMilliseconds = 20 })
                    == "\(path) has bins of 50 ms but its manifest says 20 ms; correct or remove "
                    + "the width in the manifest.")
            for wanted in [75.0, 20] {
                #expect(
                    try words(of: folder, source: { $0.binMilliseconds = wanted })
                        == "day has bins of 50 ms, which don't add up to bins of \(Int(wanted)) ms; "
                        + "choose a multiple of 50 ms.")
            }
            #expect(
                try words(of: folder, source: { $0.binMilliseconds = 150 })
                    == "day: 4 bins a trial can't be joined by 3; 1 wider bins fit and 1 narrow "
                    + "ones are left over. Choose another bin width, or cut the trials.")
            #expect(
                try words(of: folder, source: { $0.binMilliseconds = 100 }) { fixture in
                    fixture.extra = { try $0.setAttribute("encoded_bins", to: 3) }
                }
                    == "day: 3 encoded bins can't be joined by 2; 1 wider bins fit and 1 narrow "
                    + "ones are left over. Choose another bin width, or cut the trials.")
            #expect(
                try words(of: folder) { fixture in
                    fixture.extra = { try $0.setAttribute("encoded_bins", to: 5) }
                }
                    == "\(path): \"encoded_bins\" is \"5\"; expected a whole number from 1 to 4.")
        }
    }

    @Test func infiniteNumbersOfATrial() throws {
        try withTemporaryFolder { (folder) throws in
            #expect(
                try words(of: folder, source: { $0.trialScalars = ["rt"] }) { fixture in
                    fixture.extra = {
                        try $0.write(column([Float](repeating: 1, count: 9) + [.infinity]), to: "rt")
                    }
                }
                    == "\"rt\" in \(folder)/day.h5: inf at trial 9, bin 0, channel 0; only finite (or NaN) values "
                    + "are allowed.")
        }
    }

    @Test func splitsThatCannotBe() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            #expect(
                try words(of: folder, source: { $0.split = .fromFile })
                    == "\(path) stores no split: it has no dataset \"split\". "
                    + "Set valid_every in the manifest instead.")
            #expect(
                try words(of: folder, source: { $0.split = .everyKthOfCondition(1) })
                    == "day: every 1-th trial can't be held out; valid_every must be 2 or more.")
            #expect(
                try words(of: folder, source: { $0.split = .everyKthOfCondition(11) })
                    == "day: none of its 10 trials is in the validation set, which needs at least "
                    + "one. Of each condition every k-th trial is held out: lower k, "
                    + "split: {valid_every: k} in the manifest, or label fewer conditions.")
            #expect(
                try words(of: folder) { fixture in
                    fixture.extra = {
                        try $0.write(column([Int32](repeating: 1, count: 10)), to: "split")
                    }
                }
                    == "day: none of its 10 trials is in the training set, which needs at least "
                    + "one. That is the file's own split; set split: {valid_every: 5} in the manifest to "
                    + "split anew.")
            #expect(
                try words(of: folder) { fixture in
                    fixture.extra = {
                        try $0.write(
                            column(["train", "spare"] + [String](repeating: "valid", count: 8)),
                            to: "split")
                    }
                }
                    == "\"split\" in \(path): trial 1 has \"spare\"; expected train, valid or test "
                    + "(or 0, 1 or 2).")
        }
    }
}
