/// The part `alignment` of a stitch manifest.
public struct AlignmentSettings: Sendable, Equatable {
    /// Shared components, which are the read-in's dimensions; `nil` = as many as factors. [`components`]
    public var components: Int?
    /// Standard deviation of the Gaussian in time, milliseconds. [`smoothing_ms`]
    public var smoothingMilliseconds = 60.0
    /// What to do with a session without condition labels. [`unlabelled`]
    public var unlabelled: Unlabelled = .refuse

    /// How the read-out starts. [`readout_start`]
    public var readOutStart: ReadOutKind = .regression

    /// Ways to find the start values of read-outs.
    public enum ReadOutKind: String, Sendable, Codable, CaseIterable {
        /// Regression of every unit's counts on the shared trajectories, in the units of the
        /// observation model.
        case regression
        /// The read-in's pseudo-inverse in units of a log-rate, as the PyTorch implementation starts
        /// (Poisson only); kept to compare with. Whether the stitch holds then depends on the seed.
        case pseudoInverse = "pseudo-inverse"
    }

    /// What becomes of sessions without condition labels.
    public enum Unlabelled: String, Sendable, Codable, CaseIterable {
        /// An error, for they can't be aligned.
        case refuse
        /// Its own principal components: a start for its own model, not a common space.
        case ownPCA = "own-pca"
    }

    /// The defaults of a manifest.
    public init() {}
}
