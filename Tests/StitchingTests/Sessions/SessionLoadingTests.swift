import ArrayFiles
import Foundation
import LFADS
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

struct SessionLoadingTests {
    @Test func theRecordingComesBackWholeFromTheOrderOfTheModel() throws {
        try withRegistry { registry in
            let day = try TrainedWorld.recordings(sessions: 1)[0].permutingUnits([3, 0, 8, 1, 7, 2, 6, 4, 5])
            let record = try RegisterJourney.register(day, in: registry).session
            var holdOut = HoldOut()
            holdOut.units = .named([day.units[1].name])
            let session = try registry.prepared(record, holdOut: holdOut)
            #expect(session.countsInRecordingOrder == day.countArray)
            #expect(session.behavior == day.behaviorArray && session.trueRates == day.trueRateArray)
            let counts = session.trials.counts.widened()
            #expect(counts.values != day.values)
            #expect(session.inModelOrder(day.values) == counts.values)
            #expect(session.inRecordingOrder(counts).values == day.values)
            // Nobody asks for the true rates of several days at once.
            let several = try registry.prepared([record], holdOut: holdOut)[0]
            #expect(several.trueRates == nil && several.countsInRecordingOrder == day.countArray)
            #expect(session.unitOrder.map { session.unitPlaces[$0] } == Array(0..<9))
            var marked = day
            marked.units[1].heldOut = true
            #expect(session.wholeRecording() == marked)
            #expect(session.recording == marked.metadata)
        }
    }

    /// Recordings that are larger than the memory: from a file, with the same bits, and nothing is left of it.
    @Test func moreThanTheMemoryHoldsIsTrainedFromAFile() throws {
        try withRegistry { registry in
            let days = try TrainedWorld.recordings(sessions: 2)
            let records = try days.map { try RegisterJourney.register($0, in: registry).session }
            let before = try FileManager.default.subpathsOfDirectory(atPath: registry.workspace.path)
            let values = records.reduce(0) { $0 + $1.trialCount * $1.binCount * $1.unitCount }
            #expect(SampleStorage.fits(records, in: UInt64(3 * values)))
            #expect(!SampleStorage.fits(records, in: UInt64(values)))
            func epoch(memory: UInt64?) throws -> (EpochSummary, [Float]) {
                let sessions = try registry.files.prepared(records, memory: memory)
                #expect(sessions.map { $0.trials.counts.byteCount }.reduce(0, +) == values)
                let training = try TrainedWorld.start(sessions, TrainedWorld.manifest(), threads: 2)
                return (try training.runEpoch(), training.model.parameterValues)
            }
            let (inMemory, fromFile) = (try epoch(memory: nil), try epoch(memory: 0))
            #expect(inMemory.0 == fromFile.0)
            #expect(inMemory.1.map(\.bitPattern) == fromFile.1.map(\.bitPattern))
            #expect(try FileManager.default.subpathsOfDirectory(atPath: registry.workspace.path) == before)
        }
    }

    @Test func limitsOfEveryGroupAroundTheProcessCount() {
        #expect(SampleStorage.limitFiles("0::/\n") == ["/sys/fs/cgroup/memory.max"])
        #expect(
            SampleStorage.limitFiles("2:cpu,cpuacct:/x\n0::/slurm/job_7\n") == [
                "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/slurm/memory.max",
                "/sys/fs/cgroup/slurm/job_7/memory.max",
            ])
        #expect(
            SampleStorage.limitFiles("8:hugetlb,memory:/lab\n7:pids:/lab\n") == [
                "/sys/fs/cgroup/memory/memory.limit_in_bytes",
                "/sys/fs/cgroup/memory/lab/memory.limit_in_bytes",
            ])
        #expect(SampleStorage.limitFiles("") == [])
        #expect(SampleStorage.memoryOfThisMachine > 1 << 28)
    }

    /// Not only what a test of permutations shows: the order itself, which stored runs stand on.
    @Test func unitsAreOrderedByAHashOfTheirWholeCourse() throws {
        let day = try TrainedWorld.recordings(sessions: 1, conditions: 40, trials: 9)[0]
        #expect(day.trialCount * day.binCount > 4096)
        let keys = day.units.indices.map { unit in
            let hash = ContentHash()
            hash.update(day.countArray.column(unit))
            return hash.hexadecimal()
        }
        #expect(try PreparedSession(day).unitOrder == keys.indices.sorted { keys[$0] < keys[$1] })
    }

    @Test func aFileThatChangesWhileTheRegistryIsOpenIsRefused() throws {
        try withRegistry { registry in
            let day = try TrainedWorld.recordings(sessions: 1)[0]
            let record = try RegisterJourney.register(day, in: registry).session
            let file = registry.workspace.location(of: record.file)
            #expect(try registry.behaviorNames(of: record) == day.behaviorNames)
            #expect(try registry.recording(of: record) == day)
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
            try handle.seek(toOffset: 2000)
            try handle.write(contentsOf: Data([1, 2, 3]))
            try handle.close()
            let error = StitchingError.recordingChanged(session: record.name, file: record.file)
            #expect(throws: error) { try registry.prepared([record]) }
            #expect(throws: error) { try registry.behaviorNames(of: record) }
            // What this process has in memory puts it right.
            #expect(try RegisterJourney.register(day, in: registry) == .repaired(record))
            #expect(try registry.recording(of: record) == day)
        }
    }
}
