import Foundation
import LFADS
import Recordings
import TestSupport
import Testing

@testable import Stitching

@Suite("Trainings that would explode")
struct BreakdownTests {
    /// Many small updates at a rate that no training of this size stands.
    private static let steep = """
        model: {ic_enc_dim: 8, ic_dim: 4, gen_dim: 8, fac_dim: 3, co_dim: 0}
        train: {epochs: 6, batch_size: 4, lr_init: 3, lr_stop: 1.0e-5, lr_readin_scale: 1, lr_readout_scale: 1}
        """

    private func epochs(_ training: StitchedTraining) throws -> [EpochSummary] {
        var epochs: [EpochSummary] = []
        while !training.isFinished { epochs.append(try training.runEpoch()) }
        return epochs
    }

    @Test("an epoch that breaks down is made again at half the rate, and the model predicts in the end")
    func returns() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        let training = try TrainedWorld.start(sessions, try TrainedWorld.manifest(Self.steep))
        let epochs = try epochs(training)
        let returns = epochs.reduce(0) { $0 + ($1.returns ?? 0) }
        #expect(returns > 0)
        // Every return halves the rate of its epoch and of all that follow.
        var halvings = 0
        for epoch in epochs {
            halvings += epoch.returns ?? 0
            let share = 0.5 * (1 + cos(Double.pi * Double(epoch.epoch) / 6))
            let expected = (1e-5 + share * (3 - 1e-5)) / Double(1 << halvings)
            // Some roundings of float32.
            #expect(abs(Double(epoch.learningRate) - expected) <= 1e-6 * expected)
        }
        #expect(halvings == returns)
        #expect(epochs.map(\.epoch) == Array(0..<6))
        let disturbed = try #require(epochs.first { $0.returns != nil })
        let record = EpochRecord(summary: disturbed, bitsPerSpike: [], agreement: nil)
        #expect(record.disturbance?.hasPrefix("epoch \(disturbed.epoch + 1): it broke down") == true)
        for epoch in epochs { #expect(epoch.validation.isFinite && epoch.validation < 10) }
    }

    @Test("what the guard does is the same on any number of threads and after an interruption")
    func invariance() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        let manifest = try TrainedWorld.manifest(Self.steep)
        let whole = try TrainedWorld.start(sessions, manifest)
        let all = try epochs(whole)
        let begun = try TrainedWorld.start(sessions, manifest, threads: 2)
        var parts: [EpochSummary] = []
        for _ in 0..<2 { parts.append(try begun.runEpoch()) }
        // Through JSON, as a checkpoint has it.
        var state = begun.state
        state.schedule = try JSONDecoder().decode(
            TrainingSchedule.self, from: JSONEncoder().encode(state.schedule))
        let resumed = try TrainedWorld.start(sessions, manifest, threads: 2)
        try resumed.restore(state)
        parts += try epochs(resumed)
        #expect(parts == all)
        #expect(resumed.state == whole.state)
    }

    @Test("an update with a gradient far outside the recent ones is left out, and the others are made")
    func outlier() throws {
        var recordings = try TrainedWorld.recordings(trials: 12)
        let day = recordings[0]
        let trial = try #require(day.trialIndices(.train).last)
        // A cable that was touched: one bin of one unit has ten million spikes.
        let place = (trial * day.binCount + day.binCount / 2) * day.units.count
        let clean = recordings
        recordings[0].values[place] = 1e7
        let text = TrainedWorld.tiny.replacing(
            "epochs: 3, batch_size: 16", with: "epochs: 3, cd_rate: 0, batch_size: 2")
        let manifest = try TrainedWorld.manifest(text)
        // The same start for both: alignment hears of the outlier, too.
        let sessions = try clean.map { try PreparedSession($0) }
        let healthy = try TrainedWorld.start(sessions, manifest)
        for epoch in try epochs(healthy) { #expect(epoch.updatesLeftOut == nil && epoch.returns == nil) }

        let training = try StitchedTraining(
            StitchedModel(
                healthy.model.configuration, sessions: healthy.sessions.map(\.shape), startingFrom: 5,
                threads: 1),
            recordings.map { try PreparedSession($0).trials }, healthy.settings, seed: 5)
        let disturbed = try epochs(training)
        #expect(disturbed.dropFirst().map(\.updatesLeftOut) == [1, 1])
        let disturbance = EpochRecord(summary: disturbed[1], bitsPerSpike: [], agreement: nil).disturbance
        #expect(disturbance == "epoch 2: an update was left out, with gradients far outside the recent ones")
        #expect(training.state.parameters.allSatisfy { $0.isFinite })
    }

    /// Held-out trials are seen with posterior means: a posterior that is far too wide shows in training alone.
    @Test("an epoch whose training loss explodes says so, though held-out trials show nothing of it")
    func trainingLossAlone() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        let manifest = try TrainedWorld.manifest(
            TrainedWorld.tiny.replacing("epochs: 3", with: "epochs: 3, lr_init: 1.0e-9, lr_stop: 0"))
        let calm = try TrainedWorld.start(sessions, manifest)
        let training = try TrainedWorld.start(sessions, manifest)
        var parameters = training.model.parameterValues
        for tensor in training.model.table.tensors {
            // The second half of the posterior's parameters are log-variances.
            if tensor.name == "encoder.ic_linear.bias" {
                for place in tensor.count / 2..<tensor.count { parameters[tensor.offset + place] = 6 }
            }
            if tensor.name.hasPrefix("readout."), tensor.name.hasSuffix(".weight") {
                for place in 0..<tensor.count { parameters[tensor.offset + place] *= 2 }
            }
        }
        training.model.setParameters(parameters)
        let (quiet, loud) = (try calm.runEpoch(), try training.runEpoch())
        #expect(quiet.farAboveDoingNothing == nil)
        #expect(EpochRecord(summary: quiet, bitsPerSpike: [], agreement: nil).disturbance == nil)
        let level = try #require(loud.farAboveDoingNothing)
        #expect(loud.returns == nil && loud.validation < level + 10 && loud.reconstruction > level + 10)
        let words = EpochRecord(summary: loud, bitsPerSpike: [], agreement: nil).disturbance
        #expect(words?.hasPrefix("epoch 1: its training loss, ") == true)
        #expect(words?.contains("rates of some trials explode") == true)
    }

    @Test("healthy trainings of all observation models are left alone")
    func healthy() throws {
        for word in ["poisson", "gaussian", "zero_inflated_gamma"] {
            let recordings = try TrainedWorld.recordings()
            let manifest = try TrainedWorld.manifest(
                TrainedWorld.tiny.replacing("fac_dim: 3", with: "fac_dim: 3, reconstruction: \(word)")
                    .replacing("epochs: 3", with: "epochs: 20"))
            let sessions = try recordings.map { try PreparedSession($0) }
            let training = try TrainedWorld.start(sessions, manifest)
            for epoch in try epochs(training) {
                #expect(epoch.updatesLeftOut == nil && epoch.returns == nil, "\(word), epoch \(epoch.epoch)")
            }
        }
    }
}
