import ArrayFiles
import Foundation
import LFADS
import Recordings
public import Registry

/// The program: sessions from the registry become one model.
public enum StitchJourney {
    /// What a stitch tells its caller while it goes on.
    public enum Event: Sendable {
        case prepared(settings: StitchSettings, sessions: [SessionRecord], parameters: Int, updatesPerEpoch: Int)
        case aligned(Alignment)
        case resumed(epochsDone: Int)
        case epoch(EpochRecord, seconds: Double, secondsLeft: Double)
    }

    public struct Outcome: Sendable {
        public let run: String
        public let isFinished: Bool
        public let epochsDone: Int
        /// The epoch whose parameters are the model, from 1.
        public let bestEpoch: Int
        public let sessions: [String]
        /// Held-out bits per spike of the best epoch per session; empty for other observation models.
        public let bitsPerSpike: [Double]
        /// Agreement of condition-averaged factors over all trials, of the best epoch.
        public let agreement: Double?
        public let seconds: Double
    }

    public struct Options: Sendable {
        public var threads: Int
        public var resume: Bool
        /// Seconds between checkpoints; the last epoch is always kept.
        public var checkpointSeconds: Double
        public init(threads: Int, resume: Bool = false, checkpointSeconds: Double = 10) {
            self.threads = threads
            self.resume = resume
            self.checkpointSeconds = checkpointSeconds
        }
    }

    /// Trains the run that a manifest describes, or goes on with it.
    ///
    /// - Parameters:
    ///   - report: called on the caller's thread.
    ///   - shouldStop: asked after every epoch; `true` saves a checkpoint and returns.
    /// - Throws: errors of every room below; a run that fails keeps its last good checkpoint.
    public static func stitch(
        _ manifest: StitchManifest, in registry: SessionRegistry, options: Options,
        report: (Event) -> Void, shouldStop: () -> Bool
    ) throws -> Outcome {
        let folder = RunFolder(registry.workspace, run: manifest.run)
        let isKnown = try registry.runs().contains { $0.name == manifest.run }
        let records: [SessionRecord]
        if isKnown, options.resume {
            records = try registry.sessions(ofRun: manifest.run)
        } else {
            records = try registry.sessions(matching: manifest.sessions)
        }
        let sessions = try prepare(records, in: registry)
        let settings = try StitchSettings(manifest, sessions)
        var alignment: Alignment?
        if isKnown, options.resume {
            try requireSame(settings, try registry.run(named: manifest.run))
            try folder.lock()
            _ = try registry.resumeRun(manifest.run)
        } else {
            // Days that can't be aligned are refused before the run takes its name.
            if !isKnown { alignment = try align(sessions, settings) }
            if !isKnown, folder.hasCheckpoint {
                throw StitchingError.strayCheckpoint(run: manifest.run, path: folder.checkpoint)
            }
            _ = try registry.beginRun(
                manifest.run, seed: Int(settings.seed), settingsJSON: try settings.json(),
                version: neurostitchVersion, sessions: records)
        }
        do {
            if !folder.isLocked { try folder.lock() }
            return try train(
                manifest.run, settings, records, sessions, alignment, registry, folder, options, report,
                shouldStop)
        } catch {
            // What went wrong matters more than that it could not be entered (a full disk, say).
            _ = try? registry.finishRun(manifest.run, as: .failed, message: "\(error)")
            throw error
        }
    }

    /// Reads the registered recordings and checks that they are what was registered.
    public static func prepare(
        _ records: [SessionRecord], in registry: SessionRegistry
    ) throws -> [PreparedSession] {
        try records.map { record in
            let path = registry.workspace.location(of: record.file)
            // Before HDF5 sees the file: it can crash on damaged bytes.
            guard try ContentHash.ofFile(path) == record.fileHash else {
                throw StitchingError.recordingChanged(session: record.name, file: record.file)
            }
            let recording = try RecordingFile.read(path)
            guard recording.contentHash == record.contentHash else {
                throw StitchingError.recordingChanged(session: record.name, file: record.file)
            }
            return try PreparedSession(recording)
        }
    }

    private static func train(
        _ run: String, _ settings: StitchSettings, _ records: [SessionRecord],
        _ sessions: [PreparedSession], _ alignment: Alignment?, _ registry: SessionRegistry,
        _ folder: RunFolder, _ options: Options, _ report: (Event) -> Void, _ shouldStop: () -> Bool
    ) throws -> Outcome {
        let start = Date()
        let model = try StitchedModel(
            settings.model, sessions: sessions.map(\.trials), seed: settings.seed,
            threads: options.threads)
        let training = try StitchedTraining(model, settings.training, seed: settings.seed)
        report(
            .prepared(
                settings: settings, sessions: records,
                parameters: model.table.tensors.reduce(0) { $0 + $1.count },
                updatesPerEpoch: training.updatesPerEpoch))

        var history: [EpochRecord] = []
        if options.resume, folder.hasCheckpoint {
            let checkpoint = try Checkpoint.read(folder.checkpoint, table: model.table)
            try training.restore(checkpoint.state)
            history = checkpoint.history
            // A process may have died between the checkpoint and the registry.
            try registry.deleteEpochs(ofRun: run, after: training.epochsDone - 1)
            try registry.recordEpochs(
                history.map { $0.metrics(sessions: sessions.map(\.name)) }, ofRun: run)
            report(.resumed(epochsDone: training.epochsDone))
        } else {
            let alignment = try alignment ?? align(sessions, settings)
            report(.aligned(alignment))
            try alignment.apply(to: model)
        }

        let names = sessions.map(\.name)
        let measures = EpochMeasures(sessions, settings.model.observation)
        var unsaved: [EpochRecord] = []
        var lastSave = Date()
        func save() throws {
            try Checkpoint(
                run: run, settings: settings, state: training.state, history: history,
                sessions: zip(records, sessions).map { Checkpoint.Session($0, $1) }
            ).write(to: folder.checkpoint, table: model.table)
            try folder.writeMetrics(history, sessions: names)
            try registry.recordEpochs(unsaved.map { $0.metrics(sessions: names) }, ofRun: run)
            unsaved = []
            lastSave = Date()
        }

        var stopped = false
        let firstEpoch = training.epochsDone
        let trainingStart = Date()
        while !training.isFinished {
            let epochStart = Date()
            let record = try measures.record(try training.runEpoch(), model)
            history.append(record)
            unsaved.append(record)
            let now = Date()
            let perEpoch =
                now.timeIntervalSince(trainingStart) / Double(training.epochsDone - firstEpoch)
            report(
                .epoch(
                    record, seconds: now.timeIntervalSince(epochStart),
                    secondsLeft: perEpoch * Double(settings.training.epochs - training.epochsDone)))
            if shouldStop(), !training.isFinished {
                stopped = true
                break
            }
            if now.timeIntervalSince(lastSave) >= options.checkpointSeconds { try save() }
        }
        if !unsaved.isEmpty || !folder.hasCheckpoint { try save() }

        let bestEpoch = (training.schedule.bestEpoch ?? 0) + 1
        try registry.finishRun(
            run, as: stopped ? .interrupted : .finished, bestEpoch: bestEpoch - 1,
            message: stopped ? "stopped after epoch \(training.epochsDone)" : nil)
        model.setParameters(training.bestParameters)
        let best = history.first { $0.summary.epoch == bestEpoch - 1 }
        return Outcome(
            run: run, isFinished: !stopped, epochsDone: training.epochsDone, bestEpoch: bestEpoch,
            sessions: names, bitsPerSpike: best?.bitsPerSpike ?? [],
            agreement: FactorAgreement(sessions, trainingTrialsPerCondition: nil)?.value(model),
            seconds: Date().timeIntervalSince(start))
    }

    /// Resuming under other settings would not be the same run.
    private static func requireSame(_ settings: StitchSettings, _ run: RunRecord) throws {
        let stored = try StitchSettings(json: run.settingsJSON)
        guard stored != settings else { return }
        var keys: [String] = []
        if stored.seed != settings.seed { keys.append("seed") }
        if stored.alignment != settings.alignment { keys.append("alignment") }
        if stored.model != settings.model { keys.append("model") }
        if stored.training != settings.training { keys.append("train") }
        throw StitchingError.settingsDiffer(run: run.name, keys: keys)
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

/// What is measured after every epoch beside the losses.
private struct EpochMeasures {
    private let bits: [BitsPerSpike]
    private let agreement: FactorAgreement?

    init(_ sessions: [PreparedSession], _ observation: ObservationModel) {
        bits =
            observation == .poisson
            ? sessions.map { BitsPerSpike($0, trials: $0.validationTrials) } : []
        agreement = FactorAgreement(
            sessions, trainingTrialsPerCondition: FactorAgreement.trainingTrialsPerCondition)
    }

    func record(_ summary: EpochSummary, _ model: StitchedModel) throws -> EpochRecord {
        EpochRecord(
            summary: summary,
            bitsPerSpike: zip(bits, summary.validationOfSession).map { $0.value(meanLoss: $1) },
            agreement: agreement?.value(model))
    }
}

extension StitchJourney {
    /// The alignment that a manifest's run would start from; nothing is stored.
    public static func align(_ manifest: StitchManifest, in registry: SessionRegistry) throws -> Alignment {
        let records = try registry.sessions(matching: manifest.sessions)
        let sessions = try prepare(records, in: registry)
        return try align(sessions, try StitchSettings(manifest, sessions))
    }

    private static func align(
        _ sessions: [PreparedSession], _ settings: StitchSettings
    ) throws -> Alignment {
        try Alignment(
            sessions, settings: settings.alignment,
            components: settings.alignment.components ?? settings.model.factorCount,
            factorCount: settings.model.factorCount, observation: settings.model.observation)
    }
}
