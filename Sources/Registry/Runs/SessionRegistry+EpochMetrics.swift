import Foundation
import GRDB

extension SessionRegistry {
    /// Enters the metrics of some epochs of a run in one transaction; a value that is there already
    /// is replaced. `nan` is kept as such.
    /// - Throws: `RegistryError.unknownRun`
    public func recordEpochs(_ epochs: [EpochMetrics], ofRun run: String) throws {
        try write { try Self.insertEpochs(epochs, ofRun: run, $0) }
    }

    static func insertEpochs(
        _ epochs: [EpochMetrics], ofRun run: String, _ connection: Database
    ) throws {
        let identifier = try Self.identifier(ofRun: run, connection)
        let statement = try connection.cachedStatement(
            sql: """
                INSERT INTO epoch_metric (run_id, epoch, name, value) VALUES (?, ?, ?, ?)
                ON CONFLICT (run_id, epoch, name) DO UPDATE SET value = excluded.value
                """)
        for epoch in epochs {
            for (name, value) in epoch.values {
                try statement.execute(arguments: [identifier, epoch.epoch, name, value])
            }
        }
    }

    /// Forgets the epochs that come after the one at which a run is resumed.
    /// - Parameters:
    ///   - run: name of the run.
    ///   - epoch: the last one to keep; −1 forgets all.
    /// - Throws: `RegistryError.unknownRun`
    public func deleteEpochs(ofRun run: String, after epoch: Int) throws {
        try write { connection in
            try connection.execute(
                sql: "DELETE FROM epoch_metric WHERE run_id = ? AND epoch > ?",
                arguments: [try Self.identifier(ofRun: run, connection), epoch])
        }
    }

    /// The metrics of a run, epoch by epoch.
    /// - Parameters:
    ///   - run: name of the run.
    ///   - names: the metrics that are wanted, all if `nil`. An epoch that has none of them is left out.
    /// - Throws: `RegistryError.unknownRun`
    public func epochMetrics(ofRun run: String, names: [String]? = nil) throws -> [EpochMetrics] {
        try read { connection in
            var sql = "SELECT epoch, name, value FROM epoch_metric WHERE run_id = ?"
            var arguments: StatementArguments = [try Self.identifier(ofRun: run, connection)]
            if let names {
                sql += " AND name IN (SELECT value FROM json_each(?))"
                arguments += [String(decoding: try JSONEncoder().encode(names), as: UTF8.self)]
            }
            let rows = try Row.fetchCursor(
                connection, sql: sql + " ORDER BY epoch", arguments: arguments)
            var epochs: [EpochMetrics] = []
            while let row = try rows.next() {
                let epoch = try row.decodeCount(forColumn: "epoch")
                let value: Double? = try row.decode(forColumn: "value")
                if epochs.last?.epoch != epoch {
                    epochs.append(EpochMetrics(epoch: epoch, values: [:]))
                }
                epochs[epochs.count - 1].values[try row.decode(forColumn: "name")] = value ?? .nan
            }
            return epochs
        }
    }
}
