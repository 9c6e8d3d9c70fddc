import GRDB

extension SessionRegistry {
    /// Enters a run that a search begins to look for.
    ///
    /// - Parameters: as those of `beginRun`, and what is to be searched.
    /// - Throws: `RegistryError.runExists` and others.
    public func beginSearch(
        _ name: String, planJSON: String, seed: Int, settingsJSON: String, version: String,
        sessions: [SessionRecord]
    ) throws {
        try write { connection in
            try Self.insertRun(
                name, seed: seed, settingsJSON: settingsJSON, version: version, sessions: sessions,
                parent: nil, connection)
            try connection.execute(
                sql: "INSERT INTO search (run_id, plan) VALUES (?, ?)",
                arguments: [try Self.identifier(ofRun: name, connection), planJSON])
        }
    }

    /// The search that a run comes from, or will; `nil` for all other runs.
    /// - Throws: `RegistryError.unknownRun`
    public func search(ofRun name: String) throws -> SearchRecord? {
        try read { connection in
            let identifier = try Self.identifier(ofRun: name, connection)
            return try Row.fetchOne(
                connection, sql: "SELECT plan, winner, comparison FROM search WHERE run_id = ?",
                arguments: [identifier]
            ).map {
                SearchRecord(
                    run: name, planJSON: try $0.decode(forColumn: "plan"),
                    winner: try $0.decode(forColumn: "winner"),
                    comparisonJSON: try $0.decode(forColumn: "comparison"))
            }
        }
    }

    /// What the members of a search's population reached, by generation and number.
    /// - Throws: `RegistryError.unknownRun`
    public func searchMembers(ofRun name: String) throws -> [SearchMemberRecord] {
        try read { connection in
            let identifier = try Self.identifier(ofRun: name, connection)
            return try Row.fetchAll(
                connection,
                sql: "SELECT * FROM search_member WHERE run_id = ? ORDER BY generation, member",
                arguments: [identifier]
            ).map(SearchMemberRecord.init)
        }
    }

    /// Enters what the members of one or more generations reached; what was entered of these before is replaced.
    /// - Throws: `RegistryError.unknownRun`
    public func recordSearchMembers(_ members: [SearchMemberRecord], ofRun name: String) throws {
        try write { connection in
            let identifier = try Self.identifier(ofRun: name, connection)
            for member in members {
                try connection.execute(
                    sql: """
                        INSERT OR REPLACE INTO search_member (run_id, generation, member, epochs, seed, origin,
                            parent, settings, objective, agreement, problem)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        identifier, member.generation, member.member, member.epochs, member.seed,
                        member.origin, member.parent, member.settingsJSON, member.objective,
                        member.agreement, member.problem,
                    ])
            }
        }
    }

    /// Makes the run of a search that is done what the search found.
    ///
    /// - Parameters:
    ///   - winner: the member that it was.
    ///   - comparisonJSON: what it is worth, where that can be measured.
    ///   - seed: of its random draws.
    ///   - settingsJSON: its settings.
    ///   - epochs: what was measured in them.
    /// - Throws: `RegistryError.unknownRun`
    public func finishSearch(
        _ name: String, winner: Int, comparisonJSON: String?, seed: Int, settingsJSON: String,
        epochs: [EpochMetrics], bestEpoch: Int?
    ) throws {
        try write { connection in
            let identifier = try Self.identifier(ofRun: name, connection)
            try connection.execute(sql: "DELETE FROM epoch_metric WHERE run_id = ?", arguments: [identifier])
            try Self.insertEpochs(epochs, ofRun: name, connection)
            try connection.execute(
                sql: "UPDATE search SET winner = ?, comparison = ? WHERE run_id = ?",
                arguments: [winner, comparisonJSON, identifier])
            try connection.execute(
                sql: """
                    UPDATE run SET status = 'finished', finished_at = ?, best_epoch = ?, message = NULL,
                        seed = ?, settings = ? WHERE id = ?
                    """, arguments: [Self.now, bestEpoch, seed, settingsJSON, identifier])
        }
    }
}
