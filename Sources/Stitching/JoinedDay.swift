/// How a day joined a trained run: stored with the run that came of it.
public struct JoinedDay: Sendable, Equatable, Codable {
    /// The run that it joined.
    public var parent: String
    public var session: String
    /// Whether the day was aligned by its condition labels.
    public var usedLabels: Bool
    /// Training trials that it was fitted on.
    public var trainingTrials: Int
    /// Epochs for which its maps were trained with everything else frozen.
    public var epochs: Int
}
