import Alignment
import Foundation
import LFADS
import Messages
import Registry

/// A run while it is trained: model, history, and what reaches the disk when.
final class TrainingRun {
    let training: StitchedTraining
    private let name: String
    private let settings: StitchSettings
    private let sessionNames: [String]
    private let checkpointSessions: [Checkpoint.Session]
    private let registry: SessionRegistry
    private let folder: RunFolder
    private let measures: EpochMeasures
    /// Of the finished run, over all trials.
    private let finalAgreement: FactorAgreement?
    /// Other processes that compute their part of it; `nil` where there are none.
    private let ranks: TrainingRanks?
    private var history: [EpochRecord] = []
    /// How many entries of the history the checkpoint on the disk has.
    private var savedEpochs = 0
    /// At the end of the last complete epoch: what a checkpoint is made of, also when the epoch after
    /// it fails half-way.
    private var lastState: TrainingState
    private var trajectories: SharedTrajectories?

    private var model: StitchedModel { training.model }
    var parameterCount: Int { model.table.tensors.reduce(0) { $0 + $1.count } }

    /// Does not keep the sessions: of those that other processes train, only what has to be known of them.
    ///
    /// - Throws: `LFADSError`; with other processes also `StitchingError.rankFailed`, `RanksError`.
    init(
        _ name: String, _ settings: StitchSettings, _ records: [SessionRecord],
        _ sessions: [PreparedSession], _ registry: SessionRegistry, _ folder: RunFolder, threads: Int,
        ranks: TrainingRanks? = nil, report: (StitchJourney.Event) -> Void = { _ in }
    ) throws {
        self.name = name
        self.settings = settings
        sessionNames = sessions.map(\.name)
        checkpointSessions = zip(records, sessions).map { Checkpoint.Session($0, $1) }
        self.registry = registry
        self.folder = folder
        self.ranks = ranks
        measures = EpochMeasures(sessions, settings.model.observation)
        finalAgreement = FactorAgreement(sessions, trainingTrialsPerCondition: nil)
        let model = try StitchedModel(
            settings.model, sessions: sessions.map(\.trials.shape), startingFrom: settings.seed,
            threads: threads)
        if let ranks {
            let outlines = sessions.map(\.trials.outline)
            let plan = SharedTraining(outlines, settings.model, settings.training, count: ranks.count)
            let strength = try ranks.tell(
                SharedRun(
                    run: name, workspace: registry.workspace.path, records: records,
                    settings: try settings.json(), outlines: outlines, agreement: measures.agreement,
                    finalAgreement: finalAgreement))
            report(.ranks(strength, most: plan.mostProcesses))
            try ranks.order(.begin)
            training = try StitchedTraining(
                model, plan, ranks.relay, sessions[plan.sessions(ofRank: 0)].map(\.trials),
                settings.training, seed: settings.seed)
        } else {
            training = try StitchedTraining(
                model, sessions.map(\.trials), settings.training, seed: settings.seed)
        }
        lastState = training.state
    }

    func begin(from alignment: AlignedDays) throws {
        try alignment.apply(to: model)
        trajectories = alignment.trajectories
        takeStart()
    }

    /// From the parameters of another run, whose space the days stay in.
    func begin(from start: TrainedRun) throws {
        model.setParameters(try start.parameters(for: model.table))
        trajectories = try start.trajectories()
        takeStart()
    }

    /// Until an epoch is recorded, the start is the model.
    private func takeStart() {
        training.restartBest()
        lastState = training.state
    }

    /// Takes up the checkpoint.
    ///
    /// - Throws: `StitchingError.otherCheckpoint` when it is not this run's.
    func goOn() throws {
        let checkpoint = try Checkpoint.read(folder.checkpoint, table: model.table)
        try checkpoint.header.requireSame(
            run: name, settings: settings, sessions: checkpointSessions, path: folder.checkpoint)
        try training.restore(checkpoint.state)
        history = checkpoint.history
        trajectories = checkpoint.trajectories
        savedEpochs = history.count
        lastState = checkpoint.state
        // A process may have died between the checkpoint and what follows it.
        try folder.writeMetrics(history, sessions: sessionNames)
        try registry.deleteEpochs(ofRun: name, after: training.epochsDone - 1)
        try registry.recordEpochs(
            history.map { $0.metrics(sessions: sessionNames) }, ofRun: name)
    }

    func train(
        checkpointSeconds: Double, report: (StitchJourney.Event) -> Void, shouldStop: () -> Bool
    ) throws -> StitchJourney.Outcome {
        // The wall clock can be set back.
        let clock = ContinuousClock()
        let start = clock.now
        let firstEpoch = training.epochsDone
        var lastSave = start
        var isStopped = false
        if let ranks {
            try ranks.order(.state)
            _ = try ranks.relay.spread(lastState)
        }
        while !training.isFinished {
            let epochStart = clock.now
            try ranks?.order(.epoch)
            let record: EpochRecord
            do {
                record = try measures.runEpoch(training)
            } catch let error as LFADSError {
                guard !history.isEmpty else { throw error }
                try save()
                model.setParameters(lastState.bestParameters)
                try ranks?.order(.rates)
                throw StitchingError.trainingFailed(
                    cause: error, run: name, keptEpoch: history.count,
                    isUsable: try training.givesFiniteRates())
            }
            history.append(record)
            lastState = training.state
            let now = clock.now
            let perEpoch = (now - start).seconds / Double(training.epochsDone - firstEpoch)
            report(
                .epoch(
                    record, seconds: (now - epochStart).seconds,
                    secondsLeft: perEpoch * Double(settings.training.epochs - training.epochsDone)))
            if shouldStop() || ranks?.othersAreAskedToStop == true, !training.isFinished {
                isStopped = true
                break
            }
            if (now - lastSave).seconds >= checkpointSeconds {
                try save()
                lastSave = clock.now
            }
        }
        if savedEpochs < history.count || !folder.hasCheckpoint { try save() }
        return try finish(isStopped: isStopped, seconds: (clock.now - start).seconds)
    }

    private func finish(isStopped: Bool, seconds: Double) throws -> StitchJourney.Outcome {
        let best = training.schedule.bestEpoch ?? 0
        try registry.finishRun(
            name, as: isStopped ? .interrupted : .finished, bestEpoch: best,
            message: isStopped ? "stopped after epoch \(training.epochsDone)" : nil)
        model.setParameters(training.bestParameters)
        try ranks?.order(.agreement)
        return StitchJourney.Outcome(
            run: name, isFinished: !isStopped, epochsDone: training.epochsDone, bestEpoch: best + 1,
            sessions: sessionNames,
            bitsPerSpike: history.first { $0.summary.epoch == best }?.bitsPerSpike ?? [],
            agreement: try finalAgreement?.value(training),
            seconds: seconds)
    }

    /// Checkpoint first: what follows it can be made anew from it.
    private func save() throws {
        try folder.requireLocked()
        try Checkpoint(
            header: Checkpoint.Header(
                run: name, settings: settings, sessions: checkpointSessions,
                epochsDone: lastState.epochsDone, updates: lastState.updates),
            state: lastState, history: history, trajectories: trajectories
        ).write(to: folder.checkpoint, table: model.table)
        try folder.writeMetrics(history, sessions: sessionNames)
        try registry.recordEpochs(
            history[savedEpochs...].map { $0.metrics(sessions: sessionNames) }, ofRun: name)
        savedEpochs = history.count
    }
}

extension Checkpoint.Session {
    init(_ record: SessionRecord, _ session: PreparedSession) {
        name = record.name
        revision = record.revision
        contentHash = record.contentHash
        unitNames = session.unitOrder.map { session.recording.units[$0].name }
        encodedUnitCount = session.encodedUnitCount
    }
}
