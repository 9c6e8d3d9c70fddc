import Alignment
import ArrayFiles
import Foundation
import LFADS

/// A run at the end of an epoch, complete: with it training goes on exactly, and factors are queried.
///
/// One HDF5 file, replaced atomically, with the digest of its bytes behind them (`FileSeal`); layout in
/// `docs/file-formats.md`. It holds no times, paths or thread counts, so that the same seed gives the same bytes.
struct Checkpoint {
    static let format = "neurostitch-checkpoint"
    static let layoutVersion = 1

    var header: Header
    var state: TrainingState
    var history: [EpochRecord]
    /// What days that join later are aligned to; `nil` without labelled sessions, and in the checkpoints
    /// of older versions.
    var trajectories: SharedTrajectories?

    struct Session: Equatable {
        var name: String
        var revision: Int
        var contentHash: String
        /// In the model's order.
        var unitNames: [String]
        var encodedUnitCount: Int

        var shape: SessionShape {
            SessionShape(
                name: name, encodedUnitCount: encodedUnitCount, unitCount: unitNames.count)
        }
    }

    private static let buffers = ["parameters", "best_parameters", "first_moment", "second_moment"]

    /// - Parameter table: of the model that the state belongs to.
    func write(to path: String, table: ParameterTable) throws {
        let encoder = JSONEncoder.withNonFiniteNumbers
        encoder.outputFormatting = .sortedKeys
        let schedule = String(decoding: try encoder.encode(state.schedule), as: UTF8.self)
        let history = String(decoding: try encoder.encode(history), as: UTF8.self)
        try HDF5File.write(to: path, sealed: true) { file in
            try file.setAttribute("format", to: Self.format, of: "/")
            // Tells a file that has lost its digest from one that never had one.
            try file.setAttribute("digest", to: "sha256", of: "/")
            try file.setAttribute("version", to: Self.layoutVersion, of: "/")
            try file.setAttribute("run", to: header.run, of: "/")
            try file.setAttribute("epochs_done", to: state.epochsDone, of: "/")
            try file.setAttribute("updates", to: state.updates, of: "/")
            try file.write(ShapedArray(shape: [], values: [try header.settings.json()]), to: "settings")
            try file.write(ShapedArray(shape: [], values: [schedule]), to: "schedule")
            try file.write(ShapedArray(shape: [], values: [history]), to: "history")
            try file.write(
                ShapedArray(shape: [header.sessions.count], values: header.sessions.map(\.name)),
                to: "sessions/names")
            for session in header.sessions {
                let group = "sessions/by_name/\(session.name)"
                try file.write(
                    ShapedArray(shape: [session.unitNames.count], values: session.unitNames),
                    to: "\(group)/units")
                try file.setAttribute("content_hash", to: session.contentHash, of: group)
                try file.setAttribute("revision", to: session.revision, of: group)
                try file.setAttribute("encoded_units", to: session.encodedUnitCount, of: group)
            }
            try trajectories?.write(to: file)
            let values = [
                state.parameters, state.bestParameters, state.firstMoment, state.secondMoment,
            ]
            for (name, buffer) in zip(Self.buffers, values) {
                for tensor in table.tensors where tensor.count > 0 {
                    try file.write(
                        ShapedArray(
                            shape: tensor.shape,
                            values: Array(buffer[tensor.offset..<(tensor.offset + tensor.count)])),
                        to: "\(name)/\(tensor.name)")
                }
            }
        }
    }

    /// What a query needs: settings and sessions, without the parameters.
    struct Header {
        var run: String
        var settings: StitchSettings
        var sessions: [Session]
        var epochsDone: Int
        var updates: Int

        /// - Throws: `StitchingError.otherCheckpoint`: shapes alone do not tell two runs apart.
        func requireSame(
            run: String, settings: StitchSettings, sessions: [Session], path: String
        ) throws {
            var differences: [String] = []
            if self.run != run { differences.append("it belongs to run \(self.run)") }
            if self.settings != settings { differences.append("its settings differ") }
            if self.sessions != sessions { differences.append("its sessions differ") }
            guard differences.isEmpty else {
                throw StitchingError.otherCheckpoint(run: run, path: path, differences: differences)
            }
        }
    }

    static func readHeader(_ path: String) throws -> Header { try header(try open(path), path) }

    /// The file, if its bytes are those that were written; checkpoints of versions up to 0.2.0 have no digest, and are
    /// opened as they are. HDF5 doesn't see a damaged file, which may crash it.
    ///
    /// - Throws: `StitchingError.damagedCheckpoint`, `ArrayFileError`
    private static func open(_ path: String) throws -> HDF5File {
        let state = try FileSeal.state(of: path)
        guard state != .broken else { throw StitchingError.damagedCheckpoint(path: path) }
        let file = try HDF5File.open(path)
        if state == .unsealed, try file.stringAttribute("digest", of: "/") != nil {
            throw StitchingError.damagedCheckpoint(path: path)
        }
        return file
    }

    private static func header(_ file: HDF5File, _ path: String) throws -> Header {
        func broken(_ what: String) -> StitchingError { .notACheckpoint(path: path, what: what) }
        guard try file.stringAttribute("format", of: "/") == format else {
            throw broken("its attribute `format` is not \(format)")
        }
        /// A count that fits the counters of random draws.
        func count(_ name: String, of group: String) throws -> Int? {
            try file.numberAttribute(name, of: group).flatMap { UInt32(exactly: $0) }.map(Int.init)
        }
        guard let version = try count("version", of: "/") else {
            throw broken("it has no attribute `version`")
        }
        guard version <= layoutVersion else {
            throw StitchingError.newerCheckpoint(path: path, version: version)
        }
        guard let run = try file.stringAttribute("run", of: "/"),
            let epochs = try count("epochs_done", of: "/"),
            let updates = try count("updates", of: "/"),
            let json = try file.strings("settings").values.first
        else { throw broken("`run`, `epochs_done`, `updates` or `settings` is missing") }
        let settings: StitchSettings
        do { settings = try StitchSettings(json: json) } catch { throw broken("its settings can't be read") }
        let sessions = try file.strings("sessions/names").values.map { name -> Session in
            let group = "sessions/by_name/\(name)"
            guard let hash = try file.stringAttribute("content_hash", of: group),
                let revision = try count("revision", of: group),
                let encoded = try count("encoded_units", of: group)
            else { throw broken("session \(name) is incomplete") }
            return Session(
                name: name, revision: revision, contentHash: hash,
                unitNames: try file.strings("\(group)/units").values, encodedUnitCount: encoded)
        }
        return Header(
            run: run, settings: settings, sessions: sessions, epochsDone: epochs, updates: updates)
    }

    /// The whole state, for going on.
    static func read(_ path: String, table: ParameterTable) throws -> Checkpoint {
        let file = try open(path)
        let header = try header(file, path)
        let decoder = JSONDecoder.withNonFiniteNumbers
        func json<Value: Decodable>(_ name: String, _ type: Value.Type) throws -> Value {
            guard let text = try file.strings(name).values.first,
                let value = try? decoder.decode(type, from: Data(text.utf8))
            else { throw StitchingError.notACheckpoint(path: path, what: "`\(name)` can't be read") }
            return value
        }
        let read = try buffers.map { try buffer($0, file, table, path) }
        let state = TrainingState(
            epochsDone: header.epochsDone, updates: header.updates,
            schedule: try json("schedule", TrainingSchedule.self), parameters: read[0],
            firstMoment: read[2], secondMoment: read[3], bestParameters: read[1])
        let history = try json("history", [EpochRecord].self)
        guard history.count == header.epochsDone,
            history.allSatisfy({ $0.summary.validationOfSession.count == header.sessions.count })
        else {
            throw StitchingError.notACheckpoint(
                path: path, what: "its history does not fit its epochs and sessions")
        }
        return Checkpoint(
            header: header, state: state, history: history,
            trajectories: try trajectories(file, path))
    }

    /// Shared trajectories alone.
    static func readTrajectories(_ path: String) throws -> SharedTrajectories? {
        try trajectories(try open(path), path)
    }

    private static func trajectories(_ file: HDF5File, _ path: String) throws -> SharedTrajectories? {
        try SharedTrajectories.read(file) {
            StitchingError.notACheckpoint(path: path, what: "of its shared trajectories, \($0)")
        }
    }

    /// What a trained run is for whoever comes after: the best epoch's parameters of all its sessions.
    struct Trained {
        let header: Header
        let table: ParameterTable
        /// In the order of `table`.
        let parameters: [Float]
        let trajectories: SharedTrajectories?
    }

    static func readTrained(_ path: String) throws -> Trained {
        let file = try open(path)
        let header = try header(file, path)
        let table = ParameterTable(
            header.settings.model, sessions: header.sessions.map(\.shape))
        return Trained(
            header: header, table: table, parameters: try buffer("best_parameters", file, table, path),
            trajectories: try trajectories(file, path))
    }

    private static func buffer(
        _ name: String, _ file: HDF5File, _ table: ParameterTable, _ path: String
    ) throws -> [Float] {
        var values = [Float](repeating: 0, count: table.count)
        for tensor in table.tensors where tensor.count > 0 {
            let array = try file.floats("\(name)/\(tensor.name)")
            guard array.shape == tensor.shape else {
                throw LFADSError.parameterMismatch(
                    name: tensor.name, expected: "shape \(tensor.shape)",
                    found: "shape \(array.shape) in \(path)")
            }
            values.replaceSubrange(tensor.offset..<(tensor.offset + tensor.count), with: array.values)
        }
        return values
    }
}
