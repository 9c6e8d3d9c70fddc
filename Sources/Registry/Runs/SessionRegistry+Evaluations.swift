import GRDB
public import Recordings

/// The figures of one session under a run, as `evaluate` found them last.
public struct SessionFigures: Sendable, Equatable, Codable {
    /// Name of the session.
    public let session: String
    /// Values by their names.
    public let figures: [String: Double]
    /// The trials that figures of unseen trials are of: held-out ones, or test trials.
    public let part: Recording.Split
    /// The version of neurostitch that evaluated.
    public let version: String
    /// ISO 8601, UTC.
    public let evaluatedAt: String
}

extension SessionRegistry {
    /// Replaces what is known of a run's figures, in one transaction.
    /// - Parameters:
    ///   - figures: by session of the run.
    ///   - run: name of the run.
    ///   - version: of the program that evaluated.
    ///   - part: the trials that figures of unseen trials are of, `valid` or `test`.
    /// - Throws: `RegistryError.unknownRun`
    public func recordEvaluation(
        _ figures: [(session: String, values: [String: Double])], ofRun run: String, version: String,
        part: Recording.Split = .valid
    ) throws {
        try write { connection in
            let identifier = try Self.identifier(ofRun: run, connection)
            try connection.execute(
                sql: "DELETE FROM evaluation WHERE run_id = ?", arguments: [identifier])
            let statement = try connection.cachedStatement(
                sql: """
                    INSERT INTO evaluation (run_id, session_id, name, value, version, evaluated_at, part)
                    SELECT ?, session.id, ?, ?, ?, ?, ? FROM session
                    JOIN run_session ON run_session.session_id = session.id
                    WHERE run_session.run_id = ? AND session.name = ?
                    """)
            let now = Self.now
            for (session, values) in figures {
                for (name, value) in values where value.isFinite {
                    try statement.execute(arguments: [
                        identifier, name, value, version, now, part.rawValue, identifier, session,
                    ])
                }
            }
        }
    }

    /// What `evaluate` found last, in the run's order of sessions; empty before the first evaluation.
    /// - Throws: `RegistryError.unknownRun`
    public func evaluation(ofRun run: String) throws -> [SessionFigures] {
        try read { connection in
            let rows = try Row.fetchAll(
                connection,
                sql: """
                    SELECT session.name AS session, evaluation.name AS name, value, version,
                        evaluated_at, part
                    FROM evaluation
                    JOIN session ON session.id = evaluation.session_id
                    JOIN run_session ON run_session.run_id = evaluation.run_id
                        AND run_session.session_id = evaluation.session_id
                    WHERE evaluation.run_id = ?
                    ORDER BY run_session.position, evaluation.name
                    """, arguments: [try Self.identifier(ofRun: run, connection)])
            var order: [String] = []
            var values: [String: [String: Double]] = [:]
            var stamps: [String: (version: String, at: String, part: Recording.Split)] = [:]
            for row in rows {
                let session: String = try row.decode(forColumn: "session")
                if values[session] == nil { order.append(session) }
                values[session, default: [:]][try row.decode(forColumn: "name")] =
                    try row.decode(forColumn: "value")
                stamps[session] = (
                    try row.decode(forColumn: "version"), try row.decode(forColumn: "evaluated_at"),
                    try row.decode(forColumn: "part")
                )
            }
            return order.compactMap { session in
                guard let figures = values[session], let stamp = stamps[session] else { return nil }
                return SessionFigures(
                    session: session, figures: figures, part: stamp.part, version: stamp.version,
                    evaluatedAt: stamp.at)
            }
        }
    }
}
