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

    enum CodingKeys: String, CodingKey {
        case parent, session, epochs
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
