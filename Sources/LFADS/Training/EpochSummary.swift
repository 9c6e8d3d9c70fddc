/// What one epoch did. All losses are unscaled means.
public struct EpochSummary: Sendable, Equatable, Codable {
    /// Counted from 0.
    public var epoch: Int
    /// With which its updates were made.
    public var learningRate: Float
    /// Training reconstruction (negative log-likelihood), mean over updates and sessions.
    public var reconstruction: Double
    /// Divergence of the initial conditions' posterior from their prior, mean over updates.
    public var initialConditionKL: Double
    /// Divergence of the inferred inputs' posterior from their prior, mean over updates.
    public var inferredInputKL: Double
    /// Penalty on recurrent weights, mean over updates.
    public var l2: Double
    /// Factor of the divergences in this epoch, 0 to 1.
    public var klRamp: Float
    /// Factor of the penalty in this epoch, 0 to 1.
    public var l2Ramp: Float
    /// The loss that was minimised, mean over updates.
    public var total: Double
    /// Mean gradient norm before clipping.
    public var gradientNorm: Double
    /// Held-out reconstruction with posterior means, mean over sessions.
    public var validation: Double
    /// The same of each session.
    public var validationOfSession: [Double]
    /// Exponentially smoothed over epochs; the learning rate and early stopping go by it.
    public var smoothedValidation: Double
    /// Whether it is the best epoch so far.
    public var isBest: Bool
    /// Updates that were not made because their gradient was far outside the recent ones, or no number; `nil` =
    /// none.
    public var updatesLeftOut: Int?
    /// How often the epoch broke down and was made again at half the learning rate; `nil` = never.
    public var returns: Int?
    /// Held-out loss of a model that has learnt nothing, where the epoch's training loss was far above it: the rates of
    /// some trials exploded, though held-out trials may show nothing of it. `nil` = it was not.
    public var farAboveDoingNothing: Double?

    /// Adds an update's losses to the means.
    mutating func add(_ losses: StepLosses, gradientNorm norm: Double, share: Double) {
        reconstruction += losses.reconstruction * share
        initialConditionKL += losses.initialConditionKL * share
        inferredInputKL += losses.inferredInputKL * share
        l2 += losses.l2 * share
        total += losses.total * share
        gradientNorm += norm * share
    }

    /// For means over fewer updates than were counted on.
    mutating func scaleMeans(by factor: Double) {
        reconstruction *= factor
        initialConditionKL *= factor
        inferredInputKL *= factor
        l2 *= factor
        total *= factor
        gradientNorm *= factor
    }
}
