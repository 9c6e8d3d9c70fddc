/// The shape of a model: everything that fixes the list of parameters and the forward pass.
///
/// The YAML keys in brackets are those of the PyTorch implementation (Sedler and Pandarinath 2023).
public struct ModelConfiguration: Sendable, Equatable {
    /// How spikes enter the encoder.
    public enum ReadIn: Sendable, Equatable {
        /// The counts themselves (a single session).
        case identity
        /// One affine map per session onto that many dimensions.
        case affine(dimensions: Int)
    }

    /// What initial conditions are like before anything is known of a trial; the posterior of a trial is of the
    /// same kind. [`ic_prior`]
    public enum InitialConditionPrior: String, Sendable, Equatable, CaseIterable {
        /// A normal distribution: its mean is trained, its variance is fixed.
        case normal
        /// A Student-t distribution: location and scale are trained, the degrees of freedom are fixed.
        case studentT = "student_t"
    }

    /// How spikes enter the encoder of this model.
    public var readIn: ReadIn = .affine(dimensions: 16)
    /// Units of the initial-condition encoder, per direction. [`ic_enc_dim`]
    public var initialConditionEncoderUnits = 64
    /// The first bins, reserved for the initial-condition encoder; 0 = it sees all. [`ic_enc_seq_len`]
    public var initialConditionBinCount = 0
    /// Units of the controller-input encoder, per direction. [`ci_enc_dim`]
    public var controllerInputEncoderUnits = 0
    /// Bins by which the controller's inputs are delayed. [`ci_lag`]
    public var controllerInputLag = 1
    /// Units of the controller. [`con_dim`]
    public var controllerUnits = 0
    /// Inferred inputs to the generator. [`co_dim`]
    public var inferredInputCount = 0
    /// Dimensions of the initial condition. [`ic_dim`]
    public var initialConditionDimensions = 64
    /// Units of the generator. [`gen_dim`]
    public var generatorUnits = 64
    /// Factors. [`fac_dim`]
    public var factorCount = 16
    /// External inputs to the generator. [`ext_input_dim`]
    public var externalInputCount = 0
    /// Bins that the encoder sees. [`encod_seq_len`]
    public var encodedBinCount: Int
    /// Bins that are reconstructed; those beyond the encoded ones are predicted. [`recon_seq_len`]
    public var binCount: Int
    /// Bound on every recurrent state. [`cell_clip`]
    public var stateClip: Float = 5
    /// Floor of the initial condition's posterior variance. [`ic_post_var_min`]
    public var initialConditionVarianceFloor: Float = 1e-4
    /// What initial conditions are like before anything is known of a trial. [`ic_prior`]
    public var initialConditionPrior = InitialConditionPrior.normal
    /// Degrees of freedom of the Student-t. [`ic_prior_df`]
    public var initialConditionPriorDegreesOfFreedom: Float = 5
    /// Variance of the normal prior over initial conditions (fixed), or the square of the scale that the Student-t
    /// starts with. [`ic_prior_variance`]
    public var initialConditionPriorVariance: Float = 0.1
    /// Initial autocorrelation time of inferred inputs, in bins. [`co_prior_tau`]
    public var inferredInputPriorTau: Float = 10
    /// Initial noise variance of inferred inputs. [`co_prior_noise_variance`]
    public var inferredInputPriorNoiseVariance: Float = 0.1
    /// Dropout at the six sites of the reference. [`dropout_rate`]
    public var dropoutRate: Float = 0.4
    /// What a bin of a unit is drawn from, given the factors. [`reconstruction`]
    public var observation: ObservationModel = .poisson

    /// The default model for trials of some length.
    ///
    /// - Parameters:
    ///   - encodedBinCount: bins that the encoder sees.
    ///   - binCount: bins of a trial.
    public init(encodedBinCount: Int, binCount: Int) {
        self.encodedBinCount = encodedBinCount
        self.binCount = binCount
    }

    /// The controller exists only when all three of its dimensions are positive.
    public var hasController: Bool {
        controllerInputEncoderUnits > 0 && controllerUnits > 0 && inferredInputCount > 0
    }

    /// Degrees of freedom of prior and posterior, `nil` where they are normal.
    var initialConditionDegreesOfFreedom: Float? {
        initialConditionPrior == .studentT ? initialConditionPriorDegreesOfFreedom : nil
    }

    /// Bins that the initial-condition encoder sees.
    var initialConditionEncodedBins: Int {
        initialConditionBinCount > 0 ? initialConditionBinCount : encodedBinCount
    }

    /// Bins that the controller-input encoder sees (the leading ones may be reserved).
    var controllerEncodedBins: Int { encodedBinCount - initialConditionBinCount }

    /// Width of the controller's input from its encoder, both directions.
    var controllerInputWidth: Int { hasController ? 2 * controllerInputEncoderUnits : 0 }

    /// Generator inputs per bin: inferred and external.
    var generatorInputCount: Int { (hasController ? inferredInputCount : 0) + externalInputCount }

    /// Dimensions of the encoder's input, given the number of encoded units of a single session.
    func encoderInputCount(encodedUnits: Int) -> Int {
        if case .affine(let dimensions) = readIn { return dimensions }
        return encodedUnits
    }

    /// Checks what the types can't express.
    ///
    /// - Throws: `LFADSError.invalidConfiguration`, naming the YAML key.
    public func validate(sessionCount: Int) throws {
        func require(_ condition: Bool, _ key: String, _ found: String, _ expected: String) throws {
            guard condition else {
                throw LFADSError.invalidConfiguration(key: key, found: found, expected: expected)
            }
        }
        try require(
            encodedBinCount > 0 && encodedBinCount <= binCount, "encod_seq_len",
            "\(encodedBinCount)", "between 1 and the \(binCount) bins of a trial")
        try require(
            initialConditionBinCount >= 0 && initialConditionBinCount < encodedBinCount,
            "ic_enc_seq_len", "\(initialConditionBinCount)",
            "from 0 to one less than the \(encodedBinCount) encoded bins")
        for (key, value) in [
            ("ic_enc_dim", initialConditionEncoderUnits), ("ic_dim", initialConditionDimensions),
            ("gen_dim", generatorUnits), ("fac_dim", factorCount),
        ] { try require(value > 0, key, "\(value)", "a positive number") }
        for (key, value) in [
            ("ci_enc_dim", controllerInputEncoderUnits), ("con_dim", controllerUnits),
            ("co_dim", inferredInputCount), ("ci_lag", controllerInputLag),
            ("ext_input_dim", externalInputCount),
        ] { try require(value >= 0, key, "\(value)", "zero or a positive number") }
        let parts = [controllerInputEncoderUnits, controllerUnits, inferredInputCount]
        try require(
            parts.allSatisfy { $0 > 0 } || inferredInputCount == 0, "co_dim", "\(inferredInputCount)",
            "ci_enc_dim and con_dim above 0 as well, or co_dim: 0 for a model without a controller")
        for (key, value) in [
            ("cell_clip", stateClip), ("ic_prior_variance", initialConditionPriorVariance),
            ("co_prior_tau", inferredInputPriorTau),
            ("co_prior_noise_variance", inferredInputPriorNoiseVariance),
        ] { try require(value > 0 && value.isFinite, key, "\(value)", "a positive number") }
        try require(
            initialConditionPriorDegreesOfFreedom >= 1 && initialConditionPriorDegreesOfFreedom.isFinite,
            "ic_prior_df", "\(initialConditionPriorDegreesOfFreedom)", "a number of at least 1")
        try require(
            initialConditionVarianceFloor >= 0 && initialConditionVarianceFloor.isFinite,
            "ic_post_var_min", "\(initialConditionVarianceFloor)", "zero or a positive number")
        try require(
            dropoutRate >= 0 && dropoutRate < 1, "dropout_rate", "\(dropoutRate)", "0 ≤ rate < 1")
        if case .affine(let dimensions) = readIn {
            try require(dimensions > 0, "components", "\(dimensions)", "a positive number")
        } else {
            try require(
                sessionCount == 1, "readin", "identity with \(sessionCount) sessions",
                "an affine read-in, the only one that sessions with different units can share")
        }
    }
}
