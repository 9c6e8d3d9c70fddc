import Alignment
import LFADS
import Registry

/// A trained run as what comes after it sees it: settings, sessions, and the part of the model that all
/// days share.
struct TrainedRun {
    let name: String
    let header: Checkpoint.Header
    let trajectories: SharedTrajectories?
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
            ?? RunAlignment(run: name, in: registry).trajectories?.inSinglePrecision
    }

    /// A model of one new day: the shared part is the run's, the day's own maps are 0.
    func model(for session: PreparedSession, threads: Int) throws -> StitchedModel {
        try requireFits(session)
        let sessions = [session.trials.shape]
        let table = ParameterTable(settings.model, sessions: sessions)
        return try StitchedModel(
            settings.model, sessions: sessions,
            parameters: try parameters(table: table, without: session.name), threads: threads)
    }

    /// All parameters for a table that holds sessions of the run and one more, whose maps are 0.
    func parameters(table: ParameterTable, without session: String? = nil) throws -> [Float] {
        try Checkpoint.readBestParameters(path, table: table, without: session)
    }

    /// Whether training of these days can start from the run's parameters: the same units of the same
    /// recordings, and a model of the same equations.
    ///
    /// - Throws: `StitchingError.cannotStartFrom`
    func requireStartFor(_ other: StitchSettings, _ sessions: [Checkpoint.Session]) throws {
        var differences: [String] = []
        let own = Dictionary(uniqueKeysWithValues: header.sessions.map { ($0.name, $0) })
        let names = Set(sessions.map(\.name))
        for name in own.keys.sorted() where !names.contains(name) {
            differences.append("session \(name) is missing")
        }
        for session in sessions where own[session.name] != session {
            differences.append(
                own[session.name] == nil
                    ? "session \(session.name) is new (extending the run brings it in)"
                    : "session \(session.name) has another revision or other held-out units")
        }
        let keys = zip(
            ManifestKey.show(StitchKeys.model, of: settings.model),
            ManifestKey.show(StitchKeys.model, of: other.model))
        for (known, wanted) in keys where known != wanted && known.key != "dropout_rate" {
            differences.append("model.\(known.key) is \(wanted.value) instead of \(known.value)")
        }
        if settings.model.readIn != other.model.readIn {
            func components(_ settings: StitchSettings) -> String {
                settings.alignment.components.map(String.init) ?? "open"
            }
            differences.append(
                "alignment.components is \(components(other)) instead of \(components(settings))")
        }
        if other.restarts > 1 { differences.append("restarts asks for starts of its own") }
        guard differences.isEmpty else {
            throw StitchingError.cannotStartFrom(run: name, differences: differences)
        }
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
