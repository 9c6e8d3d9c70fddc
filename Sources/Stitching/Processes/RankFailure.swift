import Messages
package import Ranks

/// What went wrong in a process that is not rank 0, as it tells rank 0.
package struct RankFailure: Sendable, Codable {
    /// Of the item that was in work, where it was one.
    package let place: Int?
    let host: String
    let reason: String
    let category: ErrorCategory

    package init(_ error: any Error, place: Int? = nil) {
        self.place = place
        host = RankReadiness.host
        reason = "\(error)"
        category = (error as? any ReportedError)?.category ?? .inputOutput
    }
}

extension StitchingError {
    /// - Parameter message: whose content is a `RankFailure`.
    package init(_ message: ParallelJob.Message) throws {
        let failure: RankFailure = try message.decoded()
        self = .rankFailed(
            rank: message.sender, host: failure.host, reason: failure.reason, category: failure.category)
    }
}
