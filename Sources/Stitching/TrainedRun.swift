import LFADS
import Registry

/// A trained run as what comes after it sees it: settings, sessions, and the part of the model that all
/// days share.
struct TrainedRun {
    let name: String
    let header: Checkpoint.Header
    let trajectories: StoredTrajectories?
    private let path: String

    var settings: StitchSettings { header.settings }

    /// - Throws: `RegistryError.unknownRun`, `StitchingError.runNotTrained`, `.otherCheckpoint` and what
    ///   can be wrong with files.
    init(_ name: String, in registry: SessionRegistry) throws {
        let run = try registry.run(named: name)
        let folder = RunFolder(registry.workspace, run: name)
        guard folder.hasCheckpoint else {
            throw StitchingError.runNotTrained(run: name, status: run.status.rawValue)
        }
        header = try Checkpoint.readHeader(folder.checkpoint)
        guard header.run == name else {
            throw StitchingError.otherCheckpoint(
                run: name, path: folder.checkpoint,
                differences: ["it belongs to run \(header.run)"])
        }
        self.name = name
        path = folder.checkpoint
        trajectories =
            try Checkpoint.readTrajectories(path)
            ?? StoredTrajectories(RunAlignment(run: name, in: registry).alignment)
    }

    /// A model of one new day: the shared part is the run's, the day's own maps are 0.
    func model(for session: PreparedSession, threads: Int) throws -> StitchedModel {
        try requireFits(session)
        let model = try StitchedModel(
            settings.model, sessions: [session.trials], seed: settings.seed, threads: threads)
        model.setParameters(
            try Checkpoint.readBestParameters(path, table: model.table, without: session.name))
        return model
    }

    /// All parameters for a table that holds the run's sessions and one more, whose maps are 0.
    func parameters(table: ParameterTable, without session: String) throws -> [Float] {
        try Checkpoint.readBestParameters(path, table: table, without: session)
    }

    /// - Throws: `StitchingError.doesNotFit`, `.observationDoesNotFit`.
    func requireFits(_ session: PreparedSession) throws {
        let recording = session.recording
        func same(_ what: String, _ own: Int, _ runs: Int) throws {
            guard own == runs else {
                throw StitchingError.doesNotFit(
                    session: session.name, run: name, what: what, found: own, expected: runs)
            }
        }
        try same("bins", recording.binCount, settings.model.binCount)
        try same(
            "external inputs", recording.externalInputNames.count, settings.model.externalInputCount)
        if recording.signal == .continuous, settings.model.observation == .poisson {
            throw StitchingError.observationDoesNotFit(session: session.name)
        }
    }
}
