import ArrayFiles
import Foundation
import Recordings
import TestSupport
import Testing

/// The small day of make_fixtures.py, by its formulas.
enum FixtureDay {
    static let (trials, bins, units) = (10, 4, 3)

    static let fixtures = (Bundle.module.resourceURL?.path ?? "") + "/Fixtures"

    /// Committed ones, and those that the script writes here where Python has what it needs.
    static let folders: [String] = {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Fixtures/make_fixtures.py").path
        guard let fresh = Python.folder(writtenBy: script) else { return [fixtures] }
        return [fixtures, fresh]
    }()

    static func array(
        _ columns: Int, _ value: (_ trial: Int, _ bin: Int, _ column: Int) -> Float
    )
        -> ShapedArray<Float>
    {
        var values: [Float] = []
        for trial in 0..<trials {
            for bin in 0..<bins { for column in 0..<columns { values.append(value(trial, bin, column)) } }
        }
        return ShapedArray(shape: [trials, bins, columns], values: values)
    }

    static var spikes: ShapedArray<Float> { array(units) { Float((7 * $0 + 3 * $1 + $2) % 6) } }

    /// The same day as `binned-hdf5`, which has been read before.
    static func reference(in folder: String) throws -> RecordingSource {
        let path = folder + "/reference.h5"
        try HDF5File.write(to: path) { file in
            try file.write(spikes, to: "spikes")
            try file.write(array(2) { Float(8 * $0 + 2 * $1 + $2) / 4 }, to: "force")
            try file.write(array(1) { trial, bin, _ in Float(trial) - Float(bin) / 8 }, to: "emg")
            let columns = (0..<trials).map { $0 % 2 == 0 ? "left" : "right" }
            try file.write(ShapedArray(shape: [trials], values: columns), to: "target")
            try file.write(
                ShapedArray(shape: [trials], values: (0..<trials).map { Int64(50 - $0) }), to: "trial_id")
            try file.write(ShapedArray(shape: [units], values: [Int64(7), 8, 19]), to: "unit_id")
            let times = (0..<trials).map { $0 == 3 ? Float.nan : Float($0) / 2 }
            try file.write(ShapedArray(shape: [trials], values: times), to: "reaction_time")
            try file.setAttribute("bin_ms", to: 20)
        }
        return source(path, .binnedHDF5)
    }

    /// Arrays of the reference; a test changes their names to those in its file.
    static func source(_ path: String, _ format: RecordingSource.Format) -> RecordingSource {
        var source = RecordingSource(
            path: path, format: format, session: "day", subject: "Tiny", date: "2020-01-02")
        source.datasets.condition = .named("target")
        source.behaviorDatasets = [
            .init("force", channels: ["x", "y"]), .init("emg", channels: ["biceps"]),
        ]
        source.trialScalars = ["reaction_time"]
        return source
    }

    static let orders: [[RecordingSource.Axis]] = [
        [.trials, .bins, .units], [.trials, .units, .bins], [.bins, .trials, .units],
        [.bins, .units, .trials], [.units, .trials, .bins], [.units, .bins, .trials],
    ]
}

@Suite struct ArrayFormatTests {
    @Test(arguments: ["day.npz", "v6.mat", "v7.mat", "v73.mat"], FixtureDay.orders)
    func everyFormatAndOrderIsTheSameDay(name: String, axes: [RecordingSource.Axis]) throws {
        try withTemporaryFolder { temporary in
            let expected = try Recording.read(FixtureDay.reference(in: temporary))
            for folder in FixtureDay.folders {
                let format: RecordingSource.Format = name.hasSuffix("npz") ? .npz : .mat
                var source = FixtureDay.source("\(folder)/\(name)", format)
                let order = axes.map { String($0.rawValue.prefix(1)) }.joined()
                source.axes = axes
                source.datasets.spikes = "spikes_\(order)"
                source.behaviorDatasets?[0].dataset = "force_\(order)"
                source.behaviorDatasets?[1].dataset = "emg_\(order)"
                let day = try Recording.read(source)
                #expect(day.contentHash == expected.contentHash)
                #expect(day.provenance["format"] == format.rawValue)
                #expect(day.provenance["attribute.bin_ms"] == "20")
            }
        }
    }

    @Test func singleArraysAreTheSameDay() throws {
        try withTemporaryFolder { temporary in
            let expected = try Recording.read(FixtureDay.reference(in: temporary))
            for folder in FixtureDay.folders {
                var source = FixtureDay.source("\(folder)/spikes_tbu.npy", .npy)
                source.datasets.spikes = "spikes_tbu.npy"
                source.axes = RecordingSource.Axis.standard
                source.datasets.condition = .named("target.npy")
                source.datasets.trialIdentifiers = .named("trial_id.npy")
                source.datasets.unitIdentifiers = .named("unit_id.npy")
                source.binMilliseconds = 20
                source.behaviorDatasets?[0].dataset = "force_tbu.npy"
                source.behaviorDatasets?[1].dataset = "emg_tbu.npy"
                source.trialScalars = []
                // The scalar's name differs, and with it the hash.
                var bare = try Recording.read(source)
                source.trialScalars = ["reaction_time.npy"]
                bare = try Recording.read(source)
                #expect(bare.behaviorNames == ["x", "y", "biceps", "reaction_time.npy"])
                bare.behaviorNames[3] = "reaction_time"
                #expect(bare.contentHash == expected.contentHash)
            }
        }
    }

    @Test(arguments: ["v6.mat", "v7.mat", "v73.mat"], [true, false])
    func aStructArrayIsTheSameDay(name: String, unitsFirst: Bool) throws {
        try withTemporaryFolder { temporary in
            let expected = try Recording.read(FixtureDay.reference(in: temporary))
            for folder in FixtureDay.folders {
                var source = FixtureDay.source("\(folder)/\(name)", .mat)
                source.trialStructure = "R"
                source.axes = [.units, .bins]
                source.datasets.spikes = "spikeRaster"
                source.datasets.trialIdentifiers = .named("id")
                let day = try Recording.read(source)
                // The struct array doesn't name its units.
                var named = day
                named.units = expected.units
                #expect(named.contentHash == expected.contentHash)
                #expect(day.units.map(\.name) == ["0", "1", "2"])

                source.datasets.condition = .named("targetCode")
                #expect(try Recording.read(source).trials.map(\.condition) == (0..<10).map { "\($0 % 2)" })
                source.datasets.trialIdentifiers = .usual
                #expect(try Recording.read(source).trials.map(\.identifier) == Array(0..<10))
                source.datasets.spikes = "spikesByTime"
                source.axes = [.bins, .units]
                source.behaviorDatasets = nil
                #expect(try Recording.read(source).values == expected.values)
            }
        }
    }

    @Test(arguments: ["v6.mat", "v7.mat", "v73.mat"]) func trialsOfUnequalLength(name: String) throws {
        var source = RecordingSource(
            path: "\(FixtureDay.fixtures)/\(name)", format: .mat, session: "day", subject: "Tiny",
            date: "2020-01-02")
        source.trialStructure = "S"
        source.axes = [.bins, .units]
        source.datasets.spikes = "spikesByTime"
        source.datasets.condition = .named("targetCode")
        #expect(
            words { _ = try Recording.read(source) }
                == "\"S.spikesByTime\" in \(source.path) has 4 different numbers of bins in 10 trials, from 3 to 6; "
                + "all trials must have the same. Set bins: {first: 3} or bins: {last: 3} in the manifest; "
                + "with a larger number, shorter trials are left out. If bin_ms joins bins, take a multiple of as many "
                + "as it joins.")
        let all = FixtureDay.spikes.values
        source.trialBins = .first(4)
        let first = try Recording.read(source)
        #expect(first.trials.map(\.identifier) == [0, 1, 2, 3, 4, 5, 7, 8, 9])
        #expect(first.values == first.trials.flatMap { all[$0.identifier * 12..<$0.identifier * 12 + 12] })
        #expect(first.provenance["removed_trials"] == "1 of 10, shorter than 4 bins")
        #expect(first.provenance["trial_bins"] == "the first 4")
        source.trialBins = .last(3)
        let last = try Recording.read(source)
        #expect(last.trialCount == 10 && last.binCount == 3)
        #expect(last.provenance["removed_trials"] == nil)
        // Trial 1 has 5 bins, the fifth of which holds 5s; trial 6 has only its first three.
        #expect(Array(last.values[9..<18]) == Array(all[18..<24]) + [5, 5, 5])
        #expect(Array(last.values[54..<63]) == Array(all[72..<81]))
        source.trialBins = .first(7)
        #expect(
            words { _ = try Recording.read(source) }
                == "\"S.spikesByTime\" in \(source.path): no trial has 7 bins; the longest has 6. "
                + "Lower bins in the manifest.")
    }

    @Test func whatIsNotSaidIsRefused() throws {
        let path = "\(FixtureDay.fixtures)/v7.mat"
        var source = RecordingSource(
            path: path, format: .mat, session: "day", subject: "Tiny", date: "2020-01-02")
        source.datasets.spikes = "data.spikes"
        #expect(
            words { _ = try Recording.read(source) }
                == "\"data.spikes\" in \(path) has shape 10 × 4 × 3, and the manifest doesn't say which axis is which; "
                + "set axes to trials, bins and units, in the order of that shape, such as "
                + "axes: [trials, bins, units].")
        source.axes = RecordingSource.Axis.standard
        source.datasets.condition = .named("data.conditionId")
        let day = try Recording.read(source)
        #expect(day.values == FixtureDay.spikes.values)
        #expect(day.trials.map(\.condition) == (0..<10).map { "\($0 % 2 + 1)" })

        source.trialStructure = "R"
        source.datasets.spikes = "spikesByTime"
        source.axes = []
        #expect(
            words { _ = try Recording.read(source) }
                == "\"R(1).spikesByTime\" in \(path) has shape 4 × 3, and the manifest doesn't say which axis is which; "
                + "set axes to units and bins, in the order of that shape, such as axes: [units, bins].")
        source.axes = [.units, .bins]
        source.trialStructure = "data"
        #expect(
            words { _ = try Recording.read(source) }
                == "\"data\" in \(path) should hold a struct array with one element a trial but holds a single "
                + "structure; leave out trials and name its arrays by path, such as data.spikes.")
        source.trialStructure = "T"
        source.datasets.spikes = "spikes"
        #expect(
            words { _ = try Recording.read(source) }
                == "\"T(1).spikes\" in \(path) should hold counts of all units in all bins of the trial (spike times "
                + "have to be binned first) but holds a cell array.")
        source.trialStructure = "R"
        source.datasets.spikes = "spikeraster"
        #expect(
            words { _ = try Recording.read(source) }.hasPrefix(
                "\(path) has no dataset \"R(1).spikeraster\"; it holds, nearest name first: spikeRaster, "))
        source.datasets.spikes = "spikeRaster"
        source.datasets.condition = .omitted
        source.behaviorDatasets = [.init("spikesByTime", channels: nil)]
        #expect(
            words { _ = try Recording.read(source) }
                == "\"R(1).spikesByTime\" in \(path) has shape 4 × 3; expected any × 4 (channels × bins), to agree "
                + "with \"R(1).spikeRaster\".")
    }
}

@Suite struct BehaviorDatasetTests {
    private func read(
        _ datasets: [RecordingSource.BehaviorDataset], write: @escaping (HDF5File) throws -> Void
    ) throws -> Recording {
        var result: Recording?
        try withTemporaryFolder { folder in
            var fixture = BinnedFixture()
            fixture.extra = write
            var source = try fixture.write(folder)
            source.behaviorDatasets = datasets
            result = try Recording.read(source)
        }
        return try #require(result)
    }

    private func write(_ file: HDF5File) throws {
        let force = (0..<120).map { Float($0) / 4 }
        try file.write(ShapedArray(shape: [10, 4, 3], values: force), to: "force")
        try file.setAttribute("names", to: ["x", "y", "z"], of: "force")
        try file.write(
            ShapedArray(shape: [10, 4, 2], values: (0..<80).map { Float(-$0) }), to: "emg")
    }

    @Test func oneAfterAnother() throws {
        let day = try read(
            [.init("emg", channels: nil), .init("force", channels: ["z", "x"])], write: write)
        #expect(day.behaviorNames == ["emg_0", "emg_1", "z", "x"])
        for row in 0..<40 {
            #expect(
                Array(day.behavior[4 * row..<4 * row + 4]) == [
                    Float(-2 * row), Float(-2 * row - 1), Float(3 * row + 2) / 4, Float(3 * row) / 4,
                ])
        }
        let named = try read(
            [.init("emg", channels: ["biceps", "triceps"]), .init("force", channels: nil)], write: write)
        #expect(named.behaviorNames == ["biceps", "triceps", "x", "y", "z"])
    }

    @Test func mistakes() {
        func message(_ datasets: [RecordingSource.BehaviorDataset]) -> String {
            words { _ = try read(datasets, write: write) }
        }
        #expect(
            message([.init("emg", channels: ["biceps"])]).contains(
                "has 2 columns, which the file doesn't name, but behavior lists 1 for it; list 2 names, or "
                    + "write all."))
        #expect(
            message([.init("force", channels: ["w"])]).contains(
                "has no behaviour \"w\"; it has, nearest name first: x, y, z."))
        #expect(
            message([.init("force", channels: nil), .init("emg", channels: ["a", "z"])]).contains(
                "has two behaviour channels with the name \"z\"."))
        #expect(message([.init("forces", channels: nil)]).contains("has no dataset \"forces\""))
    }
}

/// Struct arrays in which one trial is unlike the others (odd.mat): the message names that trial.
@Suite struct OddTrialTests {
    private static let path = FixtureDay.fixtures + "/odd.mat"

    private func refusal(_ change: (inout RecordingSource) -> Void) -> String {
        var source = RecordingSource(
            path: Self.path, format: .mat, session: "day", subject: "Tiny", date: "2020-01-02")
        source.trialStructure = "R"
        source.axes = [.units, .bins]
        source.trialBins = .first(5)
        source.sourceBinMilliseconds = 20
        change(&source)
        return words { _ = try Recording.read(source) }
    }

    /// Three bins of six units it would be: too short to be kept, were it only that.
    @Test func aTurnedTrial() {
        #expect(
            refusal { $0.datasets.spikes = "turned" }
                == "\"R(6).turned\" in \(Self.path) has shape 6 × 3; expected 3 × any (units × bins), to agree with "
                + "\"R(1).turned\".")
    }

    @Test func trialsAreCountedAsInTheFile() {
        // R(3) has three bins and is left out; R(8) is trial 7 all the same.
        #expect(
            refusal { $0.datasets.spikes = "negative" }.hasPrefix(
                "\"negative\" in \(Self.path): -1 at trial 7, bin 4, unit 1 is negative."))
    }

    @Test func aTrialWithTwoLabels() {
        #expect(
            refusal { $0.datasets.condition = .named("twoLabels") }
                == "\"R(5).twoLabels\" in \(Self.path) has shape 1 × 2; expected 1 × 1 (one entry, as in the other "
                + "trials).")
    }

    @Test func aTextBesideNumbers() {
        #expect(
            refusal { $0.datasets.condition = .named("textLabel") }
                == "\"R(4).textLabel\" in \(Self.path) should hold numbers, as in the other trials but holds text."
        )
    }
}
