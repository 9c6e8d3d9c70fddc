import ArrayFiles
import Foundation
import GRDB
import Messages
import Recordings

extension SessionRegistry {
    /// Enters a run that starts now.
    /// - Parameters:
    ///   - name: of the run.
    ///   - seed: of all random draws.
    ///   - settingsJSON: the resolved settings.
    ///   - version: of the program that trains it.
    ///   - sessions: the exact revisions that it is trained on, in its order.
    ///   - parent: the run that it extends.
    /// - Throws: `RegistryError.runExists` and others.
    public func beginRun(
        _ name: String, seed: Int, settingsJSON: String, version: String,
        sessions: [SessionRecord], parent: String? = nil
    ) throws -> RunRecord {
        try write { connection in
            try Self.insertRun(
                name, seed: seed, settingsJSON: settingsJSON, version: version, sessions: sessions,
                parent: parent, connection)
            return try Self.requireRun(name, connection)
        }
    }

    /// Enters a run that is complete: with its sessions, epochs and end, or not at all.
    /// - Parameters: as those of `beginRun`, `recordEpochs` and `finishRun`; no epochs where none was
    ///   trained here.
    /// - Throws: `RegistryError.runExists` and others.
    public func enterFinishedRun(
        _ name: String, seed: Int, settingsJSON: String, version: String,
        sessions: [SessionRecord], parent: String? = nil, epochs: [EpochMetrics], bestEpoch: Int?,
        message: String? = nil
    ) throws {
        try write { connection in
            try Self.insertRun(
                name, seed: seed, settingsJSON: settingsJSON, version: version, sessions: sessions,
                parent: parent, connection)
            try Self.insertEpochs(epochs, ofRun: name, connection)
            try connection.execute(
                sql: """
                    UPDATE run SET status = 'finished', finished_at = ?, best_epoch = ?, message = ?
                    WHERE name = ?
                    """, arguments: [Self.now, bestEpoch, message, name])
        }
    }

    /// Marks a run that was interrupted, failed, or left behind by a dead process as running again.
    /// - Throws: `RegistryError.unknownRun` or `.runFinished`
    public func resumeRun(_ name: String) throws -> RunRecord {
        try write { connection in
            let run = try Self.requireRun(name, connection)
            if run.status == .finished {
                throw RegistryError.runFinished(name, at: run.finishedAt ?? "an unknown time")
            }
            try connection.execute(
                sql: """
                    UPDATE run SET status = 'running', finished_at = NULL, message = NULL WHERE name = ?
                    """,
                arguments: [name])
            return try Self.requireRun(name, connection)
        }
    }

    /// Enters how a run ended.
    /// - Throws: `RegistryError.unknownRun`
    @discardableResult
    public func finishRun(
        _ name: String, as outcome: RunOutcome, bestEpoch: Int? = nil, message: String? = nil
    ) throws -> RunRecord {
        try write { connection in
            _ = try Self.requireRun(name, connection)
            try connection.execute(
                sql: """
                    UPDATE run SET status = ?, finished_at = ?, best_epoch = ?, message = ?
                    WHERE name = ?
                    """,
                arguments: [outcome.rawValue, Self.now, bestEpoch, message, name])
            return try Self.requireRun(name, connection)
        }
    }

    /// The run of a name.
    /// - Throws: `RegistryError.unknownRun`
    public func run(named name: String) throws -> RunRecord {
        try read { try Self.requireRun(name, $0) }
    }

    /// All runs, the one that was started first coming first.
    public func runs() throws -> [RunRecord] {
        try read { connection in
            try Row.fetchAll(connection, sql: RunRecord.query + " ORDER BY run.id")
                .map(RunRecord.init)
        }
    }

    /// The exact revisions that a run was trained on, in its order, even if newer ones exist.
    /// - Throws: `RegistryError.unknownRun`
    public func sessions(ofRun name: String) throws -> [SessionRecord] {
        try read { connection in
            let identifier = try Self.identifier(ofRun: name, connection)
            let sql =
                SessionRecord.query + """
                     JOIN run_session ON run_session.session_id = session.id
                    WHERE run_session.run_id = ? ORDER BY run_session.position
                    """
            return try Row.fetchAll(connection, sql: sql, arguments: [identifier])
                .map(SessionRecord.init)
        }
    }

    // MARK: Within a transaction

    static func insertRun(
        _ name: String, seed: Int, settingsJSON: String, version: String,
        sessions: [SessionRecord], parent: String?, _ connection: Database
    ) throws {
        if let problem = FileSafeName.problem(with: name) {
            throw RegistryError.unsuitableRunName(name, problem: problem)
        }
        guard !sessions.isEmpty else { throw RegistryError.runWithoutSessions(name) }
        var seen: Set<String> = []
        for session in sessions where !seen.insert(session.name).inserted {
            throw RegistryError.sessionTwiceInRun(run: name, session: session.name)
        }
        if let existing = try findRun(name, connection) {
            throw RegistryError.runExists(name, status: existing.status)
        }
        let valid = try Bool.fetchOne(
            connection, sql: "SELECT json_valid(?)", arguments: [settingsJSON])
        guard valid == true else { throw RegistryError.settingsNotJSON(run: name) }
        let parentIdentifier = try parent.map { try identifier(ofRun: $0, connection) }
        try connection.execute(
            sql: """
                INSERT INTO run (name, status, seed, settings, version, created_at, parent_id)
                VALUES (?, 'running', ?, ?, ?, ?, ?)
                """,
            arguments: [name, seed, settingsJSON, version, now, parentIdentifier])
        let runIdentifier = connection.lastInsertedRowID
        for (position, session) in sessions.enumerated() {
            try connection.execute(
                sql: "INSERT INTO run_session (run_id, position, session_id) VALUES (?, ?, ?)",
                arguments: [runIdentifier, position, try identifier(of: session, connection)])
        }
    }

    static func identifier(ofRun name: String, _ connection: Database) throws -> Int64 {
        let identifier = try Int64.fetchOne(
            connection, sql: "SELECT id FROM run WHERE name = ?", arguments: [name])
        guard let identifier else { throw try unknownRun(name, connection) }
        return identifier
    }

    private static func findRun(_ name: String, _ connection: Database) throws -> RunRecord? {
        try Row.fetchOne(
            connection, sql: RunRecord.query + " WHERE run.name = ?", arguments: [name]
        ).map(RunRecord.init)
    }

    private static func requireRun(_ name: String, _ connection: Database) throws -> RunRecord {
        guard let run = try findRun(name, connection) else {
            throw try unknownRun(name, connection)
        }
        return run
    }

    private static func unknownRun(_ name: String, _ connection: Database) throws -> RegistryError {
        let names = try String.fetchAll(connection, sql: "SELECT name FROM run")
        return .unknownRun(
            name, nearest: Array(NearestName.sorted(names, to: name).prefix(3)), registered: names.count)
    }
}
