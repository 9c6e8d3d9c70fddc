import ArrayFiles
import Recordings
import TestSupport
import Testing

@Suite struct LFADSReadingTests {
    private func expectedValues(_ order: [Int] = [0, 1, 2, 3, 4]) -> [Float] {
        order.flatMap { trial in
            (0..<4).flatMap { bin in (0..<3).map { LFADSFixture.count(trial, bin, $0) } }
        }
    }

    @Test func trialsComeInRecordedOrder() throws {
        try withTemporaryFolder { (folder) throws in
            let day = try Recording.read(LFADSFixture().write(folder))
            #expect(day.values == expectedValues())
            #expect(day.trials.map(\.identifier) == [0, 1, 2, 3, 4])
            #expect(day.trialIndices(.valid) == [1, 3])
            #expect(day.binMilliseconds == 20)
            #expect([day.trialCount, day.binCount, day.encodedBinCount] == [5, 4, 3])
            #expect(day.units.map(\.heldOut) == [false, false, true])
            #expect(day.provenance["split"] == "from the file")
        }
    }

    @Test func withoutPositionsTrainingComesFirst() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = LFADSFixture()
            fixture.inds = nil
            let day = try Recording.read(fixture.write(folder))
            #expect(day.values == expectedValues())
            #expect(day.trialIndices(.valid) == [3, 4])
        }
    }

    @Test func withoutReconstructedDataAllIsEncoded() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = LFADSFixture()
            fixture.hasReconstructed = false
            let day = try Recording.read(fixture.write(folder))
            #expect([day.binCount, day.encodedBinCount, day.units.count] == [3, 3, 2])
            #expect(!day.units[1].heldOut)
        }
    }

    @Test func whatStandsBesideTheCountsIsReorderedToo() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = LFADSFixture()
            fixture.extra = { file in
                try file.write(column([Int32(14), 10, 12]), to: "train_cond")
                try file.write(column([Int32(13), 11]), to: "valid_cond")
                func trials(_ places: [Int], _ columns: Int) -> ShapedArray<Float> {
                    ShapedArray(
                        shape: [places.count, 4, columns],
                        values: places.flatMap { [Float](repeating: Float($0), count: 4 * columns) }
                    )
                }
                try file.write(trials([4, 0, 2], 2), to: "train_behavior")
                try file.write(trials([3, 1], 2), to: "valid_behavior")
                try file.write(trials([4, 0, 2], 1), to: "train_ext_input")
                try file.write(trials([3, 1], 1), to: "valid_ext_input")
                try file.write(trials([3, 1], 3), to: "valid_truth")
                try file.write(column(["a", "b", "c"]), to: "unit_id")
            }
            let day = try Recording.read(fixture.write(folder))
            #expect(day.trials.map(\.condition) == ["10", "11", "12", "13", "14"])
            #expect(day.behaviorNames == ["behavior_0", "behavior_1"])
            #expect(day.behavior == (0..<5).flatMap { [Float](repeating: Float($0), count: 8) })
            #expect(
                day.externalInputs == (0..<5).flatMap { [Float](repeating: Float($0), count: 4) })
            #expect(day.units.map(\.name) == ["a", "b", "c"])
            let rates = try #require(day.trueRates)
            #expect(rates[0].isNaN && rates[12] == 1 && rates[24].isNaN && rates[36] == 3)
        }
    }

    @Test func encodedDataMustBeginTheReconstructed() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = LFADSFixture()
            fixture.change = { part, encoded, _ in if part == 1 { encoded[9] += 1 } }
            #expect(
                words { _ = try Recording.read(fixture.write(folder)) }
                    == "\"valid_encod_data\" in \(folder)/lfads.h5 differs from the reconstructed "
                    + "data at trial 1, bin 1, unit 1; encoded data must be the first bins and units "
                    + "of the reconstructed.")
            fixture = LFADSFixture()
            fixture.encodedUnits = 4
            #expect(
                words { _ = try Recording.read(fixture.write(folder)) }
                    == "train_encod_data in \(folder)/lfads.h5 has 3 × 4 bins × units, more than the "
                    + "4 × 3 of train_recon_data; encoded data must be the first bins and units of "
                    + "the reconstructed.")
        }
    }

    @Test func wrongNamesAndShapesInPairs() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = LFADSFixture()
            fixture.extra = { try $0.write(column([Int32(1), 1, 2]), to: "train_cond") }
            #expect(
                words { _ = try Recording.read(fixture.write(folder)) }
                    == "\(folder)/lfads.h5 has no dataset \"valid_cond\"; it holds, nearest name "
                    + "first: valid_inds, train_cond, valid_recon_data, train_inds, "
                    + "valid_encod_data, train_recon_data, train_encod_data.")
            fixture.extra = { file in
                try file.write(column([Int32(1), 1, 2]), to: "train_cond")
                try file.write(column([Int32(1), 1, 2]), to: "valid_cond")
            }
            #expect(
                words { _ = try Recording.read(fixture.write(folder)) }
                    == "\"valid_cond\" in \(folder)/lfads.h5 has shape 3; expected 2 (trials).")
            fixture.extra = { _ in }
            fixture.inds = [[4, 0, 2], [3, 0]]
            #expect(
                words { _ = try Recording.read(fixture.write(folder)) }
                    == "\(folder)/lfads.h5 has two trials with the identifier 0, "
                    + "at positions 1 and 4.")
        }
    }

    @Test func labelsByNumber() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = LFADSFixture()
            func write(_ last: Int32) throws -> RecordingSource {
                fixture.extra = { file in
                    try file.setAttribute("condition_labels", to: ["left", "right"])
                    try file.write(column([Int32(0), 1, -1]), to: "train_cond")
                    try file.write(column([Int32(1), last]), to: "valid_cond")
                }
                return try fixture.write(folder)
            }
            #expect(
                try Recording.read(write(0)).trials.map(\.condition)
                    == ["right", "left", nil, "right", "left"])
            #expect(
                words { _ = try Recording.read(write(2)) }
                    == "\"valid_cond\" in \(folder)/lfads.h5: trial 1 has the label number 2, but "
                    + "condition_labels has 2 entries.")
        }
    }
}
