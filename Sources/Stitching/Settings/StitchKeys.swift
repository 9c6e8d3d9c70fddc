import Alignment
import LFADS

/// The keys of a stitch manifest, section by section; those of `model` and `train` have the names of
/// the PyTorch implementation.
enum StitchKeys {
    /// A slip of some zeros mustn't become a request for all of the memory.
    private static let dimensions = 0...16_384
    /// More than anybody trains, and far from where sums of such numbers overflow.
    private static let counts = 0...10_000_000

    static var alignment: [ManifestKey<AlignmentSettings>] {
        [
            .count("components", \.components, in: 1...16_384),
            .number("smoothing_ms", \.smoothingMilliseconds, in: 0...),
            .word("unlabelled", \.unlabelled),
            .word("readout_start", \.readOutStart, before: .regression),
        ]
    }

    static var model: [ManifestKey<ModelConfiguration>] {
        [
            .count("encod_seq_len", \.encodedBinCount, in: 1...),
            .count("ic_enc_dim", \.initialConditionEncoderUnits, in: dimensions),
            .count("ic_enc_seq_len", \.initialConditionBinCount, in: dimensions),
            .count("ci_enc_dim", \.controllerInputEncoderUnits, in: dimensions),
            .count("ci_lag", \.controllerInputLag, in: dimensions),
            .count("con_dim", \.controllerUnits, in: dimensions),
            .count("co_dim", \.inferredInputCount, in: dimensions),
            .count("ic_dim", \.initialConditionDimensions, in: dimensions),
            .count("gen_dim", \.generatorUnits, in: dimensions),
            .count("fac_dim", \.factorCount, in: dimensions),
            .number("cell_clip", \.stateClip),
            .number("ic_post_var_min", \.initialConditionVarianceFloor),
            .word("ic_prior", \.initialConditionPrior, before: .normal),
            .number("ic_prior_df", \.initialConditionPriorDegreesOfFreedom, before: 5),
            .number("ic_prior_variance", \.initialConditionPriorVariance),
            .number("co_prior_tau", \.inferredInputPriorTau),
            .number("co_prior_noise_variance", \.inferredInputPriorNoiseVariance),
            .number("dropout_rate", \.dropoutRate),
            .word("reconstruction", \.observation),
        ]
    }

    /// What of a model is stored with a run: also what only recordings know.
    static var storedModel: [ManifestKey<ModelConfiguration>] {
        model + [
            .count("recon_seq_len", \.binCount, in: 1...),
            .count("ext_input_dim", \.externalInputCount, in: 0...),
        ]
    }

    static var training: [ManifestKey<TrainingConfiguration>] {
        [
            .count("epochs", \.epochs, in: counts),
            .count("batch_size", \.batchSize, in: counts),
            .word("lr_schedule", \.learningRateSchedule, before: .plateau),
            .number("lr_init", \.initialLearningRate),
            .number("lr_stop", \.finalLearningRate),
            .number("lr_decay", \.learningRateDecay),
            .count("lr_patience", \.learningRatePatience, in: counts),
            .number("lr_readin_scale", \.readInRateScale),
            .number("lr_readout_scale", \.readOutRateScale),
            .number("lr_adam_beta1", \.beta1),
            .number("lr_adam_beta2", \.beta2),
            .number("lr_adam_epsilon", \.epsilon),
            .number("weight_decay", \.weightDecay),
            .number("max_grad_norm", \.maximumGradientNorm),
            .number("cd_rate", \.coordinatedDropoutRate),
            .number("cd_pass_rate", \.coordinatedDropoutPassRate),
            .count("spike_jitter", \.spikeJitter, in: dimensions, before: 0),
            .number("temporal_shift", \.temporalShift, before: 0),
            .count("temporal_shift_max", \.temporalShiftMaximum, in: dimensions, before: 6),
            .number("loss_scale", \.lossScale),
            .flag("recon_reduce_mean", \.reconstructionIsMean),
            .number("kl_ic_scale", \.initialConditionKLScale),
            .number("kl_co_scale", \.inferredInputKLScale),
            .count("kl_start_epoch", \.klRamp.start, in: counts),
            .count("kl_increase_epoch", \.klRamp.increase, in: counts),
            .number("l2_ic_enc_scale", \.initialConditionEncoderL2),
            .number("l2_ci_enc_scale", \.controllerInputEncoderL2),
            .number("l2_gen_scale", \.generatorL2),
            .number("l2_con_scale", \.controllerL2),
            .count("l2_start_epoch", \.l2Ramp.start, in: counts),
            .count("l2_increase_epoch", \.l2Ramp.increase, in: counts),
            .number("valid_smoothing", \.validationSmoothing),
            .count("early_stopping_patience", \.earlyStoppingPatience, in: counts),
            .number("agreement_tolerance", \.agreementTolerance, none: "none", before: .word("none")),
        ]
    }
}
