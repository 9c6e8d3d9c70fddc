import ArrayFiles
import TestSupport
import Testing

@testable import Recordings

/// Test trials in files that are read and written, and in the choice of units, which mustn't see them.
@Suite("Files with test trials") struct TestTrialFilesTests {
    /// Trials 3, 4 and 5 of twelve are for the test, 6, 7 and 8 are held out.
    private var full: Recording {
        var day = SmallDay.full()
        for trial in 3...5 { day.trials[trial].split = .test }
        return day
    }

    @Test("a canonical file says by its version that it has test trials, and others stay as they were")
    func canonical() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            func version(_ recording: Recording) throws -> Double? {
                try RecordingFile.write(recording, to: path)
                #expect(try RecordingFile.read(path).contentHash == recording.contentHash)
                return try HDF5File.open(path).numberAttribute("version")
            }
            #expect(try version(full) == 3)
            #expect(try RecordingFile.read(path).trialIndices(.test) == [3, 4, 5])
            #expect(try version(SmallDay.full()) == 1)
            var windows = SmallDay.full(bare: true)
            windows.chop = Recording.Chop(
                windows: (0..<12).map { .init(segment: 0, startBin: $0 * 6) }, segmentStarts: [0])
            #expect(try version(windows) == 2)
            windows.trials[3].split = .test
            #expect(try version(windows) == 3)
        }
    }

    @Test(
        "exports keep test trials apart from the others, and come back",
        arguments: RecordingFile.Export.allCases)
    func exports(layout: RecordingFile.Export) throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            try RecordingFile.write(full, as: layout, to: path)
            let format = try #require(RecordingSource.Format(rawValue: layout.rawValue))
            var source = SmallDay.source(path, format, like: full)
            #expect(try Recording.read(source).contentHash == full.contentHash)
            source.split = .fromFile
            #expect(try Recording.read(source).trialIndices(.test) == [3, 4, 5])
            guard layout == .lfadsHDF5 else { return }
            let file = try HDF5File.open(path)
            #expect(try file.integers("train_inds").values == [0, 1, 2, 9, 10, 11])
            #expect(try file.integers("valid_inds").values == [6, 7, 8])
            #expect(try file.integers("test_inds").values == [3, 4, 5])
            #expect(try file.shape(of: "test_encod_data") == [3, 4, 3])
            try RecordingFile.write(SmallDay.full(), as: layout, to: path)
            #expect(try !HDF5File.open(path).exists("test_encod_data"))
        }
    }

    @Test("test data that nothing can be tested on is left out, as before") func benchmarkFiles() throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = LFADSFixture()
            let plain = try Recording.read(try fixture.write(folder))
            fixture.extra = { file in
                try file.write(
                    ShapedArray(shape: [1, 3, 2], values: [Float](repeating: 1, count: 6)),
                    to: "test_encod_data")
            }
            #expect(try Recording.read(try fixture.write(folder)).contentHash == plain.contentHash)
        }
    }

    @Test("a split in an array may have test trials, in words or in numbers", arguments: [true, false])
    func splitArrays(inWords: Bool) throws {
        try withTemporaryFolder { (folder) throws in
            var fixture = BinnedFixture()
            fixture.extra = { file in
                let parts = [0, 1, 2, 0, 0, 0, 1, 2, 0, 0]
                if inWords {
                    try file.write(column(parts.map { ["train", "valid", "test"][$0] }), to: "split")
                } else {
                    try file.write(column(parts.map { Int32($0) }), to: "split")
                }
            }
            let day = try Recording.read(try fixture.write(folder))
            #expect(day.trialIndices(.valid) == [1, 6] && day.trialIndices(.test) == [2, 7])
        }
    }

    @Test("a manifest's split is remembered") func provenance() throws {
        try withTemporaryFolder { (folder) throws in
            var source = try BinnedFixture(trials: 12).write(folder)
            source.split = .everyKthOfCondition(3, testEvery: 4)
            let day = try Recording.read(source)
            #expect(day.trialIndices(.test) == [3, 7, 11] && day.trialIndices(.valid) == [2, 6, 10])
            #expect(
                day.provenance["split"]
                    == "test: every 4-th trial of each condition; of the others every 3-th trial of each "
                    + "condition")
        }
    }

    @Test("which units are kept depends on no test trial") func unitsAreChosenWithoutThem() throws {
        try withTemporaryFolder { (folder) throws in
            /// Unit 1 fires in test trials alone; in them unit 2 fires as unit 0 does.
            func kept(_ selection: UnitSelection, test: (_ unit: Int, _ bin: Int) -> Float) throws -> [String]
            {
                var fixture = BinnedFixture(trials: 20, bins: 6)
                fixture.binSeconds = 0.001
                for trial in 0..<20 {
                    for bin in 0..<6 {
                        for unit in 0..<3 {
                            fixture.spikes[(trial * 6 + bin) * 3 + unit] =
                                trial % 4 == 3
                                ? test(unit, bin) : unit == 1 ? 0 : Float((trial + bin * (unit + 1)) % 3 / 2)
                        }
                    }
                }
                var source = try fixture.write(folder)
                source.units = selection
                source.split = .everyKthOfCondition(5, testEvery: 4)
                return try Recording.read(source).units.map(\.name)
            }
            for selection in [
                UnitSelection(minimumRateHz: 0.001), UnitSelection(minimumPresence: 0.3),
                UnitSelection(maximumCoincidence: 0.9),
            ] {
                let silent = try kept(selection) { _, _ in 0 }
                #expect(try kept(selection) { unit, bin in unit == 0 ? 0 : Float(bin % 2) } == silent)
                #expect(try kept(selection) { _, bin in Float(bin % 2) } == silent)
            }
        }
    }
}
