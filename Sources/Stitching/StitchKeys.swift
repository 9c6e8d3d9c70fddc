import LFADS
import Registry

/// The keys of `model` in a stitch manifest; names of the PyTorch implementation.
enum ModelKeys {
    /// - Returns: `encod_seq_len`, which only the recordings can complete.
    static func read(_ mapping: ManifestMapping?, into model: inout ModelConfiguration) throws -> Int? {
        guard let mapping else { return nil }
        func count(_ key: String, _ path: WritableKeyPath<ModelConfiguration, Int>) throws {
            // A slip of some zeros mustn't become a request for all of the memory.
            if let value = try mapping.optional(key)?.integer(in: 0...16_384) { model[keyPath: path] = value }
        }
        func number(_ key: String, _ path: WritableKeyPath<ModelConfiguration, Float>) throws {
            if let value = try mapping.optional(key)?.number() { model[keyPath: path] = Float(value) }
        }
        try count("ic_enc_dim", \.initialConditionEncoderUnits)
        try count("ic_enc_seq_len", \.initialConditionBinCount)
        try count("ci_enc_dim", \.controllerInputEncoderUnits)
        try count("ci_lag", \.controllerInputLag)
        try count("con_dim", \.controllerUnits)
        try count("co_dim", \.inferredInputCount)
        try count("ic_dim", \.initialConditionDimensions)
        try count("gen_dim", \.generatorUnits)
        try count("fac_dim", \.factorCount)
        try number("cell_clip", \.stateClip)
        try number("ic_post_var_min", \.initialConditionVarianceFloor)
        try number("ic_prior_variance", \.initialConditionPriorVariance)
        try number("co_prior_tau", \.inferredInputPriorTau)
        try number("co_prior_noise_variance", \.inferredInputPriorNoiseVariance)
        try number("dropout_rate", \.dropoutRate)
        if let value = try mapping.optional("reconstruction")?.oneOf(ObservationModelKey.self) {
            model.observation = value.observation
        }
        return try mapping.optional("encod_seq_len")?.integer(in: 1...)
    }

    /// Spellings in YAML.
    private enum ObservationModelKey: String, CaseIterable {
        case poisson, gaussian, gamma
        case zeroInflatedGamma = "zero_inflated_gamma"

        var observation: ObservationModel {
            switch self {
            case .poisson: return .poisson
            case .gaussian: return .gaussian
            case .gamma: return .gamma
            case .zeroInflatedGamma: return .zeroInflatedGamma
            }
        }
    }
}

/// The keys of `train` in a stitch manifest.
enum TrainingKeys {
    static func read(_ mapping: ManifestMapping?, into training: inout TrainingConfiguration) throws {
        guard let mapping else { return }
        func count(_ key: String, _ path: WritableKeyPath<TrainingConfiguration, Int>) throws {
            if let value = try mapping.optional(key)?.integer(in: 0...) {
                training[keyPath: path] = value
            }
        }
        func number(_ key: String, _ path: WritableKeyPath<TrainingConfiguration, Float>) throws {
            if let value = try mapping.optional(key)?.number() { training[keyPath: path] = Float(value) }
        }
        try count("epochs", \.epochs)
        try count("batch_size", \.batchSize)
        try number("lr_init", \.initialLearningRate)
        try number("lr_stop", \.finalLearningRate)
        try number("lr_decay", \.learningRateDecay)
        try count("lr_patience", \.learningRatePatience)
        try number("lr_readin_scale", \.readInRateScale)
        try number("lr_readout_scale", \.readOutRateScale)
        try number("lr_adam_beta1", \.beta1)
        try number("lr_adam_beta2", \.beta2)
        try number("lr_adam_epsilon", \.epsilon)
        try number("weight_decay", \.weightDecay)
        try number("max_grad_norm", \.maximumGradientNorm)
        try number("cd_rate", \.coordinatedDropoutRate)
        try number("cd_pass_rate", \.coordinatedDropoutPassRate)
        try number("loss_scale", \.lossScale)
        if let value = try mapping.optional("recon_reduce_mean")?.boolean() {
            training.reconstructionIsMean = value
        }
        try number("kl_ic_scale", \.initialConditionKLScale)
        try number("kl_co_scale", \.inferredInputKLScale)
        try count("kl_start_epoch", \.klRamp.start)
        try count("kl_increase_epoch", \.klRamp.increase)
        try number("l2_ic_enc_scale", \.initialConditionEncoderL2)
        try number("l2_ci_enc_scale", \.controllerInputEncoderL2)
        try number("l2_gen_scale", \.generatorL2)
        try number("l2_con_scale", \.controllerL2)
        try count("l2_start_epoch", \.l2Ramp.start)
        try count("l2_increase_epoch", \.l2Ramp.increase)
        try number("valid_smoothing", \.validationSmoothing)
        try count("early_stopping_patience", \.earlyStoppingPatience)
    }
}
