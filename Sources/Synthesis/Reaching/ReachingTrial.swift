/// What is particular to one trial: everything that its latents follow from.
public struct ReachingTrial: Sendable, Equatable {
    /// An input that nobody announced: a correction on the way.
    public struct Input: Sendable, Equatable {
        /// When it begins, seconds from the start of the trial.
        public var seconds: Double
        /// Strength in x and y; 1 is as much as what starts a movement.
        public var direction: SIMD2<Double>
    }

    /// The target that is reached for, counted from 0.
    public var condition: Int
    /// The condition that the recording says.
    public var label: Int
    /// When movement begins, seconds from the go cue.
    public var reactionSeconds: Double
    /// What the movement is multiplied by.
    public var amplitude: Double
    /// State before the movement, in the dimensions of preparation.
    public var initialState: [Double]
    /// The input, where there is one.
    public var input: Input?

    /// Without anything of its own: the median trial of a condition.
    static func median(
        ofCondition condition: Int, settings: ReachingSettings, dynamics: ReachingDynamics
    ) -> ReachingTrial {
        ReachingTrial(
            condition: condition, label: condition, reactionSeconds: settings.reactionSeconds,
            amplitude: 1, initialState: dynamics.preparation(ofCondition: condition), input: nil)
    }
}
