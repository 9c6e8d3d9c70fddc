import ArrayFiles
import Foundation
import Recordings
import TestSupport
import Testing

@Suite struct RecordingFileTests {
    private func withoutGaps(_ recording: Recording) -> Recording {
        var result = recording
        result.behavior = recording.behavior.map { $0.isNaN ? 0 : $0 }
        result.trueRates = recording.trueRates?.map { $0.isNaN ? 0 : $0 }
        return result
    }

    @Test(arguments: [(5, "UInt8"), (256, "UInt16"), (70_000, "Int32")])
    func canonicalFileComesBackExactly(largest: Int, type: String) throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            let full = SmallDay.full(largestCount: largest)
            try RecordingFile.write(full, to: path)
            let back = try RecordingFile.read(path)
            #expect(back.contentHash == full.contentHash)
            #expect(back.provenance == full.provenance)
            #expect(withoutGaps(back) == withoutGaps(full))
            #expect(back.behavior.map(\.bitPattern) == full.behavior.map(\.bitPattern))
            #expect(try HDF5File.open(path).elementKind(of: "values") == .integer)
            #expect(try names(in: folder) == ["day.h5"])
        }
    }

    @Test func bareAndContinuousRecordingsComeBack() throws {
        try withTemporaryFolder { (folder) throws in
            for day in [
                SmallDay.full(bare: true), withoutGaps(SmallDay.full(signal: .continuous)),
            ] {
                let path = folder + "/day.h5"
                try RecordingFile.write(day, to: path)
                #expect(try RecordingFile.read(path) == day)
            }
            #expect(try HDF5File.open(folder + "/day.h5").elementKind(of: "values") == .float)
        }
    }

    @Test func equalRecordingsGiveEqualBytes() throws {
        try withTemporaryFolder { (folder) throws in
            func written(_ name: String) throws -> [UInt8] {
                try RecordingFile.write(SmallDay.full(), to: folder + name)
                return try bytes(of: folder + name)
            }
            let first = try written("/a.h5")
            Thread.sleep(forTimeInterval: 1.1)
            #expect(try written("/b.h5") == first)
        }
    }

    @Test func hashDependsOnAllButTheProvenance() {
        let day = SmallDay.full()
        var changed = day
        changed.provenance = [:]
        #expect(changed.contentHash == day.contentHash)
        let changes: [(inout Recording) -> Void] = [
            { $0.session += "x" }, { $0.subject += "x" }, { $0.date = "2020-01-03" },
            { $0.array = nil }, { $0.binMilliseconds = 13 }, { $0.signal = .continuous },
            { $0.encodedBinCount = 3 }, { $0.units[0].name = "2" }, { $0.units[0].heldOut = true },
            { $0.values[7] += 1 }, { $0.trials[0].identifier = 0 },
            { $0.trials[0].condition = nil }, { $0.trials[0].condition = "" },
            { $0.trials[0].split = .valid }, { $0.behaviorNames[0] = "f" }, { $0.behavior[3] = 0 },
            { $0.externalInputNames = ["q"] }, { $0.externalInputs[0] += 1 },
            { $0.trueRates = nil }, { $0.trueRates?[0] = 1 },
        ]
        let hashes = changes.map { change in
            var changed = day
            change(&changed)
            return changed.contentHash
        }
        #expect(Set(hashes + [day.contentHash]).count == changes.count + 1)
    }

    @Test func otherFilesAreRefused() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            func words(_ body: (HDF5File) throws -> Void) throws -> String {
                try HDF5File.write(to: path, body)
                return TestSupport.words { _ = try RecordingFile.read(path) }
            }
            #expect(
                try words { _ in }
                    == "\(path) is not a neurostitch recording: its attribute format is missing.")
            #expect(
                try words { try $0.setAttribute("format", to: "nwb") }
                    == "\(path) is not a neurostitch recording: its attribute format is \"nwb\".")
            #expect(
                try words {
                    try $0.setAttribute("format", to: "neurostitch-recording")
                    try $0.setAttribute("version", to: 5)
                }
                    == "\(path) has layout version 5, but this neurostitch reads versions up to 4; "
                    + "update it.")
            #expect(
                try words {
                    try $0.setAttribute("format", to: "neurostitch-recording")
                    try $0.setAttribute("version", to: 1)
                    try $0.write(
                        ShapedArray<UInt8>(shape: [1, 1, 1], values: [1]), to: "values")
                }
                    == "\(path) lacks the attribute \"signal\", "
                    + "which every neurostitch recording has.")
        }
    }

    @Test func changedContentIsNoticed() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            try RecordingFile.write(SmallDay.full(), to: path)
            var content = try bytes(of: path)
            // The subject's name, as it stands in the file.
            let name = Array("Tiny".utf8)
            let places = content.indices.dropLast(3).filter { Array(content[$0..<$0 + 4]) == name }
            #expect(places.count == 1)
            content[places[0]] = UInt8(ascii: "P")
            try AtomicFile.write(content, to: path)
            #expect(
                words { _ = try RecordingFile.read(path) }
                    == "\(path) has been changed or damaged since it was written: its content "
                    + "doesn't have the hash in content_sha256. Register the session again.")
        }
    }

    @Test func countsThatAreNoCountsAreNotWritten() throws {
        try withTemporaryFolder { (folder) throws in
            var day = SmallDay.full()
            day.values[5] = 0.5
            #expect(
                words { try RecordingFile.write(day, to: folder + "/day.h5") }
                    == "\"values\" in small-2020-01-02: 0.5 at trial 0, bin 1, unit 1 is not a whole "
                    + "number. Spike counts are whole numbers from 0; other signals need "
                    + "signal: continuous.")
            #expect(try names(in: folder) == [])
        }
    }

    @Test func exportsReadBackAsTheSameRecording() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            var worded = SmallDay.full()
            for trial in worded.trials.indices {
                worded.trials[trial].condition = ["left", nil, "right"][trial % 3]
                worded.units[0].name = "elec7"
            }
            for day in [
                SmallDay.full(), SmallDay.full(bare: true), SmallDay.full(signal: .continuous),
                worded,
            ] {
                try RecordingFile.writeLFADS(day, to: path)
                let fromLFADS = try Recording.read(SmallDay.source(path, .lfadsHDF5, like: day))
                #expect(fromLFADS.contentHash == day.contentHash)
                try RecordingFile.writeBinned(day, to: path)
                let fromBinned = try Recording.read(SmallDay.source(path, .binnedHDF5, like: day))
                #expect(fromBinned.contentHash == day.contentHash)
            }
        }
    }

    @Test func layoutOfTheLFADSExport() throws {
        try withTemporaryFolder { (folder) throws in
            let path = folder + "/day.h5"
            var day = SmallDay.full()
            // Held-out units go last.
            day.units[0].heldOut = true
            try RecordingFile.writeLFADS(day, to: path)
            let file = try HDF5File.open(path)
            #expect(
                try file.datasetPaths() == [
                    "conversion_factor", "train_behavior", "train_cond", "train_encod_data",
                    "train_ext_input", "train_inds", "train_recon_data", "train_trial_id",
                    "train_truth", "unit_id", "valid_behavior", "valid_cond", "valid_encod_data",
                    "valid_ext_input", "valid_inds", "valid_recon_data", "valid_trial_id",
                    "valid_truth",
                ])
            #expect(try file.shape(of: "train_encod_data") == [9, 4, 2])
            #expect(try file.shape(of: "valid_recon_data") == [3, 6, 4])
            #expect(try file.integers("valid_inds").values == [6, 7, 8])
            #expect(try file.integers("valid_trial_id").values == [94, 93, 92])
            #expect(try file.integers("valid_cond").values == [0, 1, 2])
            #expect(try file.strings("unit_id").values == ["4", "7", "1", "10"])
            #expect(try file.floats("conversion_factor") == ShapedArray(shape: [], values: [80]))
            #expect(
                try file.floats("train_recon_data").values.prefix(4)
                    == [day.values[1], day.values[2], day.values[0], day.values[3]])
        }
    }
}
