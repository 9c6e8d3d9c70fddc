import ArrayFiles
import LFADS
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// Whatever test trials hold, a run is the same bit for bit: parameters, history, and the choice of the start.
@Suite("Test trials take part in nothing", .serialized) struct TestTrialsTests {
    /// Three days in three parts.
    private func days() throws -> [Recording] {
        try TrainedWorld.recordings(sessions: 3, trials: 12).map {
            try $0.splitting(everyKthOfCondition: 3, testEvery: 4)
        }
    }

    private let settings = """
        held_out_units: 0.2
        restarts: 2
        model: {ic_enc_dim: 8, ic_dim: 4, gen_dim: 8, fac_dim: 3}
        train: {epochs: 4, batch_size: 16, lr_readin_scale: 0.1, lr_readout_scale: 0.1}
        """

    /// What a run came to, without the hashes of what it was trained on.
    private struct Result: Equatable {
        let state: TrainingState
        let history: [EpochRecord]
        let seed: UInt64
        let units: [[String]]
        let bitsPerSpike: [Double]
        let agreement: Double?
        /// Of the day that joins, by its labels and without.
        let joined: [[Float]]
    }

    private func result(_ days: [Recording]) throws -> Result {
        var result: Result?
        try withRegistry { registry in
            try registry.register(days)
            var plan = try TrainedWorld.manifest(settings)
            plan.sessions = .names(days.prefix(2).map(\.session))
            let outcome = try registry.stitch(plan)
            let joined = try [true, false].map { usesLabels -> [Float] in
                var options = ExtendJourney.Options(threads: 1)
                options.name = usesLabels ? "labelled" : "blind"
                options.usesLabels = usesLabels
                options.epochs = 2
                _ = try ExtendJourney.extend(
                    run: "small", by: days[2].session, in: registry, options: options)
                return try checkpoint(options.name ?? "", registry).state.parameters
            }
            let kept = try checkpoint("small", registry)
            result = Result(
                state: kept.state, history: kept.history, seed: kept.header.settings.seed,
                units: kept.header.sessions.map(\.unitNames), bitsPerSpike: outcome.bitsPerSpike,
                agreement: outcome.agreement, joined: joined)
        }
        return try #require(result)
    }

    private func checkpoint(_ run: String, _ registry: SessionRegistry) throws -> Checkpoint {
        let trained = try TrainedRun(run, in: registry, threads: 1)
        return try Checkpoint.read(
            RunFolder(registry.workspace, run: run).checkpoint,
            table: ParameterTable(trained.settings.model, sessions: trained.header.sessions.map(\.shape)))
    }

    @Test("runs of days that differ in test trials alone are one run") func runs() throws {
        let days = try days()
        let changed = days.map { $0.changing(.test) }
        #expect(zip(days, changed).allSatisfy { $0.contentHash != $1.contentHash })
        let known = try result(days)
        #expect(known.history.count == 4 && known.agreement != nil)
        #expect(try result(changed) == known)
        // The comparison is able to tell: what is held out chooses.
        #expect(try result(days.map { $0.changing(.valid) }) != known)
    }

    @Test("the parts of a session are told apart, and excluded conditions are in none") func parts() throws {
        let day = try days()[0]
        let session = try PreparedSession(day)
        #expect(session.testTrials == day.trialIndices(.test) && !session.testTrials.isEmpty)
        #expect(session.trainingTrials == day.trialIndices(.train))
        #expect(session.validationTrials == day.trialIndices(.valid))
        var holdOut = HoldOut()
        holdOut.conditions = ["2"]
        let without = try PreparedSession(day, holdOut: holdOut)
        #expect(without.testTrials == day.trialIndices(.test).filter { day.trials[$0].condition != "2" })
        #expect(without.excludedTrials == day.trials.indices.filter { day.trials[$0].condition == "2" })
        #expect(try PreparedSession(TrainedWorld.recordings()[0]).testTrials.isEmpty)
    }

    @Test("factors of test trials are written under their own names, and are asked for by their own word")
    func factors() throws {
        let days = try days()
        try TrainedWorld.withRun(of: days) { registry, _ in
            let day = try TrainedRun("small", in: registry, threads: 1).day(days[0].session)
            let test = try TrialSelection("test").trials(of: day.recording)
            #expect(test == days[0].trialIndices(.test))
            let path = registry.scratch("factors.h5")
            let all = Array(day.recording.trials.indices)
            try FactorFile(day, trials: all, quantities: [.factors]).write(to: path, as: .hdf5)
            let file = try HDF5File.open(path)
            #expect(try file.integers("test_inds").values.map { Int($0) } == test)
            let factors = try file.floats("factors").values
            let size = factors.count / all.count
            #expect(
                try file.floats("test_factors").values
                    == test.flatMap { factors[($0 * size)..<(($0 + 1) * size)] })
            #expect(try file.integers("train_inds").values.map { Int($0) } == days[0].trialIndices(.train))
        }
        let plain = try PreparedSession(TrainedWorld.recordings()[0]).recording
        #expect(
            words { _ = try TrialSelection("test").trials(of: plain) }
                == "session \(plain.session) has no test trials; `split: {test_every: 5}` in its manifest "
                + "would make some, or ask for valid, the held-out trials")
    }
}

extension Recording {
    /// The same day with other counts and other behaviour in the trials of one part.
    fileprivate func changing(_ part: Split) -> Recording {
        var result = self
        let (units, channels) = (binCount * units.count, binCount * behaviorNames.count)
        for trial in trialIndices(part) {
            for i in 0..<units { result.values[trial * units + i] = Float((trial * 7 + i * 3) % 5) }
            for i in 0..<channels { result.behavior[trial * channels + i] = Float((trial + i) % 9) - 100 }
        }
        return result
    }
}
