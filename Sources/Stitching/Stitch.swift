public import Alignment
public import Foundation
import LFADS
import Messages
import Recordings
public import Registry

/// The program: sessions from the registry become one model.
public enum StitchJourney {
    /// What a stitch tells its caller while it goes on.
    public enum Event: Sendable {
        /// Sessions are loaded, settings resolved.
        case prepared(
            settings: StitchSettings, sessions: [SessionRecord], parameters: Int, updatesPerEpoch: Int)
        /// Settings that follow from the recordings, and why.
        case settingsFromData(SettingsFromData)
        /// The days are in one space.
        case aligned(AlignedDays)
        /// Parameters come from another run, in place of an alignment.
        case startedFrom(run: String)
        /// Other processes have loaded their days. More than `most` find nothing to do.
        case ranks(RankStrength, most: Int)
        /// One of several short starts.
        case restart(Restarts.Start)
        /// Training goes on from a checkpoint.
        case resumed(epochsDone: Int)
        /// An epoch, how long it took, and how long all others will take at most.
        case epoch(EpochRecord, seconds: Double, secondsLeft: Double)
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// Name of the run.
        public let run: String
        /// Whether training is done; otherwise it can be resumed.
        public let isFinished: Bool
        /// Epochs that the training has behind it.
        public let epochsDone: Int
        /// The epoch whose parameters are the model, from 1.
        public let bestEpoch: Int
        /// Names of the sessions, in the run's order.
        public let sessions: [String]
        /// Held-out bits per spike of the best epoch per session; empty for other observation models.
        public let bitsPerSpike: [Double]
        /// Agreement of condition-averaged factors over training and held-out trials, of the best epoch.
        public let agreement: Double?
        /// How long it took.
        public let seconds: Double
    }

    /// How a run is trained beyond what its manifest says.
    public struct Options: Sendable {
        /// Threads to compute with; results do not depend on them.
        public var threads: Int
        /// Whether an interrupted run goes on, in place of a new one.
        public var resume: Bool
        /// Seconds between checkpoints; the last epoch is always kept.
        public var checkpointSeconds: Double
        /// Trains a new run, unless it is said that an interrupted one goes on.
        ///
        /// - Parameters:
        ///   - threads: as many as there are processors, if not said.
        ///   - resume: whether an interrupted run goes on, in place of a new one.
        ///   - checkpointSeconds: seconds between checkpoints.
        public init(
            threads: Int = ProcessInfo.processInfo.activeProcessorCount, resume: Bool = false,
            checkpointSeconds: Double = 10
        ) {
            self.threads = threads
            self.resume = resume
            self.checkpointSeconds = checkpointSeconds
        }
    }

    /// Trains the run that a manifest describes, or goes on with it.
    ///
    /// - Parameters:
    ///   - manifest: what is wanted.
    ///   - registry: where the sessions are registered, and the run is entered.
    ///   - options: threads, and whether the run goes on.
    ///   - ranks: other processes that compute their part of every update; the results are those of one process.
    ///   - report: is told what goes on; called on the caller's thread.
    ///   - shouldStop: asked after every epoch; `true` saves a checkpoint and returns.
    /// - Throws: errors of every room below; a run that fails keeps the checkpoint of its last good
    ///   epoch.
    public static func stitch(
        _ manifest: StitchManifest, in registry: SessionRegistry, options: Options = Options(),
        ranks: TrainingRanks? = nil, report: (Event) -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws -> Outcome {
        let name = manifest.run
        if let problem = FileSafeName.problem(with: name) {
            throw RegistryError.unsuitableRunName(name, problem: problem)
        }
        let folder = RunFolder(registry.workspace, run: name)
        let records: [SessionRecord]
        if options.resume {
            guard try registry.search(ofRun: name) == nil else {
                throw StitchingError.searchedRun(name)
            }
            records = try registry.sessions(ofRun: name)
        } else {
            try RunFolder.requireFree(name, in: registry)
            guard !folder.hasCheckpoint else {
                throw StitchingError.strayCheckpoint(run: name, path: folder.checkpoint)
            }
            records = try registry.sessions(matching: manifest.sessions)
        }
        var sessions = try registry.prepared(
            records, holdOut: manifest.holdOut, threads: options.threads)
        let start = try manifest.startFrom.map { try TrainedRun($0, in: registry) }
        let stored =
            options.resume ? try StitchSettings(json: registry.run(named: name).settingsJSON) : nil
        var chosen: SettingsFromData?
        var settings = try StitchSettings(
            manifest, sessions, resuming: stored, startingFrom: start?.settings, threads: options.threads,
            report: { chosen = $0 })
        try start?.requireStartFor(
            settings, zip(records, sessions).map { Checkpoint.Session($0, $1) })
        var alignment: AlignedDays?
        if let stored {
            // A day that joined an imported run was trained, and is finished.
            guard stored.imported == nil || stored.joined != nil else {
                throw StitchingError.importedRun(name)
            }
            // Which of the starts was the best is known already.
            if stored.firstSeed == settings.seed { settings.seed = stored.seed }
            try requireSame(settings, stored, run: name)
            try folder.lock()
            _ = try registry.resumeRun(name)
        } else {
            // Days that can't be aligned are refused before the run takes its name.
            let aligned = start == nil ? try align(sessions, settings, threads: options.threads) : nil
            alignment = aligned
            if let chosen { report(.settingsFromData(chosen)) }
            if settings.restarts > 1, let aligned {
                guard
                    let seed = try Restarts(sessions, settings, aligned, threads: options.threads)
                        .bestSeed(report: { report(.restart($0)) }, shouldStop: shouldStop)
                else { throw StitchingError.stoppedBeforeStart(run: name) }
                settings.seed = seed
            }
            try folder.lockForNewRun(in: registry)
            _ = try registry.beginRun(
                name, seed: Int(settings.seed), settingsJSON: try settings.json(),
                version: neurostitchVersion, sessions: records, parent: manifest.startFrom)
        }
        do {
            let goesOn = options.resume && folder.hasCheckpoint
            if alignment == nil, start == nil, !goesOn {
                alignment = try align(sessions, settings, threads: options.threads)
            }
            let run = try TrainingRun(
                name, settings, records, sessions, registry, folder, threads: options.threads, ranks: ranks,
                report: report)
            // What other processes train takes no room here.
            sessions = []
            report(
                .prepared(
                    settings: settings, sessions: records, parameters: run.parameterCount,
                    updatesPerEpoch: run.training.updatesPerEpoch))
            if goesOn {
                try run.goOn()
                report(.resumed(epochsDone: run.training.epochsDone))
            } else if let start {
                report(.startedFrom(run: start.name))
                try run.begin(from: start)
            } else if let alignment {
                report(.aligned(alignment))
                try run.begin(from: alignment)
            }
            return try run.train(
                checkpointSeconds: options.checkpointSeconds, report: report, shouldStop: shouldStop)
        } catch StitchingError.folderTaken(let run, let path) {
            // The registry may have another run of that name by now.
            throw StitchingError.folderTaken(run: run, path: path)
        } catch {
            // What went wrong matters more than that it could not be entered (a full disk, say).
            _ = try? registry.finishRun(name, as: .failed, message: "\(error)")
            throw error
        }
    }

    /// Resuming under other settings would not be the same run.
    private static func requireSame(
        _ settings: StitchSettings, _ stored: StitchSettings, run: String
    ) throws {
        guard stored != settings else { return }
        var keys: [String] = []
        if stored.seed != settings.seed { keys.append("seed") }
        if stored.restarts != settings.restarts { keys.append("restarts") }
        if stored.startFrom != settings.startFrom { keys.append("start_from") }
        if stored.holdOut.units != settings.holdOut.units { keys.append("held_out_units") }
        if stored.holdOut.conditions != settings.holdOut.conditions {
            keys.append("exclude_conditions")
        }
        if stored.alignment != settings.alignment { keys.append("alignment") }
        if stored.model != settings.model { keys.append("model") }
        if stored.training != settings.training { keys.append("train") }
        throw StitchingError.settingsDiffer(run: run, keys: keys)
    }
}

extension StitchJourney {
    /// The alignment that a manifest's run would start from; nothing is stored.
    ///
    /// - Parameters:
    ///   - manifest: what is wanted.
    ///   - registry: where the sessions are registered.
    ///   - threads: days that are aligned at once.
    ///   - report: is told the settings that follow from the recordings, with the reasons.
    /// - Throws: errors of every room below.
    public static func align(
        _ manifest: StitchManifest, in registry: SessionRegistry,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount,
        report: (SettingsFromData) -> Void = { _ in }
    ) throws -> AlignedDays {
        let records = try registry.sessions(matching: manifest.sessions)
        let sessions = try registry.prepared(records, holdOut: manifest.holdOut, threads: threads)
        var chosen: SettingsFromData?
        let aligned = try align(
            sessions,
            try StitchSettings(manifest, sessions, threads: threads, report: { chosen = $0 }),
            threads: threads)
        if let chosen { report(chosen) }
        return aligned
    }

    package static func align(
        _ sessions: [PreparedSession], _ settings: StitchSettings, threads: Int
    ) throws -> AlignedDays {
        try AlignedDays(
            sessions.map(\.alignable), settings: settings.alignment,
            components: settings.alignment.components ?? settings.model.factorCount,
            factorCount: settings.model.factorCount, observation: settings.model.observation,
            threads: threads)
    }
}
