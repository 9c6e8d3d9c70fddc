import Foundation
import Ranks
import Registry
import Stitching

/// What the processes of a search tell each other; a kind's number is its tag.
enum SearchMessage: Int {
    /// From rank 0: what is searched for, and in which days. [`Days`]
    case days = 1
    /// To rank 0: the days are loaded. [`RankReadiness`]
    case ready
    /// From rank 0: a member to train. [`Numbered<MemberTask>`]
    case task
    /// To rank 0: how well it did. [`Numbered<MemberResult?>`; no result = it was stopped]
    case result
    /// To rank 0: something that is not a member's fault. [`RankFailure`]
    case failure
    /// From rank 0: members end after their epoch, without a result.
    case stop
    /// From rank 0: the search is over.
    case end

    /// What a process needs to load the days. It reads the workspace's recordings, and never the registry.
    struct Days: Codable {
        let run: String
        let workspace: String
        let records: [SessionRecord]
        /// Those of the manifest, as JSON.
        let settings: String
        let objective: SearchPlan.Objective
    }

    /// Something about one of the members of a generation.
    struct Numbered<Value: Codable>: Codable {
        let place: Int
        let value: Value
    }
}

extension SearchMessage.Numbered: Sendable where Value: Sendable {}

extension ParallelJob {
    func send(_ kind: SearchMessage, _ content: some Encodable, to rank: Int) throws {
        try send(content, to: rank, as: kind.rawValue)
    }

    func send(_ kind: SearchMessage, to rank: Int) throws { try send(Data(), to: rank, as: kind.rawValue) }
}

extension ParallelJob.Message {
    var kind: SearchMessage? { SearchMessage(rawValue: tag) }
}
