import Foundation
import LFADS
import TestSupport
import Testing

@testable import Stitching

@Suite("Training that diverges, and units that say nothing")
struct DivergenceTests {
    @Test("a loss that is never finite names epoch, session and tensor; nothing is updated")
    func nonFinite() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        let training = try TrainedWorld.start(sessions, try TrainedWorld.manifest())
        _ = try training.runEpoch()
        let name = sessions[1].name
        try training.model.setParameter(
            "readout.\(name).bias", [Float](repeating: .nan, count: sessions[1].trials.unitCount))
        let before = training.state
        #expect(
            throws: LFADSError.nonFinite(
                epoch: 2, update: before.updates + 1, session: name,
                tensor: "the reconstruction loss")
        ) { try training.runEpoch() }
        #expect(training.state.firstMoment == before.firstMoment)
        #expect(training.epochsDone == 1)
        #expect(
            LFADSError.nonFinite(
                epoch: 2, update: 9, session: "a", tensor: "the reconstruction loss"
            ).description
                == "the training diverged in epoch 2, update 9: the reconstruction loss of session a is "
                + "not finite; lower lr_init, or look for extreme values in the data")
    }

    @Test("a checkpoint whose rates are not finite is not praised")
    func rates() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        let training = try TrainedWorld.start(sessions, try TrainedWorld.manifest())
        let model = training.model
        #expect(try model.givesFiniteRates(of: sessions.map(\.trials)))
        let unit = sessions[1].trials.unitCount
        try model.setParameter(
            "readout.\(sessions[1].name).bias", [Float](repeating: 0, count: unit - 1) + [.nan])
        #expect(try !model.givesFiniteRates(of: sessions.map(\.trials)))
        let cause = LFADSError.nonFinite(epoch: 2, update: 9, session: "a", tensor: "the loss")
        let messages = [true, false].map {
            StitchingError.trainingFailed(cause: cause, run: "r", keptEpoch: 1, isUsable: $0).description
        }
        #expect(messages[0].contains("The checkpoint of epoch 1 of run r is kept and can be queried; "))
        #expect(
            messages[1].contains(
                "The checkpoint of epoch 1 of run r is kept, but rates that it gives are not finite: the run is of no use; "
            ))
    }

    /// Cells that are clipped to nothing have factors that don't vary, and agreement has no value.
    @Test("a training without agreement is kept, goes on, and chooses by the loss")
    func noAgreement() throws {
        let text = TrainedWorld.tiny.replacingOccurrences(
            of: "co_dim: 0", with: "co_dim: 0, cell_clip: 1e-30")
        try TrainedWorld.withRun(text, of: try TrainedWorld.recordings()) { registry, _ in
            let run = try registry.run(named: "small")
            #expect(run.status == .finished)
            let metrics = try registry.epochMetrics(ofRun: "small", names: ["agreement", "valid_recon"])
            #expect(metrics.count == 3 && metrics.allSatisfy { $0.values["agreement"]?.isNaN == true })
            let losses = metrics.compactMap { $0.values["valid_recon"] }
            #expect(run.bestEpoch == losses.indices.min { losses[$0] < losses[$1] })
        }
    }

    @Test("a unit that is silent in training does no harm")
    func silentUnit() throws {
        var recordings = try TrainedWorld.recordings()
        let units = recordings[0].units.count
        for row in 0..<(recordings[0].trialCount * recordings[0].binCount) {
            recordings[0].values[row * units] = 0
        }
        let (_, training) = try TrainedWorld.train(recordings, try TrainedWorld.manifest())
        #expect(try training.validationLosses().allSatisfy { $0.isFinite })
        #expect(training.state.parameters.allSatisfy { abs($0) < 100 })
    }

    @Test("continuous signals ask for another observation model")
    func continuous() throws {
        var recordings = try TrainedWorld.recordings()
        recordings[0].signal = .continuous
        let sessions = try recordings.map { try PreparedSession($0) }
        #expect(throws: StitchingError.observationDoesNotFit(session: sessions[0].name)) {
            try StitchSettings(try TrainedWorld.manifest(), sessions)
        }
        let gaussian = try TrainedWorld.manifest(
            TrainedWorld.tiny.replacingOccurrences(
                of: "fac_dim: 3", with: "fac_dim: 3, reconstruction: gaussian"))
        let (_, training) = try TrainedWorld.train(recordings, gaussian)
        #expect(try training.validationLosses().allSatisfy { $0.isFinite })
    }

    /// Two conditions of ten bins vary in a few directions; a read-out on the rest of sixteen would
    /// have weights without bound, and the first update would be the last.
    @Test func directionsWithoutVarianceAreLeftOut() throws {
        let recordings = try TrainedWorld.recordings(
            conditions: 2, trials: 10, bins: 10, units: [4, 4], seed: 1)
        let manifest = try TrainedWorld.manifest("train: {epochs: 3, batch_size: 16}")
        let sessions = try recordings.map { try PreparedSession($0) }
        let alignment = try TrainedWorld.alignment(
            sessions, try StitchSettings(manifest, sessions))
        let usable = try #require(alignment.trajectories?.usable)
        #expect((1..<8).contains(usable))
        #expect(
            alignment.warnings.contains {
                $0.contains("vary in \(usable) directions only: the other components are left out")
            })
        let width = alignment.components
        for session in alignment.days {
            let units = session.maps.readOut.weights.count / width
            for unit in 0..<units {
                for k in usable..<width { #expect(session.maps.readOut.weights[unit * width + k] == 0) }
            }
        }
        let training = try TrainedWorld.start(sessions, manifest)
        while !training.isFinished { _ = try training.runEpoch() }
        #expect(training.epochsDone == 3)
    }
}
