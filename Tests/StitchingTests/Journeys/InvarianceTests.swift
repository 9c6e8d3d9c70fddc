import LFADS
import Recordings
import TestSupport
import Testing

@testable import Stitching

/// What must not change a single bit of a result.
@Suite("Nothing but the data and the seed decides a result")
struct InvarianceTests {
    @Test("one, two and three threads give the same bits")
    func threads() throws {
        let recordings = try TrainedWorld.recordings()
        let manifest = try TrainedWorld.manifest()
        let one = try TrainedWorld.train(recordings, manifest, threads: 1).training.state
        for threads in [2, 3] {
            #expect(try TrainedWorld.train(recordings, manifest, threads: threads).training.state == one)
        }
    }

    @Test("another seed gives another model")
    func seeds() throws {
        let recordings = try TrainedWorld.recordings()
        var manifest = try TrainedWorld.manifest()
        let first = try TrainedWorld.train(recordings, manifest).training.state
        manifest.seed = 6
        #expect(try TrainedWorld.train(recordings, manifest).training.state != first)
    }

    @Test("permuting the units of a day permutes its rates and changes nothing else")
    func unitOrder() throws {
        let recordings = try TrainedWorld.recordings()
        let manifest = try TrainedWorld.manifest()
        let order = [4, 0, 8, 2, 6, 1, 7, 3, 5]
        let permuted = [recordings[0].permutingUnits(order), recordings[1]]
        let (sessions, training) = try TrainedWorld.train(recordings, manifest)
        let (otherSessions, otherTraining) = try TrainedWorld.train(permuted, manifest)
        #expect(training.state == otherTraining.state)

        let trials = Array(recordings[0].trials.indices)
        func rates(_ session: PreparedSession, _ training: StitchedTraining) throws -> [Float] {
            let inferred = try training.model.infer(
                session.trials, chosen: trials, quantities: .rates)
            return session.inRecordingOrder(try #require(inferred.means)).values
        }
        let before = try rates(sessions[0], training)
        let after = try rates(otherSessions[0], otherTraining)
        for row in 0..<(before.count / order.count) {
            for (place, unit) in order.enumerated() {
                #expect(after[row * order.count + place] == before[row * order.count + unit])
            }
        }
    }

    @Test("renaming units changes nothing")
    func unitNames() throws {
        let recordings = try TrainedWorld.recordings()
        var renamed = recordings
        for unit in renamed[0].units.indices { renamed[0].units[unit].name = "x\(100 - unit)" }
        let manifest = try TrainedWorld.manifest()
        let before = try TrainedWorld.train(recordings, manifest).training.state
        let after = try TrainedWorld.train(renamed, manifest).training.state
        #expect(before == after)
    }

    @Test("calling conditions something else on all days changes nothing")
    func conditionNames() throws {
        let recordings = try TrainedWorld.recordings()
        let other = ["0": "up", "1": "9", "2": "0", "3": "left", "4": "1", "5": "a"]
        let renamed = recordings.map { $0.relabelling { other[$0] } }
        let manifest = try TrainedWorld.manifest()
        let before = try TrainedWorld.train(recordings, manifest).training.state
        let after = try TrainedWorld.train(renamed, manifest).training.state
        #expect(before == after)
    }

    @Test("going on from a state gives the same bits as never stopping")
    func resuming() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        let manifest = try TrainedWorld.manifest()
        let whole = try TrainedWorld.start(sessions, manifest)
        while !whole.isFinished { _ = try whole.runEpoch() }

        let first = try TrainedWorld.start(sessions, manifest)
        _ = try first.runEpoch()
        let second = try TrainedWorld.start(sessions, manifest, threads: 2)
        try second.restore(first.state)
        while !second.isFinished { _ = try second.runEpoch() }
        #expect(second.state == whole.state)
    }

    @Test("held-out trials take no part in the alignment")
    func heldOutTrials() throws {
        let recordings = try TrainedWorld.recordings()
        var changed = recordings
        let size = changed[0].binCount * changed[0].units.count
        for trial in changed[0].trialIndices(.valid) {
            for i in 0..<size { changed[0].values[trial * size + i] = Float((trial + i) % 4) }
        }
        /// By unit of the recording: the model's order follows the content, held-out trials included.
        func byUnit(_ recordings: [Recording]) throws -> [[Float]] {
            let session = try PreparedSession(recordings[0])
            let alignment = try TrainedWorld.alignment(recordings).days[0]
            let units = session.unitOrder.count
            let readIn = try #require(alignment.maps.readIn).weights
            let readOut = alignment.maps.readOut.weights
            return (0..<units).map { unit -> [Float] in
                let place = session.unitOrder.firstIndex(of: unit) ?? 0
                let inward = (0..<3).map { readIn[$0 * units + place] }
                return inward + readOut[(place * 3)..<(place * 3 + 3)]
            }
        }
        // Another order of the same sums: rounding only, 1e-16 relative through a well-posed ridge.
        for (a, b) in zip(try byUnit(recordings), try byUnit(changed)) {
            for (x, y) in zip(a, b) { #expect(abs(x - y) <= 1e-4 * max(abs(x), 0.01)) }
        }
    }
}
