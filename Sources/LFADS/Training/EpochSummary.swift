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
}
