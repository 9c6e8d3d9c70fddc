/// Who computes what when several processes train one model: each some consecutive shards of every update, and the
/// held-out trials of the sessions that begin in them.
///
/// A process needs the trials of no other sessions than those that its shards meet.
public struct SharedTraining: Sendable {
    /// Of all sessions, in the model's order.
    public let sessions: [SessionOutline]
    /// Processes of the training.
    public let count: Int
    private let shards: RowCut
    private let sessionsOfShard: [[Int]]

    /// Plans a training.
    ///
    /// - Parameters:
    ///   - sessions: in the model's order.
    ///   - model: what is trained.
    ///   - settings: how it is trained.
    ///   - count: processes that train it.
    public init(
        _ sessions: [SessionOutline], _ model: ModelConfiguration, _ settings: TrainingConfiguration,
        count: Int
    ) {
        self.sessions = sessions
        self.count = count
        let plan = UpdatePlan(
            rowsOfSession: BatchOrder(sessions, batchSize: settings.batchSize).trialsPerUpdate,
            table: ParameterTable(model, sessions: sessions.map(\.shape)))
        shards = plan.shards
        sessionsOfShard = plan.layouts.map(\.sessions)
    }

    /// Processes that find something to do in an update; further ones only pass on what the others have computed.
    public var mostProcesses: Int { shards.parts }

    /// Sessions whose trials a process needs.
    public func sessions(ofRank rank: Int) -> Range<Int> {
        let own = shards(ofRank: rank).flatMap { sessionsOfShard[$0] }
        guard let first = own.min(), let last = own.max() else { return 0..<0 }
        return first..<(last + 1)
    }

    /// Sessions whose held-out trials a process computes: those of which it has the first row of an update.
    public func measuredSessions(ofRank rank: Int) -> Range<Int> {
        let own = sessions(ofRank: rank)
        let before = (0..<rank).map { sessions(ofRank: $0).upperBound }.max() ?? 0
        return max(own.lowerBound, before)..<max(own.upperBound, before)
    }

    /// Whether a process has the trials that it needs.
    ///
    /// - Throws: `LFADSError.invalidData` for others.
    public func requireSame(_ trials: [SessionTrials], rank: Int) throws {
        for (index, planned) in sessions(ofRank: rank).enumerated() {
            guard trials.indices.contains(index), trials[index].outline == sessions[planned] else {
                throw LFADSError.invalidData(
                    session: sessions[planned].name,
                    what: "not the trials that the training was planned with",
                    expected: "the same recording and the same version of the program in all processes")
            }
        }
    }

    func shards(ofRank rank: Int) -> Range<Int> {
        let busy = min(count, shards.parts)
        guard rank < busy else { return shards.parts..<shards.parts }
        return RowCut(rows: shards.parts, parts: busy).range(rank)
    }
}

/// The part of a training that is this process's own.
struct TrainingShare {
    let relay: any Relay
    let shards: Range<Int>
    let measuredSessions: Range<Int>

    init(_ plan: SharedTraining, _ relay: any Relay) {
        self.relay = relay
        shards = plan.shards(ofRank: relay.rank)
        measuredSessions = plan.measuredSessions(ofRank: relay.rank)
    }
}
