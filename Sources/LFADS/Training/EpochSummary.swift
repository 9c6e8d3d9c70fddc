/// What one epoch did. All losses are unscaled means.
public struct EpochSummary: Sendable, Equatable, Codable {
    /// From 0.
    public var epoch: Int
    public var learningRate: Float
    /// Training reconstruction (negative log-likelihood), mean over updates and sessions.
    public var reconstruction: Double
    public var initialConditionKL: Double
    public var inferredInputKL: Double
    public var l2: Double
    public var klRamp: Float
    public var l2Ramp: Float
    public var total: Double
    /// Mean gradient norm before clipping.
    public var gradientNorm: Double
    /// Held-out reconstruction with posterior means, mean over sessions, and each session's.
    public var validation: Double
    public var validationOfSession: [Double]
    public var smoothedValidation: Double
    public var isBest: Bool
}
