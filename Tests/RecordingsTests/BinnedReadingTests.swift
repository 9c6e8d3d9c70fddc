import ArrayFiles
import TestSupport
import Testing

@testable import Recordings

@Suite struct BinnedReadingTests {
    @Test func countsAloneAreARecording() throws {
        try withTemporaryFolder { (folder) throws in
            let fixture = BinnedFixture()
            let day = try Recording.read(fixture.write(folder))
            #expect(day.values == fixture.spikes)
            #expect([day.trialCount, day.binCount, day.encodedBinCount] == [10, 4, 4])
            #expect(day.binMilliseconds == 50)
            #expect(day.units.map(\.name) == ["0", "1", "2"])
            #expect(day.units.allSatisfy { !$0.heldOut })
            #expect(day.trials.map(\.identifier) == Array(0..<10))
            #expect(day.trials.allSatisfy { $0.condition == nil })
            #expect(day.trialIndices(.valid) == [4, 9])
            #expect(day.behaviorNames.isEmpty && day.behavior.isEmpty && day.trueRates == nil)
            #expect(day.provenance["format"] == "binned-hdf5")
            #expect(day.provenance["path"] == folder + "/day.h5")
            #expect(day.provenance["source_bin_ms"] == "50")
            #expect(day.provenance["attribute.bin_width_s"] == "0.05")
            #expect(day.provenance["split"] == "every 5-th trial of each condition")
        }
    }

    @Test func unitsAreChosenByTheirLabels() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            fixture.extra = { file in
                try file.write(column(["M1", "PMd", "M1"]), to: "area")
                try file.write(column([Int32(1), 1, 2]), to: "quality")
            }
            var source = try fixture.write(folder)
            let all = try Recording.read(source)
            source.units.filters = [
                .init(column: "area", values: ["M1"]), .init(column: "quality", values: ["1"]),
            ]
            let day = try Recording.read(source)
            #expect(day == all.keepingUnits([0]) { ["", "area is PMd", "quality is 2"][$0] })
            #expect(day.provenance["removed_units"] == "1 (area is PMd), 2 (quality is 2)")
            source.units.filters = [.init(column: "area", values: ["V1"])]
            #expect(
                words { _ = try Recording.read(source) }
                    == "\(source.path): nothing has area: V1; the column holds M1, PMd.")
            source.units.filters = [
                .init(column: "area", values: ["PMd"]), .init(column: "quality", values: ["2"]),
            ]
            #expect(
                words { _ = try Recording.read(source) }
                    == "\(source.path): of 3 units, none that the encoder sees is left by units.where. "
                    + "Ask for less.")
        }
    }

    // The same content in every order of axes is the same recording.
    @Test(arguments: [
        [RecordingSource.Axis.trials, .bins, .units], [.trials, .units, .bins],
        [.bins, .trials, .units], [.bins, .units, .trials], [.units, .trials, .bins],
        [.units, .bins, .trials],
    ])
    func anyOrderOfAxes(axes: [RecordingSource.Axis]) throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            let behavior = (0..<80).map { Float($0) / 3 }
            fixture.extra = { file in
                try file.write(ShapedArray(shape: [10, 4, 2], values: behavior), to: "behavior")
            }
            let usual = try Recording.read(fixture.write(folder))
            let path = folder + "/turned.h5"
            let extents = [RecordingSource.Axis.trials: 10, .bins: 4]
            // Index arithmetic of its own: entry (trial, bin, column) of an array in order `axes`.
            func turned(_ values: [Float], columns: Int) -> ShapedArray<Float> {
                let shape = axes.map { extents[$0] ?? columns }
                var result = [Float](repeating: -1, count: values.count)
                for trial in 0..<10 {
                    for bin in 0..<4 {
                        for column in 0..<columns {
                            let place = axes.map { $0 == .trials ? trial : $0 == .bins ? bin : column }
                            result[(place[0] * shape[1] + place[1]) * shape[2] + place[2]] =
                                values[(trial * 4 + bin) * columns + column]
                        }
                    }
                }
                return ShapedArray(shape: shape, values: result)
            }
            try HDF5File.write(to: path) { file in
                try file.write(turned(fixture.spikes, columns: 3), to: "spikes")
                try file.write(turned(behavior, columns: 2), to: "behavior")
                try file.setAttribute("bin_width_s", to: 0.05)
            }
            var source = try fixture.write(folder)
            source.path = path
            source.axes = axes
            let day = try Recording.read(source)
            #expect(day.contentHash == usual.contentHash)
            // A wrong order is seen by the behaviour, which then has other trials or bins.
            source.axes = [axes[1], axes[2], axes[0]]
            #expect(throws: RecordingError.self) { try Recording.read(source) }
        }
    }

    @Test func everythingBesideTheCounts() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            let behavior = (0..<80).map { Float($0) / 3 }
            let inputs = (0..<40).map { Float($0 % 2) }
            let rates = (0..<120).map { Float($0) }
            fixture.extra = { file in
                try file.write(
                    ShapedArray(shape: [10, 4, 2], values: behavior), to: "behavior")
                try file.setAttribute("behavior_names", to: ["x", "y"])
                try file.write(
                    ShapedArray(shape: [10, 4, 1], values: inputs), to: "external_inputs")
                try file.write(ShapedArray(shape: [10, 4, 3], values: rates), to: "rates")
                try file.write(column((0..<10).map { Int32(50 - $0) }), to: "trial_id")
                try file.write(column([Int32(7), 8, 19]), to: "unit_id")
                try file.write(
                    column((0..<10).map { Double($0 % 2) }), to: "condition")
                try file.write(column((0..<10).map { UInt8($0 == 3 ? 1 : 0) }), to: "split")
            }
            var source = try fixture.write(folder)
            let day = try Recording.read(source)
            #expect(day.behaviorNames == ["x", "y"] && day.behavior == behavior)
            #expect(day.externalInputNames == ["external_inputs_0"] && day.externalInputs == inputs)
            #expect(day.trueRates == rates)
            #expect(day.trials.map(\.identifier) == (0..<10).map { 50 - $0 })
            #expect(day.trials.map(\.condition) == (0..<10).map { "\($0 % 2)" })
            #expect(day.units.map(\.name) == ["7", "8", "19"])
            #expect(day.trialIndices(.valid) == [3])
            #expect(day.provenance["split"] == "from the file")

            source.behaviorChannels = ["y"]
            source.datasets.condition = .omitted
            source.datasets.externalInputs = .omitted
            source.split = .everyKthOfCondition(4)
            let part = try Recording.read(source)
            #expect(part.behaviorNames == ["y"])
            #expect(part.behavior == stride(from: 1, to: 80, by: 2).map { behavior[$0] })
            #expect(part.trials.allSatisfy { $0.condition == nil })
            #expect(part.externalInputNames.isEmpty && part.externalInputs.isEmpty)
            #expect(part.trialIndices(.valid) == [3, 7])

            source.datasets.condition = .named("trial_id")
            source.split = nil
            #expect(try Recording.read(source).trials[1].condition == "49")
        }
    }

    /// One number a trial is a behaviour channel that is the same in all bins.
    @Test func numbersOfWholeTrials() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            let behavior = (0..<80).map { Float($0) }
            let times: [Float] = [3, 1, .nan, 4, 1, 5, 9, 2, 6, 5]
            fixture.extra = { file in
                try file.write(
                    ShapedArray(shape: [10, 4, 2], values: behavior), to: "behavior")
                try file.setAttribute("behavior_names", to: ["x", "y"])
                try file.write(column(times), to: "reaction_time")
                try file.write(column([Float(1), 2]), to: "short")
                try file.write(column(times), to: "y")
            }
            var source = try fixture.write(folder)
            #expect(try Recording.read(source).behaviorNames == ["x", "y"])
            source.behaviorChannels = ["x"]
            source.trialScalars = ["reaction_time"]
            let day = try Recording.read(source)
            #expect(day.behaviorNames == ["x", "reaction_time"])
            for row in 0..<40 {
                #expect(day.behavior[2 * row] == behavior[2 * row])
                let time = times[row / 4]
                let found = day.behavior[2 * row + 1]
                #expect(time.isNaN ? found.isNaN : found == time)
            }
            source.datasets.behavior = .omitted
            source.behaviorChannels = nil
            #expect(try Recording.read(source).behaviorNames == ["reaction_time"])
            source.datasets.behavior = .usual
            for name in ["short", "nothing", "y", "behavior"] {
                source.trialScalars = [name]
                #expect(throws: RecordingError.self, "\(name)") { try Recording.read(source) }
            }
        }
    }

    @Test func labelsMayBeTextAndMayBeMissing() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            let words = ["left", "right", "", "left", "right", "left", "left", "left", "", "right"]
            fixture.extra = { try $0.write(column(words), to: "condition") }
            #expect(
                try Recording.read(fixture.write(folder)).trials.map(\.condition)
                    == words.map { $0.isEmpty ? nil : $0 })
            fixture.extra = { file in
                try file.write(
                    column((0..<10).map { $0 == 2 ? Float.nan : Float($0 % 2) }), to: "condition")
            }
            let numbered = try Recording.read(fixture.write(folder))
            #expect(numbered.trials[2].condition == nil)
            #expect(numbered.trials[3].condition == "1")
        }
    }

    @Test func listsMayStandAsRowsOrColumns() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            let identifiers = (0..<10).map { Double($0 + 3) }
            fixture.extra = { file in
                try file.write(ShapedArray(shape: [1, 10], values: identifiers), to: "trial_id")
                try file.write(
                    ShapedArray(shape: [10, 1], values: [Int32](repeating: 4, count: 10)),
                    to: "condition")
            }
            let day = try Recording.read(fixture.write(folder))
            #expect(day.trials.map(\.identifier) == Array(3..<13))
            #expect(day.trials.allSatisfy { $0.condition == "4" })
        }
    }

    @Test func binWidthComesFromTheFileOrTheManifest() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            fixture.binSeconds = nil
            var source = try fixture.write(folder)
            source.binMilliseconds = 10
            #expect(try Recording.read(source).binCount == 4)
            source.sourceBinMilliseconds = 5
            let joined = try Recording.read(source)
            #expect(joined.binCount == 2 && joined.binMilliseconds == 10)
            #expect(joined.provenance["source_bin_ms"] == "5")
            fixture.extra = { try $0.setAttribute("bin_ms", to: 2.5) }
            source = try fixture.write(folder)
            #expect(try Recording.read(source).binMilliseconds == 2.5)
        }
    }

    @Test func continuousSignalsMayBeAnythingFinite() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            fixture.spikes[5] = -0.25
            var source = try fixture.write(folder)
            source.signal = .continuous
            source.binMilliseconds = 100
            let day = try Recording.read(source)
            #expect(day.signal == .continuous)
            // Bins 0 and 1 of unit 2: 2 and −0.25.
            #expect(day.values[2] == 0.875)
            source.units.minimumRateHz = 1
            #expect(
                words { _ = try Recording.read(source) }
                    == "day holds a continuous signal, which has no firing rate; "
                    + "remove min_rate_hz, min_presence and max_coincidence.")
        }
    }
}
