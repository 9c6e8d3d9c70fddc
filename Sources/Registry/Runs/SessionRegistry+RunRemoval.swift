import Foundation
import GRDB
import Recordings

extension SessionRegistry {
    /// A run, the run that it extends or starts from, the one before that, and so on, as far as they are there.
    /// - Throws: `RegistryError.unknownRun`
    public func lineage(ofRun name: String) throws -> [RunRecord] {
        try read { try Self.lineage(ofRun: name, $0) }
    }

    /// The runs that extend a run or start from it, the first one started coming first.
    /// - Throws: `RegistryError.unknownRun`
    public func children(ofRun name: String) throws -> [RunRecord] {
        try read { connection in
            try Self.children(ofRun: try Self.identifier(ofRun: name, connection), connection)
        }
    }

    /// Takes runs out of the registry with all that was measured of them, all of them or none.
    ///
    /// - Parameters:
    ///   - names: of the runs.
    ///   - settled: gets a run that stays, the lineage of it, and gives the settings that it is to have once its
    ///     parent is gone.
    ///   - removeFiles: the last step before the commit.
    /// - Throws: `RegistryError.unknownRun`; what the closures throw.
    public func removeRuns(
        _ names: [String], settled: (_ run: RunRecord, _ lineage: [RunRecord]) throws -> String,
        removeFiles: () throws -> Void = {}
    ) throws {
        try write { connection in
            let identifiers = try names.map { try Self.identifier(ofRun: $0, connection) }
            var settings: [(run: String, json: String)] = []
            for identifier in identifiers {
                for child in try Self.children(ofRun: identifier, connection)
                where !names.contains(child.name) {
                    let lineage = try Self.lineage(ofRun: child.name, connection)
                    settings.append((child.name, try settled(child, lineage)))
                }
            }
            for (run, json) in settings {
                try connection.execute(
                    sql: "UPDATE run SET settings = ? WHERE name = ?", arguments: [json, run])
            }
            for identifier in identifiers {
                try connection.execute(
                    sql: "UPDATE run SET parent_id = NULL WHERE parent_id = ?", arguments: [identifier])
            }
            for identifier in identifiers {
                try connection.execute(sql: "DELETE FROM run WHERE id = ?", arguments: [identifier])
            }
            try removeFiles()
        }
    }

    /// Gives runs other names, all of them or none.
    ///
    /// - Parameters:
    ///   - names: what they are called and what they will be.
    ///   - moveFiles: the last step before the commit.
    /// - Throws: `RegistryError.unknownRun`, `.runExists`, `.unsuitableRunName`; what `moveFiles` throws.
    public func renameRuns(
        _ names: [(old: String, new: String)], moveFiles: () throws -> Void
    ) throws {
        try write { connection in
            for (old, new) in names {
                if let problem = FileSafeName.problem(with: new) {
                    throw RegistryError.unsuitableRunName(new, problem: problem)
                }
                let identifier = try Self.identifier(ofRun: old, connection)
                if let status: String = try String.fetchOne(
                    connection, sql: "SELECT status FROM run WHERE name = ?", arguments: [new])
                {
                    throw RegistryError.runExists(new, status: RunStatus(rawValue: status) ?? .running)
                }
                try connection.execute(
                    sql: "UPDATE run SET name = ? WHERE id = ?", arguments: [new, identifier])
            }
            try moveFiles()
        }
    }

    // MARK: Within a transaction

    private static func lineage(ofRun name: String, _ connection: Database) throws -> [RunRecord] {
        var result: [RunRecord] = []
        var next: String? = name
        // No run is its own ancestor, but a registry that was edited by hand may say so.
        while let name = next, !result.contains(where: { $0.name == name }) {
            let identifier = try identifier(ofRun: name, connection)
            guard
                let run = try Row.fetchOne(
                    connection, sql: RunRecord.query + " WHERE run.id = ?", arguments: [identifier]
                ).map(RunRecord.init)
            else { break }
            result.append(run)
            next = run.parent
        }
        return result
    }

    private static func children(ofRun identifier: Int64, _ connection: Database) throws -> [RunRecord] {
        try Row.fetchAll(
            connection, sql: RunRecord.query + " WHERE run.parent_id = ? ORDER BY run.id",
            arguments: [identifier]
        ).map(RunRecord.init)
    }
}
