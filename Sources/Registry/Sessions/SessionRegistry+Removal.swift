import Foundation
import GRDB

extension SessionRegistry {
    /// Every revision of a session, also of one that was removed while runs needed it, the first one first; empty where
    /// there is none.
    public func allRevisions(ofSession name: String) throws -> [SessionRecord] {
        try read { try Self.allRevisions(ofSession: name, $0) }
    }

    /// Names of the runs that were trained on exactly that revision, the first one started coming first.
    public func runs(trainedOn session: SessionRecord) throws -> [String] {
        try read { try Self.runs(trainedOn: session, $0) }
    }

    /// Takes sessions out of the registry with all their revisions, all of them or none.
    ///
    /// A revision that a run was trained on is kept in mind: it is listed no more and new runs can't have it, but that run
    /// still says what it was, and registering the same recording again brings it back.
    ///
    /// - Parameters:
    ///   - names: of the sessions.
    ///   - evenIfNeeded: whether runs may lose what they were trained on.
    ///   - removeFiles: gets the canonical files, relative to the workspace; the last step before the commit.
    /// - Throws: `RegistryError.unknownSessions`, `.sessionNeeded`; what `removeFiles` throws.
    public func removeSessions(
        _ names: [String], evenIfNeeded: Bool, removeFiles: (_ files: [String]) throws -> Void
    ) throws {
        try write { connection in
            var files: [String] = []
            for name in names {
                guard try Self.currentSession(named: name, connection) != nil else {
                    throw try Self.unknown([name], connection)
                }
                for session in try Self.allRevisions(ofSession: name, connection) {
                    files.append(session.file)
                    let runs = try Self.runs(trainedOn: session, connection)
                    if runs.isEmpty {
                        try connection.execute(
                            sql: "DELETE FROM session WHERE name = ? AND revision = ?",
                            arguments: [name, session.revision])
                        continue
                    }
                    guard evenIfNeeded else {
                        throw RegistryError.sessionNeeded(session: name, runs: runs)
                    }
                    try connection.execute(
                        sql: "UPDATE session SET is_current = 0 WHERE name = ? AND revision = ?",
                        arguments: [name, session.revision])
                }
            }
            try connection.execute(
                sql: "DELETE FROM subject WHERE id NOT IN (SELECT subject_id FROM session)")
            try removeFiles(files)
        }
    }

    // MARK: Within a transaction

    static func allRevisions(
        ofSession name: String, _ connection: Database
    ) throws -> [SessionRecord] {
        try Row.fetchAll(
            connection, sql: SessionRecord.query + " WHERE session.name = ? ORDER BY revision",
            arguments: [name]
        ).map(SessionRecord.init)
    }

    private static func runs(trainedOn session: SessionRecord, _ connection: Database) throws -> [String] {
        try String.fetchAll(
            connection,
            sql: """
                SELECT run.name FROM run JOIN run_session ON run_session.run_id = run.id
                JOIN session ON session.id = run_session.session_id
                WHERE session.name = ? AND session.revision = ? ORDER BY run.id
                """, arguments: [session.name, session.revision])
    }
}
