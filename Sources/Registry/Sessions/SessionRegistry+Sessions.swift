import ArrayFiles
import Foundation
import GRDB
import Messages

extension SessionRegistry {
    /// The current revisions of the sessions that are meant, by date and then by name, whatever the
    /// order in which they were registered or asked for.
    /// - Throws: `RegistryError.unknownSessions` or `.unknownSubject`. A filter that nothing fits is
    ///   no error.
    public func sessions(matching selection: SessionSelection) throws -> [SessionRecord] {
        try read { connection in
            switch selection {
            case .all:
                return try Self.currentSessions(connection, where: "true", [])
            case .names(let names):
                // One JSON argument instead of one argument per name, whose number is limited.
                let list = String(decoding: try JSONEncoder().encode(names), as: UTF8.self)
                let found = try Self.currentSessions(
                    connection, where: "session.name IN (SELECT value FROM json_each(?))", [list])
                let missing = Set(names).subtracting(found.map(\.name))
                if !missing.isEmpty {
                    throw try Self.unknown(names.filter(missing.contains), connection)
                }
                return found
            case .filter(let subject, let array, let from, let to):
                if let subject { try Self.requireSubject(subject, connection) }
                let conditions: [(sql: String, argument: String?)] = [
                    ("subject.name = ?", subject), ("array = ?", array), ("date >= ?", from),
                    ("date <= ?", to),
                ]
                let given = conditions.filter { $0.argument != nil }
                return try Self.currentSessions(
                    connection, where: given.isEmpty ? "true" : given.map(\.sql).joined(separator: " AND "),
                    StatementArguments(given.map(\.argument)))
            }
        }
    }

    /// The session of a name.
    ///
    /// - Parameters:
    ///   - name: of the session.
    ///   - revision: the current one if `nil`.
    /// - Throws: `RegistryError.unknownSessions` or `.unknownRevision`
    public func session(named name: String, revision: Int? = nil) throws -> SessionRecord {
        try read { connection in
            guard let current = try Self.currentSession(named: name, connection) else {
                throw try Self.unknown([name], connection)
            }
            guard let revision, revision != current.revision else { return current }
            let row = try Row.fetchOne(
                connection, sql: SessionRecord.query + " WHERE session.name = ? AND revision = ?",
                arguments: [name, revision])
            guard let row else {
                throw RegistryError.unknownRevision(
                    session: name, revision: revision, latest: current.revision)
            }
            return try SessionRecord(row: row)
        }
    }

    /// Every revision of a session, the first one first.
    /// - Throws: `RegistryError.unknownSessions`
    public func revisions(ofSession name: String) throws -> [SessionRecord] {
        try read { connection in
            let rows = try Row.fetchAll(
                connection, sql: SessionRecord.query + " WHERE session.name = ? ORDER BY revision",
                arguments: [name])
            if rows.isEmpty { throw try Self.unknown([name], connection) }
            return try rows.map(SessionRecord.init)
        }
    }

    /// The units in the order of the recording.
    public func units(of session: SessionRecord) throws -> [UnitRecord] {
        try rows(of: session, "position, name, mean_rate_hz, held_out", in: "unit", UnitRecord.init)
    }

    /// The trials in the order of the recording.
    public func trials(of session: SessionRecord) throws -> [TrialRecord] {
        try rows(of: session, "position, identifier, condition, split", in: "trial", TrialRecord.init)
    }

    /// Where the recording came from: source path, format, attributes of the source, removed units.
    public func provenance(of session: SessionRecord) throws -> [String: String] {
        try read { connection in
            let identifier = try Self.identifier(of: session, connection)
            let text = try String.fetchOne(
                connection, sql: "SELECT provenance FROM session WHERE id = ?", arguments: [identifier])
            do {
                return try JSONDecoder().decode([String: String].self, from: Data((text ?? "").utf8))
            } catch {
                throw RegistryError.damaged(
                    path: workspace.registryFile,
                    detail: "the provenance of session \"\(session.name)\" is not a list of texts")
            }
        }
    }

    // MARK: Within a transaction

    static func currentSession(named name: String, _ connection: Database) throws -> SessionRecord? {
        try currentSessions(connection, where: "session.name = ?", [name]).first
    }

    static func identifier(of session: SessionRecord, _ connection: Database) throws -> Int64 {
        let identifier = try Int64.fetchOne(
            connection, sql: "SELECT id FROM session WHERE name = ? AND revision = ?",
            arguments: [session.name, session.revision])
        if let identifier { return identifier }
        guard let current = try currentSession(named: session.name, connection) else {
            throw try unknown([session.name], connection)
        }
        throw RegistryError.unknownRevision(
            session: session.name, revision: session.revision, latest: current.revision)
    }

    private static func currentSessions(
        _ connection: Database, where condition: String, _ arguments: StatementArguments
    ) throws -> [SessionRecord] {
        let sql = "\(SessionRecord.query) WHERE is_current = 1 AND \(condition) ORDER BY date, session.name"
        return try Row.fetchAll(connection, sql: sql, arguments: arguments).map(SessionRecord.init)
    }

    static func unknown(_ names: [String], _ connection: Database) throws -> RegistryError {
        let registered = try String.fetchAll(
            connection, sql: "SELECT name FROM session WHERE is_current = 1")
        // Of a list of a million names nobody wants to know more.
        let nearest = names.prefix(20).lazy.compactMap { NearestName.nearest(to: $0, among: registered) }
            .first
        return .unknownSessions(names, nearest: nearest, registered: registered.count)
    }

    private static func requireSubject(_ subject: String, _ connection: Database) throws {
        let subjects = try String.fetchAll(connection, sql: "SELECT name FROM subject")
        if !subjects.contains(subject) {
            throw RegistryError.unknownSubject(
                subject, nearest: NearestName.nearest(to: subject, among: subjects),
                registered: subjects.count)
        }
    }

    private func rows<Record>(
        of session: SessionRecord, _ columns: String, in table: String,
        _ record: (Row) throws -> Record
    ) throws -> [Record] {
        try read { connection in
            let identifier = try Self.identifier(of: session, connection)
            return try Row.fetchAll(
                connection,
                sql: "SELECT \(columns) FROM \(table) WHERE session_id = ? ORDER BY position",
                arguments: [identifier]
            ).map(record)
        }
    }
}
