/// A day seen in one way by a run, in numbers.
public struct DriftView: Sendable, Equatable, Codable {
    /// Whose maps the day is seen through.
    public enum Maps: String, Sendable, Codable {
        /// Its own, which the run has.
        case own
        /// Its own, and it is the only day that the run was trained on: the measure itself.
        case onlyDay = "only day"
        /// Another day's, restricted to the electrodes that both have.
        case electrodes
        /// Those of an alignment in memory.
        case alignedByLabels = "aligned by labels"
        case alignedWithoutLabels = "aligned without labels"
    }

    /// Whose maps the day is seen through.
    public let maps: Maps
    /// How many electrodes a view through another day's maps has; otherwise `nil`.
    public var electrodes: Int?
    /// Whose maps these are; otherwise `nil`.
    public var mapsOf: String?
    /// What the day is judged by, as far as it is known.
    public let numbers: [DriftNumber]
    /// R² by channel behind `decoding_r2`, their median; channels that can be decoded alone.
    public let decodedChannels: [String: Double]
    /// R² of these factors as another day's maps have them through shared electrodes; only where neither
    /// behaviour nor labels tell whether the map is the right one.
    public let electrodeAgreement: Double?

    private enum CodingKeys: String, CodingKey {
        case maps = "view"
        case electrodes, mapsOf, numbers, decodedChannels, electrodeAgreement
    }

    /// Share of factors that two views of one day have to have in common to be of one space. A turned map
    /// has none.
    static let sameSpace = 0.5

    /// Whether every number is inside what the trained days show.
    public var isInside: Bool { numbers.allSatisfy(\.isInside) }

    /// The number of a kind; `nil` where it is not known.
    public subscript(kind: DriftNumber.Kind) -> DriftNumber? { numbers.first { $0.kind == kind } }

    /// Whether anything here can tell the right map from one that differs by a symmetry of the dynamics:
    /// spikes are predicted equally well through both, and distributions are alike.
    public var tellsMaps: Bool {
        switch maps {
        case .electrodes, .onlyDay: return true
        case .own, .alignedByLabels, .alignedWithoutLabels: break
        }
        return Self.canTell(numbers) || (electrodeAgreement ?? 0) >= Self.sameSpace
    }

    /// Whether behaviour or labels are among the numbers, and could complain.
    static func canTell(_ numbers: [DriftNumber]) -> Bool {
        numbers.contains { $0.kind == .agreement || ($0.kind == .decoding && $0.limit != nil) }
    }

    /// Whether spikes and the distribution of states are as on trained days: what a wrong map can reach.
    var looksRight: Bool {
        numbers.filter { $0.kind == .bitsPerSpike || $0.kind == .distance }.allSatisfy(\.isInside)
    }

    var complaints: [String] { numbers.filter { !$0.isInside }.map(\.complaint) }
}
