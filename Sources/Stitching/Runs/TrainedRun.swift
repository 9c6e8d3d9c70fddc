public import Alignment
public import Foundation
import LFADS
public import Registry
import Synchronization

/// A trained run: its settings, its sessions and the best epoch's parameters, which are read once.
///
/// ```swift
/// let run = try TrainedRun("lorenz", in: registry)
/// let day = try run.day("lorenz-2024-01-15")
/// let factors = try day.infer(.factors).factors      // [trial, bin, factor]
/// ```
public struct TrainedRun: Sendable {
    /// Name of the run.
    public let name: String
    /// The settings that it was trained with, everything resolved.
    public let settings: StitchSettings
    /// Those that it was trained on and those that joined later, by date.
    public let sessions: [SessionRecord]
    let header: Checkpoint.Header
    let registry: SessionRegistry
    let threads: Int
    /// Of all sessions, in the order of `table`.
    private let parameters: [Float]
    private let table: ParameterTable
    private let storedTrajectories: SharedTrajectories?
    private let foundTrajectories = FoundTrajectories()

    /// Reads a run.
    ///
    /// - Parameters:
    ///   - name: of the run.
    ///   - registry: where it is registered.
    ///   - threads: that inference takes; results do not depend on them.
    /// - Throws: `RegistryError.unknownRun`, `StitchingError.runNotTrained`, `.otherCheckpoint` and what
    ///   can be wrong with files.
    public init(
        _ name: String, in registry: SessionRegistry,
        threads: Int = ProcessInfo.processInfo.activeProcessorCount
    ) throws {
        let run = try registry.run(named: name)
        let folder = RunFolder(registry.workspace, run: name)
        guard folder.hasCheckpoint else {
            throw StitchingError.runNotTrained(run: name, status: run.status.rawValue)
        }
        let trained = try Checkpoint.readTrained(folder.checkpoint)
        guard trained.header.run == name else {
            throw StitchingError.otherCheckpoint(
                run: name, path: folder.checkpoint,
                differences: ["it belongs to run \(trained.header.run)"])
        }
        self.name = name
        self.registry = registry
        self.threads = threads
        settings = trained.header.settings
        sessions = try registry.sessions(ofRun: name)
        header = trained.header
        table = trained.table
        parameters = trained.parameters
        storedTrajectories = trained.trajectories
    }

    /// A day of the run with the maps that it has there.
    ///
    /// - Throws: `StitchingError.sessionNotInRun`, `.otherCheckpoint` and what can be wrong with recordings.
    public func day(_ session: String) throws -> TrainedDay {
        guard let record = sessions.first(where: { $0.name == session }) else {
            throw StitchingError.sessionNotInRun(
                run: name, session: session, known: sessions.map(\.name))
        }
        let (prepared, maps) = try prepared(record)
        return TrainedDay(
            run: name, record: record, session: prepared, settings: settings,
            model: try StitchedModel(
                settings.model, sharedParameters: sharedParameters, session: prepared.trials.shape,
                maps: maps, threads: threads))
    }

    /// A day's trials as they were trained on, and its maps.
    private func prepared(_ record: SessionRecord) throws -> (session: PreparedSession, maps: SessionMaps) {
        guard let place = header.sessions.firstIndex(where: { $0.name == record.name }),
            header.sessions[place].contentHash == record.contentHash
        else {
            throw StitchingError.otherCheckpoint(
                run: name, path: RunFolder(registry.workspace, run: name).checkpoint,
                differences: ["session \(record.name) differs"])
        }
        return (
            try registry.prepared(record, holdOut: settings.holdOut),
            table.maps(ofSession: place, in: parameters)
        )
    }

    private var sharedParameters: [Float] { Array(parameters[..<table.sharedCount]) }

    /// What the run's days share, and days that join are aligned to; `nil` without labelled sessions.
    ///
    /// Read-ins that have learnt no longer make the trajectories of their alignment, which a checkpoint holds; what
    /// they make instead is found from the recordings. Checkpoints of the first versions hold none: there the
    /// alignment is made anew.
    public func trajectories() throws -> SharedTrajectories? {
        try foundTrajectories.value.withLock { known in
            if let known { return known }
            let found = try findTrajectories()
            known = .some(found)
            return found
        }
    }

    /// All recordings are read for them: found at most once, whoever asks.
    private final class FoundTrajectories: Sendable { let value = Mutex<SharedTrajectories??>(nil) }

    private func findTrajectories() throws -> SharedTrajectories? {
        // A joined day's run holds what its parent's days share, an imported model what its read-ins make.
        let isOfAlignment = settings.joined == nil && settings.imported == nil
        if isOfAlignment, settings.training.readInRateScale > 0 {
            return SharedTrajectories(
                try sessions.map { record in
                    let (session, maps) = try prepared(record)
                    return (session, ReadInMap(maps.readIn, encodedUnits: session.encodedUnitCount))
                }, smoothingMilliseconds: settings.alignment.smoothingMilliseconds)
        }
        if let storedTrajectories { return storedTrajectories }
        return try RunAlignment(run: name, in: registry).trajectories?.inSinglePrecision
    }

    /// A model of one new day: the shared part is the run's, the day's own maps are 0.
    ///
    /// - Throws: `StitchingError.doesNotFit`, `.observationDoesNotFit`.
    func model(for session: PreparedSession, threads: Int) throws -> StitchedModel {
        try requireFits(session)
        let shape = session.trials.shape
        let own = ParameterTable(settings.model, sessions: [shape])
        return try StitchedModel(
            settings.model, sessions: [shape],
            parameters: sharedParameters + [Float](repeating: 0, count: own.count - own.sharedCount),
            threads: threads)
    }

    /// All parameters for a table of the same sessions in any order, or of one more, whose maps are 0.
    ///
    /// - Throws: `LFADSError.parameterMismatch`
    func parameters(for other: ParameterTable, without session: String? = nil) throws -> [Float] {
        var values = [Float](repeating: 0, count: other.count)
        for tensor in other.tensors where tensor.count > 0 {
            guard let own = table.tensor(named: tensor.name) else {
                if let session, let place = tensor.session, other.sessionNames[place] == session { continue }
                throw LFADSError.parameterMismatch(
                    name: tensor.name, expected: "a tensor of run \(name)", found: "no such tensor")
            }
            guard own.shape == tensor.shape else {
                throw LFADSError.parameterMismatch(
                    name: tensor.name, expected: "shape \(tensor.shape)", found: "shape \(own.shape)")
            }
            values.replaceSubrange(
                tensor.offset..<(tensor.offset + tensor.count),
                with: parameters[own.offset..<(own.offset + own.count)])
        }
        return values
    }
}
