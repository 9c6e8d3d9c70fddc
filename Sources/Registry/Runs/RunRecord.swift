import GRDB

/// How a run stands.
public enum RunStatus: String, Sendable, Codable {
    /// Training; or its process died without a word, in which case it can be resumed.
    case running
    /// Complete.
    case finished
    /// Stopped on request; it can be resumed.
    case interrupted
    /// Ended by an error.
    case failed
}

/// How a run ended.
public enum RunOutcome: String, Sendable, Codable {
    /// Complete.
    case finished
    /// Stopped on request.
    case interrupted
    /// Ended by an error.
    case failed
}

/// One run: a model trained on the sessions that `SessionRegistry.sessions(ofRun:)` gives.
public struct RunRecord: Sendable, Hashable, Codable {
    /// Name of the run.
    public let name: String
    /// How the run stands.
    public let status: RunStatus
    /// Of all random draws.
    public let seed: Int
    /// The resolved settings, a JSON text.
    public let settingsJSON: String
    /// The version of neurostitch that started the run.
    public let version: String
    /// ISO 8601, UTC.
    public let createdAt: String
    /// ISO 8601, UTC; `nil` while it is running.
    public let finishedAt: String?
    /// The epoch whose parameters are the model, from 0; `nil` where none is yet.
    public let bestEpoch: Int?
    /// Why it stopped, for people.
    public let message: String?
    /// The run that this one extends.
    public let parent: String?
    /// How many sessions it was trained on.
    public let sessionCount: Int
    /// The last epoch of which there are metrics.
    public let lastEpoch: Int?
}

/// What was measured in one epoch, by name (e.g. `valid_recon`).
public struct EpochMetrics: Sendable, Equatable, Codable {
    /// Counted from 0.
    public let epoch: Int
    /// Values by the names of the metrics.
    public var values: [String: Double]

    /// What was measured in an epoch.
    public init(epoch: Int, values: [String: Double]) {
        self.epoch = epoch
        self.values = values
    }
}

extension RunRecord {
    /// What `init(row:)` reads; to be followed by WHERE and ORDER BY.
    static let query = """
        SELECT run.name, run.status, run.seed, run.settings, run.version, run.created_at,
            run.finished_at, run.best_epoch, run.message, parent.name AS parent,
            (SELECT count(*) FROM run_session WHERE run_id = run.id) AS session_count,
            (SELECT max(epoch) FROM epoch_metric WHERE run_id = run.id) AS last_epoch
        FROM run LEFT JOIN run AS parent ON parent.id = run.parent_id
        """

    init(row: Row) throws {
        name = try row.decode(forColumn: "name")
        status = try row.decode(forColumn: "status")
        seed = try row.decode(forColumn: "seed")
        settingsJSON = try row.decode(forColumn: "settings")
        version = try row.decode(forColumn: "version")
        createdAt = try row.decode(forColumn: "created_at")
        finishedAt = try row.decode(forColumn: "finished_at")
        bestEpoch = try row.decodeCountIfPresent(forColumn: "best_epoch")
        message = try row.decode(forColumn: "message")
        parent = try row.decode(forColumn: "parent")
        sessionCount = try row.decodeCount(forColumn: "session_count")
        lastEpoch = try row.decodeCountIfPresent(forColumn: "last_epoch")
    }
}
