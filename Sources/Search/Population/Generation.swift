import Messages
public import Stitching

/// One member of a population in one generation: what it was trained with, and how well it did.
public struct SearchMember: Sendable, Equatable, Codable {
    /// Where a member's training came from.
    public enum Origin: String, Sendable, Codable {
        /// It begins here.
        case begun
        /// Its own training goes on.
        case continued
        /// It is a copy of a better one's training, with changed settings.
        case copied
    }

    /// From 1; the first is trained as the manifest says.
    public let number: Int
    /// Of its random draws.
    public let seed: UInt64
    /// The settings that are searched, by their names.
    public var values: [String: SettingValue]
    /// Where its training came from.
    public var origin: Origin
    /// The member whose training it goes on with; `nil` for a beginning.
    public var parent: Int?
    /// Smoothed over epochs, the higher the better; `nil` before it is known, or where training has no result.
    public var objective: Double?
    /// Of the days, where it can be measured.
    public var agreement: Double?
    /// Why it can't be what is looked for, as a part of a sentence; `nil` for all others.
    public var problem: String?
}

/// What was done between two decisions.
public struct SearchGeneration: Sendable, Equatable, Codable {
    /// From 1.
    public let number: Int
    /// Epochs that members have behind them at its end.
    public let epochs: Int
    /// By their numbers.
    public var members: [SearchMember]

    /// Members, the best one first: those without a problem by their objective, then all others. Equal ones stand
    /// by their numbers.
    public var ranked: [SearchMember] {
        members.sorted { a, b in
            if (a.problem == nil) != (b.problem == nil) { return a.problem == nil }
            let (x, y) = (a.objective ?? -.infinity, b.objective ?? -.infinity)
            return x != y ? x > y : a.number < b.number
        }
    }

    /// The best member; `nil` where none has a result.
    public var best: SearchMember? { ranked.first { $0.objective != nil && $0.problem == nil } }

    /// Agreement does not order members of different sizes, but one whose days have come apart is none to choose.
    static let agreementTolerance = 0.1

    /// Names the members that can't be chosen although they were trained: predictions that are worth less than
    /// a constant rate, where others' are worth more, and days that have come apart. In the first epochs nobody may
    /// predict anything.
    mutating func findProblems(_ objective: SearchPlan.Objective) {
        let highest = members.filter { $0.problem == nil }.compactMap(\.agreement).max()
        for index in members.indices where members[index].problem == nil {
            if let agreement = members[index].agreement, let highest,
                agreement < highest - Self.agreementTolerance
            {
                members[index].problem = "its days agree only to \(rounded(agreement))"
            }
        }
        // Of those that are left: otherwise nobody might be.
        let sound = members.filter { $0.problem == nil }
        guard objective != .likelihood, sound.contains(where: { $0.objective ?? 0 > 0 }) else { return }
        for index in members.indices where members[index].problem == nil {
            if let value = members[index].objective, value <= 0 {
                members[index].problem = "it predicts no better than every unit's mean rate"
            }
        }
    }
}
