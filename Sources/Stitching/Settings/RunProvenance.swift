/// How a day joined a trained run: stored with the run that came of it.
public struct JoinedDay: Sendable, Equatable, Codable {
    /// The run that it joined.
    public var parent: String
    /// Name of its session.
    public var session: String
    /// Whether the day was aligned by its condition labels.
    public var usedLabels: Bool
    /// Training trials that it was fitted on.
    public var trainingTrials: Int
    /// Epochs for which its maps were trained with everything else frozen.
    public var epochs: Int
    /// The days that had joined before it, the last first, where the run that it joined has left the registry; stands in
    /// the registry alone.
    var before: [JoinedDay]?

    enum CodingKeys: String, CodingKey {
        case parent, session, epochs, before
        case usedLabels = "used_labels"
        case trainingTrials = "training_trials"
    }
}

/// Where the parameters of an imported run came from: stored with it.
public struct ImportedModel: Sendable, Equatable, Codable {
    /// Name of the file, without its folder.
    public var file: String
    /// SHA-256 of the file's bytes.
    public var fileHash: String

    enum CodingKeys: String, CodingKey {
        case file
        case fileHash = "file_sha256"
    }
}

/// How a search came to a run's settings, which may have changed while it was trained: stored with the run.
public struct SearchedSettings: Sendable, Equatable, Codable {
    /// Settings with which some of its epochs were made.
    public struct Part: Sendable, Equatable, Codable {
        /// Epochs behind the training where they began to hold.
        public var epochsBefore: Int
        /// The member of the population that was trained with them.
        public var member: Int
        /// Of its random draws.
        public var seed: UInt64
        /// The settings that were searched, by their names.
        public var values: [String: SettingValue]

        enum CodingKeys: String, CodingKey {
            case member, seed, values
            case epochsBefore = "epochs_before"
        }

        /// Settings with which epochs were made.
        public init(epochsBefore: Int, member: Int, seed: UInt64, values: [String: SettingValue]) {
            self.epochsBefore = epochsBefore
            self.member = member
            self.seed = seed
            self.values = values
        }
    }

    /// Of the population at its beginning.
    public var members: Int
    /// Decisions were made after each but the last.
    public var generations: Int
    /// In the order of the epochs.
    public var course: [Part]

    /// How a search came to settings.
    public init(members: Int, generations: Int, course: [Part]) {
        self.members = members
        self.generations = generations
        self.course = course
    }
}
