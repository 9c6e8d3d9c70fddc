import ArrayFiles
import Foundation
import GRDB

/// The registry of a workspace: which sessions there are, with their units and trials, and which
/// runs were trained on which revisions of them.
///
/// Several processes may use one registry at the same time. Every change is one transaction that
/// holds the write lock from its first statement, survives a loss of power once it has returned,
/// and waits up to ten seconds for others. Recordings themselves are files beside the registry.
public struct SessionRegistry: Sendable {
    /// Where its files are.
    public let workspace: Workspace
    /// The canonical recordings, whose hashes are remembered for as long as the registry is open.
    public let files: CanonicalFiles
    private let database: DatabaseQueue
    private let busyTimeout: TimeInterval

    /// Makes the folders and the registry of a workspace; what is there already is kept.
    /// - Throws: `RegistryError`
    public static func create(at path: String) throws -> SessionRegistry {
        let workspace = Workspace(path)
        try workspace.createFolders()
        return try SessionRegistry(workspace)
    }

    /// Opens the registry of a workspace, bringing an older one up to date.
    /// - Throws: `RegistryError.noRegistry`, `.notRegistry`, `.newerSchema` and others.
    public static func open(_ path: String) throws -> SessionRegistry {
        let workspace = Workspace(path)
        // Opening would create the file.
        guard FileManager.default.fileExists(atPath: workspace.registryFile) else {
            throw RegistryError.noRegistry(workspace: path)
        }
        return try SessionRegistry(workspace)
    }

    /// - Parameter versions: the steps of the schema; others than the default only in tests.
    init(
        _ workspace: Workspace, versions: [SchemaVersion] = RegistrySchema.versions,
        busyTimeout: TimeInterval = 10
    ) throws {
        var configuration = Configuration()
        configuration.label = "registry"
        configuration.busyMode = .timeout(busyTimeout)
        configuration.prepareDatabase { connection in
            // A rollback journal rather than a write-ahead log: workspaces live on network drives,
            // where the log's shared memory doesn't work, and one file is easily copied. With it,
            // EXTRA is what makes a commit survive a loss of power: the folder is synced after the
            // journal has been deleted, else the journal may come back and undo the commit.
            try connection.execute(sql: "PRAGMA synchronous = EXTRA")
        }
        self.workspace = workspace
        files = CanonicalFiles(workspace)
        self.busyTimeout = busyTimeout
        let file = workspace.registryFile
        do {
            database = try DatabaseQueue(path: file, configuration: configuration)
            try Self.bringUpToDate(database, versions, path: file)
        } catch let error as DatabaseError {
            throw RegistryError(error, path: file, busyTimeout: busyTimeout)
        }
    }

    private static func bringUpToDate(
        _ database: DatabaseQueue, _ versions: [SchemaVersion], path: String
    ) throws {
        let migrator = RegistrySchema.migrator(versions)
        func isUpToDate() throws -> Bool {
            try database.read { connection in
                let application = try Int64.fetchOne(connection, sql: "PRAGMA application_id")
                // GRDB makes its own table first: a registry that is just being created by another
                // process may have nothing else yet.
                let tables = try Int.fetchOne(
                    connection,
                    sql: "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE '%grdb_migrations%'")
                if tables != 0, application != RegistrySchema.applicationID {
                    throw RegistryError.notRegistry(path: path)
                }
                let known = migrator.migrations
                let unknown = try migrator.appliedIdentifiers(connection).subtracting(known)
                if !unknown.isEmpty {
                    throw RegistryError.newerSchema(
                        path: path, unknown: unknown.sorted(), latestKnown: known.last ?? "none")
                }
                return try migrator.hasCompletedMigrations(connection)
            }
        }
        // The migrator looks for missing steps before it takes the write lock. Of two processes
        // that create or update one registry at once, one then finds a step done already and fails;
        // each such failure means that the other has come one step further.
        for attempt in 0...versions.count {
            if try isUpToDate() { return }
            do {
                try migrator.migrate(database)
            } catch  where attempt < versions.count {
                continue
            }
        }
    }

    // MARK: Access

    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try reporting { try database.read(body) }
    }

    /// One transaction with the write lock taken at its beginning; rolled back if `body` throws.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try reporting { try database.write(body) }
    }

    private func reporting<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw RegistryError(error, path: workspace.registryFile, busyTimeout: busyTimeout)
        } catch let error as RowDecodingError {
            throw RegistryError.damaged(path: workspace.registryFile, detail: "\(error)")
        }
    }

    static var now: String { Date.now.ISO8601Format() }
}

extension RegistryError {
    init(_ error: DatabaseError, path: String, busyTimeout: TimeInterval) {
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(path: path, seconds: busyTimeout)
        case .SQLITE_NOTADB: self = .notRegistry(path: path)
        case .SQLITE_CORRUPT: self = .damaged(path: path, detail: error.message ?? "SQLite error 11")
        case .SQLITE_FULL: self = .full(path: path)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .notWritable(path: path)
        default:
            self = .database(path: path, detail: error.message ?? "SQLite \(error.resultCode)")
        }
    }
}
