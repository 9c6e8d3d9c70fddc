import LinearAlgebra

/// What all slices of one pass share: the model, its parameters, the trials and how the loss is weighted.
struct PassContext: @unchecked Sendable {
    let model: ModelConfiguration
    let table: ParameterTable
    let parameters: UnsafePointer<Float>
    let packed: PackedParameters
    let trials: PassTrials
    let largest: LargestTrial
    var batch: Batch
    /// Rows of the largest slice that the batch is cut into.
    var largestSlice: Int
    var draws: Draws
    /// Training passes keep dropout, mask gradients and run backward.
    var loss: LossWeights?
    var trainsReadIn = true
    var trainsReadOut = true
    /// The controller infers inputs of 0, whatever it sees; nothing else differs.
    var silencesInferredInputs = false

    /// Whether this pass drops anything out (coordinated dropout apart).
    var dropsOut: Bool { model.dropoutRate > 0 && draws.dropsOut }

    /// Coordinated dropout: counts are masked, and so is the gradient.
    var masksGradient: Bool { (loss?.coordinatedDropoutRate ?? 0) > 0 }

    /// How trials are changed before the update learns from them; `nil` where they stay as they are.
    var augmentation: AugmentationSettings? {
        guard let loss, loss.augmentation.isActive else { return nil }
        return loss.augmentation
    }

    /// The session that a row's trial is of.
    @inline(__always)
    func session(of row: BatchRow) -> SessionTrials { trials[row.session] }

    /// A trial's random numbers for a purpose, at an update or a posterior sample.
    func stream(_ row: BatchRow, seed: UInt64, purpose: UInt32, step: UInt32) -> RandomStream {
        RandomStream(
            seed: seed, key: session(of: row).randomKey, purpose: purpose, item: UInt32(row.trial),
            step: step)
    }

    @inline(__always)
    func pointer(_ offset: Int) -> UnsafePointer<Float> { parameters + offset }
}

/// The trials of consecutive sessions of a model, the first of which is its `first`.
struct PassTrials: Sendable {
    let first: Int
    let sessions: [SessionTrials]
    /// Whether some sample of any session was not observed.
    let lackSamples: Bool

    init(first: Int = 0, sessions: [SessionTrials]) {
        self.first = first
        self.sessions = sessions
        lackSamples = sessions.contains { $0.observed != nil }
    }

    /// The trials of a session, given its place among the model's.
    @inline(__always)
    subscript(session: Int) -> SessionTrials { sessions[session - first] }
}

/// What a trial of any session needs room for.
struct LargestTrial: Sendable {
    /// Counts that are encoded, and that are reconstructed.
    private(set) var encoded = 0
    private(set) var reconstructed = 0
    /// Parameters of the observation model.
    private(set) var readOut = 0

    init(_ model: ModelConfiguration, _ sessions: [SessionShape]) {
        for session in sessions {
            encoded = max(encoded, model.encodedBinCount * session.encodedUnitCount)
            reconstructed = max(reconstructed, model.binCount * session.unitCount)
        }
        readOut = reconstructed * model.observation.parametersPerUnit
    }
}
