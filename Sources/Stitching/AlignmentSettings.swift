/// The part `alignment` of a stitch manifest.
public struct AlignmentSettings: Sendable, Equatable, Codable {
    /// Shared components, which are the read-in's dimensions; `nil` = as many as factors. [`components`]
    public var components: Int?
    /// Standard deviation of the Gaussian in time, milliseconds. [`smoothing_ms`]
    public var smoothingMilliseconds = 60.0
    /// What to do with a session without condition labels. [`unlabelled`]
    public var unlabelled: Unlabelled = .refuse

    public enum Unlabelled: String, Sendable, Codable, CaseIterable {
        case refuse
        /// Its own principal components: a start for its own model, not a common space.
        case ownPCA = "own-pca"
    }

    public init() {}
}
