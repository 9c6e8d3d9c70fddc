import ArrayFiles
import Foundation
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
            #expect(session.trials.counts.values != day.values)
            #expect(session.inModelOrder(day.values) == session.trials.counts.values)
            #expect(session.inRecordingOrder(session.trials.counts).values == day.values)
            #expect(session.unitOrder.map { session.unitPlaces[$0] } == Array(0..<9))
            var marked = day
            marked.units[1].heldOut = true
            #expect(session.wholeRecording() == marked)
            #expect(session.recording == marked.metadata)
        }
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
