import GRDB

/// The search that a run comes from, or will.
public struct SearchRecord: Sendable, Hashable, Codable {
    /// Name of the run.
    public let run: String
    /// What was to be searched, and how: a JSON text.
    public let planJSON: String
    /// The member that became the run; `nil` before the end.
    public let winner: Int?
    /// What it is worth beside the manifest's own settings: a JSON text. `nil` before the end, and where it can't be measured.
    public let comparisonJSON: String?
}

/// What a member of a population reached in one generation of a search.
public struct SearchMemberRecord: Sendable, Hashable, Codable {
    /// From 1.
    public let generation: Int
    /// From 1.
    public let member: Int
    /// Behind its training at the generation's end.
    public let epochs: Int
    /// Of its random draws.
    public let seed: Int
    /// `begun`, `continued` or `copied`.
    public let origin: String
    /// The member whose training it goes on with.
    public let parent: Int?
    /// The settings that are searched, by name: a JSON text.
    public let settingsJSON: String
    /// The higher the better; `nil` where training had no result.
    public let objective: Double?
    /// Of the days, where it can be measured.
    public let agreement: Double?
    /// Why it could not be chosen.
    public let problem: String?

    /// What a member reached.
    public init(
        generation: Int, member: Int, epochs: Int, seed: Int, origin: String, parent: Int?,
        settingsJSON: String, objective: Double?, agreement: Double?, problem: String?
    ) {
        self.generation = generation
        self.member = member
        self.epochs = epochs
        self.seed = seed
        self.origin = origin
        self.parent = parent
        self.settingsJSON = settingsJSON
        self.objective = objective
        self.agreement = agreement
        self.problem = problem
    }
}

extension SearchMemberRecord {
    init(row: Row) throws {
        generation = try row.decode(forColumn: "generation")
        member = try row.decode(forColumn: "member")
        epochs = try row.decode(forColumn: "epochs")
        seed = try row.decode(forColumn: "seed")
        origin = try row.decode(forColumn: "origin")
        parent = try row.decode(forColumn: "parent")
        settingsJSON = try row.decode(forColumn: "settings")
        objective = try row.decode(forColumn: "objective")
        agreement = try row.decode(forColumn: "agreement")
        problem = try row.decode(forColumn: "problem")
    }
}
