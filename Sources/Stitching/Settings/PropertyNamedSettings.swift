import Foundation

/// Settings as versions up to 0.1.0 stored them: under the names that properties had in that program. The
/// names are history and don't change any more.
struct PropertyNamedSettings: Decodable {
    private let seed: UInt64
    private let firstSeed: UInt64?
    private let restarts: Int?
    private let startFrom: String?
    private let holdOut: HoldOut?
    private let alignment: [String: SettingValue]
    private let model: Section
    private let training: Section
    private let joined: Joined?
    private let imported: Imported?

    private struct HoldOut: Decodable {
        let units: Units?
        let conditions: [String]?

        struct Units: Decodable {
            let share: Single<Double>?
            let named: Single<[String]>?
            let namedBySession: Single<[String: [String]]>?
        }

        struct Single<Value: Decodable>: Decodable {
            let value: Value
            enum CodingKeys: String, CodingKey { case value = "_0" }
        }
    }

    private struct Joined: Decodable {
        let parent, session: String
        let usedLabels: Bool
        let trainingTrials, epochs: Int
    }

    private struct Imported: Decodable { let file, fileHash: String }

    /// Values, and mappings of values: `{"klRamp": {"start": 0}}`.
    private struct Section: Decodable {
        var values: [String: SettingValue] = [:]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: SettingKey.self)
            for key in container.allKeys {
                if let value = try? container.decode(SettingValue.self, forKey: key) {
                    values[key.stringValue] = value
                } else if let inner = try? container.decode([String: SettingValue].self, forKey: key) {
                    for (name, value) in inner { values["\(key.stringValue).\(name)"] = value }
                }
            }
        }
    }

    /// - Throws: `DecodingError`
    init(_ data: Data) throws { self = try JSONDecoder().decode(Self.self, from: data) }

    private static func renamed(
        _ values: [String: SettingValue], _ names: [String: String]
    ) -> [String: SettingValue] {
        Dictionary(uniqueKeysWithValues: values.compactMap { key, value in names[key].map { ($0, value) } })
    }

    /// The same under the manifest's keys.
    func storage() -> StitchSettings.Storage {
        var result = StitchSettings.Storage()
        result.names["seed"] = .whole(Int(seed))
        result.names["first_seed"] = firstSeed.map { .whole(Int($0)) }
        result.names["restarts"] = restarts.map { .whole($0) }
        result.names["start_from"] = startFrom.map { .word($0) }
        let units = holdOut?.units
        result.names["held_out_units"] =
            units?.share.map { .double($0.value) } ?? units?.named.map { .list($0.value) }
            ?? units?.namedBySession.map { .lists($0.value) }
        result.names["exclude_conditions"] = holdOut?.conditions.map { .list($0) }
        result.sections = [
            "alignment": Self.renamed(alignment, Self.alignmentKeys),
            "model": Self.renamed(model.values, Self.modelKeys),
            "train": Self.renamed(training.values, Self.trainingKeys),
        ]
        result.joined = joined.map {
            JoinedDay(
                parent: $0.parent, session: $0.session, usedLabels: $0.usedLabels,
                trainingTrials: $0.trainingTrials, epochs: $0.epochs)
        }
        result.imported = imported.map { ImportedModel(file: $0.file, fileHash: $0.fileHash) }
        return result
    }

    private static let alignmentKeys = [
        "components": "components", "smoothingMilliseconds": "smoothing_ms", "unlabelled": "unlabelled",
        "readOutStart": "readout_start",
    ]

    private static let modelKeys = [
        "encodedBinCount": "encod_seq_len", "initialConditionEncoderUnits": "ic_enc_dim",
        "initialConditionBinCount": "ic_enc_seq_len", "controllerInputEncoderUnits": "ci_enc_dim",
        "controllerInputLag": "ci_lag", "controllerUnits": "con_dim", "inferredInputCount": "co_dim",
        "initialConditionDimensions": "ic_dim", "generatorUnits": "gen_dim", "factorCount": "fac_dim",
        "stateClip": "cell_clip", "initialConditionVarianceFloor": "ic_post_var_min",
        "initialConditionPriorVariance": "ic_prior_variance", "inferredInputPriorTau": "co_prior_tau",
        "inferredInputPriorNoiseVariance": "co_prior_noise_variance", "dropoutRate": "dropout_rate",
        "observation": "reconstruction", "binCount": "recon_seq_len", "externalInputCount": "ext_input_dim",
    ]

    private static let trainingKeys = [
        "epochs": "epochs", "batchSize": "batch_size", "initialLearningRate": "lr_init",
        "finalLearningRate": "lr_stop", "learningRateDecay": "lr_decay",
        "learningRatePatience": "lr_patience", "readInRateScale": "lr_readin_scale",
        "readOutRateScale": "lr_readout_scale", "beta1": "lr_adam_beta1", "beta2": "lr_adam_beta2",
        "epsilon": "lr_adam_epsilon", "weightDecay": "weight_decay",
        "maximumGradientNorm": "max_grad_norm", "coordinatedDropoutRate": "cd_rate",
        "coordinatedDropoutPassRate": "cd_pass_rate", "lossScale": "loss_scale",
        "reconstructionIsMean": "recon_reduce_mean", "initialConditionKLScale": "kl_ic_scale",
        "inferredInputKLScale": "kl_co_scale", "klRamp.start": "kl_start_epoch",
        "klRamp.increase": "kl_increase_epoch", "initialConditionEncoderL2": "l2_ic_enc_scale",
        "controllerInputEncoderL2": "l2_ci_enc_scale", "generatorL2": "l2_gen_scale",
        "controllerL2": "l2_con_scale", "l2Ramp.start": "l2_start_epoch",
        "l2Ramp.increase": "l2_increase_epoch", "validationSmoothing": "valid_smoothing",
        "earlyStoppingPatience": "early_stopping_patience", "agreementTolerance": "agreement_tolerance",
    ]
}
