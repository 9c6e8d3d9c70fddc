/// How a model is trained. YAML keys in brackets.
public struct TrainingConfiguration: Sendable, Equatable {
    /// Most epochs. [`epochs`]
    public var epochs = 400
    /// Trials in a batch, all sessions together; each session gives an equal part. [`batch_size`]
    public var batchSize = 128

    /// How the learning rate falls. [`lr_schedule`]
    public var learningRateSchedule = LearningRateSchedule.cosine
    /// [`lr_init`]
    public var initialLearningRate: Float = 4e-3
    /// Where the rate ends, or how far it can fall. [`lr_stop`]
    public var finalLearningRate: Float = 1e-5
    /// Factor of one decay on a plateau. [`lr_decay`]
    public var learningRateDecay: Float = 0.95
    /// Epochs without a better smoothed validation loss before a decay on a plateau. [`lr_patience`]
    public var learningRatePatience = 6
    /// Read-in's fraction of the learning rate; 0 keeps it as aligned. [`lr_readin_scale`]
    public var readInRateScale: Float = 0.2
    /// Read-out's fraction of the learning rate; 0 keeps it as aligned. [`lr_readout_scale`]
    public var readOutRateScale: Float = 0.4
    /// [`weight_decay`]
    public var weightDecay: Float = 0
    /// [`lr_adam_beta1`]
    public var beta1: Float = 0.9
    /// [`lr_adam_beta2`]
    public var beta2: Float = 0.999
    /// [`lr_adam_epsilon`]
    public var epsilon: Float = 1e-8
    /// [`max_grad_norm`]
    public var maximumGradientNorm: Float = 200

    /// Coordinated dropout: share of input counts masked. [`cd_rate`]
    public var coordinatedDropoutRate: Float = 0.45
    /// Share of unmasked counts that pass gradient all the same. [`cd_pass_rate`]
    public var coordinatedDropoutPassRate: Float = 0

    /// Augmentation: largest distance in bins by which a spike moves in an update; 0 = none does.
    /// [`spike_jitter`]
    public var spikeJitter = 0
    /// Augmentation: standard deviation in bins by which a unit is shifted in a trial; 0 = none is.
    /// [`temporal_shift`]
    public var temporalShift: Float = 0
    /// Largest shift in bins. [`temporal_shift_max`]
    public var temporalShiftMaximum = 6

    /// [`loss_scale`]
    public var lossScale: Float = 1e4
    /// Mean over bins and units rather than their sum. [`recon_reduce_mean`]
    public var reconstructionIsMean = true
    /// [`kl_ic_scale`]
    public var initialConditionKLScale: Float = 1e-6
    /// [`kl_co_scale`]
    public var inferredInputKLScale: Float = 1e-5
    /// [`kl_start_epoch`, `kl_increase_epoch`]
    public var klRamp = Ramp(start: 0, increase: 40)
    /// [`l2_ic_enc_scale`]
    public var initialConditionEncoderL2: Float = 0
    /// [`l2_ci_enc_scale`]
    public var controllerInputEncoderL2: Float = 0
    /// [`l2_gen_scale`]
    public var generatorL2: Float = 0.3
    /// [`l2_con_scale`]
    public var controllerL2: Float = 0
    /// [`l2_start_epoch`, `l2_increase_epoch`]
    public var l2Ramp = Ramp(start: 0, increase: 40)

    /// Weight of the newest epoch in the smoothed validation loss. [`valid_smoothing`]
    public var validationSmoothing: Float = 0.3
    /// Epochs without a better smoothed validation loss before training stops; counted once the ramps
    /// are done. 0 = never. [`early_stopping_patience`]
    public var earlyStoppingPatience = 0

    /// By how much the days' agreement may lie below the highest that was reached since the ramps were
    /// done, for an epoch to be the model; `nil` = it does not matter. [`agreement_tolerance`]
    public var agreementTolerance: Float? = 0.1

    /// The defaults of a manifest.
    public init() {}

    /// Linear increase of a loss term: clamp((epoch + 1 − start)/(increase + 1), 0, 1).
    public struct Ramp: Sendable, Equatable {
        /// Epochs in which the term is 0.
        public var start: Int
        /// Epochs after that in which it rises.
        public var increase: Int
        /// Says when a term rises, and for how long.
        public init(start: Int, increase: Int) {
            self.start = start
            self.increase = increase
        }

        /// The term's factor in an epoch, 0 to 1.
        ///
        /// - Parameter epoch: counted from 0.
        public func value(epoch: Int) -> Float {
            min(max(Float(epoch + 1 - start) / Float(increase + 1), 0), 1)
        }

        /// The first epoch in which the ramp stands at 1.
        public var lastRampEpoch: Int { start + increase }
    }

    var augmentation: AugmentationSettings {
        AugmentationSettings(
            spikeJitter: spikeJitter, temporalShift: temporalShift,
            temporalShiftMaximum: temporalShiftMaximum)
    }

    /// Checks what the types can't express, and what a model can't be trained with.
    ///
    /// - Throws: `LFADSError.invalidConfiguration`, naming the YAML key.
    public func validate(for model: ModelConfiguration) throws {
        try validate()
        guard spikeJitter > 0 else { return }
        guard model.observation == .poisson else {
            throw LFADSError.invalidConfiguration(
                key: "spike_jitter",
                found: "\(spikeJitter) with reconstruction: \(model.observation.rawValue)",
                expected: "0, or reconstruction: poisson: only counts have spikes that can move")
        }
        guard spikeJitter < model.encodedBinCount else {
            throw LFADSError.invalidConfiguration(
                key: "spike_jitter", found: "\(spikeJitter)",
                expected: "from 0 to one less than the \(model.encodedBinCount) encoded bins")
        }
    }

    /// Checks what the types can't express.
    ///
    /// - Throws: `LFADSError.invalidConfiguration`, naming the YAML key.
    public func validate() throws {
        func require(_ condition: Bool, _ key: String, _ found: Any, _ expected: String) throws {
            guard condition else {
                throw LFADSError.invalidConfiguration(
                    key: key, found: "\(found)", expected: expected)
            }
        }
        try require(epochs > 0, "epochs", epochs, "a positive number")
        try require(batchSize > 0, "batch_size", batchSize, "a positive number")
        try require(
            initialLearningRate > 0 && initialLearningRate.isFinite, "lr_init", initialLearningRate,
            "a positive number")
        try require(
            learningRateDecay > 0 && learningRateDecay <= 1, "lr_decay", learningRateDecay,
            "0 < factor ≤ 1")
        for (key, value) in [
            ("lr_stop", finalLearningRate), ("lr_readin_scale", readInRateScale),
            ("lr_readout_scale", readOutRateScale), ("weight_decay", weightDecay),
            ("kl_ic_scale", initialConditionKLScale), ("kl_co_scale", inferredInputKLScale),
            ("l2_ic_enc_scale", initialConditionEncoderL2),
            ("l2_ci_enc_scale", controllerInputEncoderL2), ("l2_gen_scale", generatorL2),
            ("l2_con_scale", controllerL2), ("temporal_shift", temporalShift),
        ] { try require(value >= 0 && value.isFinite, key, value, "zero or a positive number") }
        try require(
            coordinatedDropoutRate >= 0 && coordinatedDropoutRate < 1, "cd_rate",
            coordinatedDropoutRate, "0 ≤ rate < 1")
        try require(
            coordinatedDropoutPassRate >= 0 && coordinatedDropoutPassRate <= 1, "cd_pass_rate",
            coordinatedDropoutPassRate, "0 ≤ rate ≤ 1")
        for (key, value) in [
            ("spike_jitter", spikeJitter), ("temporal_shift_max", temporalShiftMaximum),
        ] { try require(value >= 0, key, value, "zero or a positive number") }
        try require(
            validationSmoothing > 0 && validationSmoothing <= 1, "valid_smoothing",
            validationSmoothing, "0 < weight ≤ 1")
        if let agreementTolerance {
            try require(
                agreementTolerance >= 0, "agreement_tolerance", agreementTolerance,
                "zero or a positive number, or none")
        }
        for (key, value) in [("lr_adam_beta1", beta1), ("lr_adam_beta2", beta2)] {
            try require(value >= 0 && value < 1, key, value, "0 ≤ β < 1")
        }
        try require(
            epsilon > 0 && epsilon.isFinite, "lr_adam_epsilon", epsilon, "a positive number")
        try require(
            maximumGradientNorm > 0 && maximumGradientNorm.isFinite, "max_grad_norm",
            maximumGradientNorm, "a positive number")
        try require(
            lossScale > 0 && lossScale.isFinite, "loss_scale", lossScale, "a positive number")
        try require(
            finalLearningRate <= initialLearningRate, "lr_stop", finalLearningRate,
            "at most lr_init, \(initialLearningRate)")
    }
}
