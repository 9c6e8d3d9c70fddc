import Stitching

/// What is to be done for a member in a generation: all that a process needs to know beside the days.
struct MemberTask: Sendable, Codable {
    /// As JSON.
    let settings: String
    /// How many the member has behind it at the end.
    let epochs: Int
    /// The file that it goes on from; `nil` = it begins.
    let source: String?
    /// The file that it leaves.
    let path: String
}

/// How well a member did.
struct MemberResult: Sendable, Equatable, Codable {
    var objective: Double?
    var agreement: Double?
    /// Why its training has no result.
    var problem: String?
}
