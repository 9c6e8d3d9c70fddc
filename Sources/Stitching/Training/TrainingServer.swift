import LFADS
public import Ranks
import Registry

/// A process of a training that is not rank 0: it loads its days, and computes its part of what rank 0 orders.
public enum TrainingServer {
    /// Serves until rank 0 sends it home.
    ///
    /// - Parameters:
    ///   - job: of a rank above 0.
    ///   - threads: to compute with; results do not depend on them.
    ///   - shouldStop: asked between epochs; rank 0 is told.
    /// - Throws: `RanksError`. What keeps the process from its part is told to rank 0.
    public static func serve(_ job: ParallelJob, threads: Int, shouldStop: () -> Bool) throws {
        guard let run = try order(job) else { return }
        var share: Share?
        do {
            share = try Share(run, job, threads: threads)
            try job.send(
                RankReadiness(threads: threads), to: 0, as: SharedRun.Message.ready.rawValue)
        } catch {
            try job.send(RankFailure(error), to: 0, as: SharedRun.Message.failure.rawValue)
        }
        while let order = try job.pass(nil, isAskedToStop: shouldStop()).order, order != .leave {
            do { try share?.follow(order) } catch is LFADSError {
                // Rank 0 has the same error, and says what comes of it.
            }
        }
    }

    /// What is trained; `nil` when rank 0 has nothing to do.
    private static func order(_ job: ParallelJob) throws -> SharedRun? {
        while true {
            guard let message = try job.arrived() else {
                ParallelJob.pause()
                continue
            }
            switch SharedRun.Message(rawValue: message.tag) {
            case .run: return try message.decoded()
            case .end: return nil
            default: break
            }
        }
    }

    /// This process's part of a training.
    private final class Share {
        private let run: SharedRun
        private let settings: StitchSettings
        private let plan: SharedTraining
        private let trials: [SessionTrials]
        private let job: ParallelJob
        private let threads: Int
        private var training: StitchedTraining?

        init(_ run: SharedRun, _ job: ParallelJob, threads: Int) throws {
            self.run = run
            self.job = job
            self.threads = threads
            settings = try StitchSettings(json: run.settings)
            plan = SharedTraining(run.outlines, settings.model, settings.training, count: job.count)
            trials = try CanonicalFiles(Workspace(run.workspace))
                .prepared(Array(run.records[plan.sessions(ofRank: job.rank)]), holdOut: settings.holdOut)
                .map(\.trials)
            try plan.requireSame(trials, rank: job.rank)
        }

        func follow(_ order: SharedRun.Order) throws {
            if order == .begin {
                let model = try StitchedModel(
                    settings.model, sessions: run.outlines.map(\.shape), startingFrom: settings.seed,
                    threads: threads)
                training = try StitchedTraining(
                    model, plan, job, trials, settings.training, seed: settings.seed)
                return
            }
            guard let training else { return }
            switch order {
            case .begin, .leave: break
            case .state: try training.restore(try job.spread(training.state))
            case .epoch: _ = try training.runEpoch { _ in try run.agreement?.value(training) }
            case .agreement:
                training.model.setParameters(training.bestParameters)
                _ = try run.finalAgreement?.value(training)
            case .rates:
                training.model.setParameters(training.bestParameters)
                _ = try training.givesFiniteRates()
            }
        }
    }
}
