import Registry

/// A run in one line. Epochs are counted from 1, as everywhere that people read them.
struct RunSummary: Encodable {
    let name: String
    let status: RunStatus
    let message: String?
    let sessions: Int
    let epochs: Int
    let bestEpoch: Int?
    let seed: Int
    let version: String
    let parent: String?
    let startedAt: String
    let endedAt: String?

    init(_ run: RunRecord) {
        name = run.name
        status = run.status
        message = run.message
        sessions = run.sessionCount
        epochs = (run.lastEpoch ?? -1) + 1
        bestEpoch = run.bestEpoch.map { $0 + 1 }
        seed = run.seed
        version = run.version
        parent = run.parent
        startedAt = run.createdAt
        endedAt = run.finishedAt
    }
}
