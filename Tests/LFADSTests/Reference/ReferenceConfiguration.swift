import ArrayFiles

/// The observation models that the reference knows, by the names of the fixtures.
///
/// Each has `parameterCount` outputs per unit; the read-out puts all first parameters before all
/// second ones.
enum ReferenceObservationModel: String, Sendable, CaseIterable {
    /// [log rate]
    case poisson = "Poisson"
    /// [mean, log variance]
    case gaussian = "Gaussian"
    /// [log shape, log rate]
    case gamma = "Gamma"
    /// [log shape, log rate, log odds of a value other than zero]
    case zeroInflatedGamma = "ZeroInflatedGamma"

    var parameterCount: Int {
        switch self {
        case .poisson: 1
        case .gaussian, .gamma: 2
        case .zeroInflatedGamma: 3
        }
    }
}

/// Every hyper-parameter that changes a number of the reference. The key of the configuration
/// files stands beside each.
struct ReferenceConfiguration: Sendable {
    /// T, `encod_seq_len`
    var encodedBins = 9
    /// `recon_seq_len`; bins beyond `encodedBins` are predicted forward
    var reconstructedBins = 9
    /// `ic_enc_seq_len`; 0 lets both encoders see every bin
    var initialConditionBins = 0
    /// `encod_data_dim` of each session
    var encodedUnits = [7]
    /// Units of each session on the reconstruction side; those beyond `encodedUnits` are held out
    var reconstructedUnits = [7]
    /// Width of the affine read-in; nil for the identity (then all sessions have equal width)
    var readInDimensions: Int?
    /// `ic_enc_dim`, per direction
    var initialConditionEncoderUnits = 10
    /// `ic_dim`
    var initialConditionDimensions = 8
    /// `ci_enc_dim`, per direction
    var controllerEncoderUnits = 0
    /// `ci_lag`
    var controllerEncoderLag = 1
    /// `con_dim`
    var controllerUnits = 0
    /// `co_dim`
    var inferredInputs = 0
    /// `ext_input_dim`
    var externalInputs = 0
    /// `gen_dim`
    var generatorUnits = 12
    /// `fac_dim`
    var factors = 4
    /// `cell_clip`
    var cellClip = 5.0
    /// `cd_rate`
    var coordinatedDropoutRate = 0.0
    /// `ic_prior_df` of a Student-t prior; nil for the normal prior
    var initialConditionDegreesOfFreedom: Double?
    /// `ic_post_var_min`
    var initialConditionVarianceFloor = 1e-4
    /// `reconstruction`
    var observationModel = ReferenceObservationModel.poisson
    /// `recon_reduce_mean`
    var averagesReconstruction = true
    /// Subtracted from non-zero values under the zero-inflated gamma
    var gammaLocation = 0.0
    var lossScale = 1e4
    /// `l2_ic_enc_scale`
    var initialConditionEncoderL2 = 0.0
    /// `l2_ci_enc_scale`
    var controllerEncoderL2 = 0.0
    /// `l2_gen_scale`
    var generatorL2 = 0.0
    /// `l2_con_scale`
    var controllerL2 = 0.0
    /// `kl_ic_scale`
    var initialConditionKLScale = 0.01
    /// `kl_co_scale`
    var inferredInputKLScale = 0.02
    var l2Ramp = 1.0
    var klRamp = 1.0

    var sessionCount: Int { encodedUnits.count }
    var hasController: Bool {
        controllerEncoderUnits > 0 && controllerUnits > 0 && inferredInputs > 0
    }
    /// Width of what the encoders read.
    var encoderInputWidth: Int { readInDimensions ?? encodedUnits[0] }
    /// Bins that the controller-input encoder reads, and that coordinated dropout may mask.
    var maskableBins: Int { encodedBins - initialConditionBins }
    /// Width of the controller's input: both directions of the encoder, then the factors.
    var controllerInputWidth: Int { 2 * controllerEncoderUnits + factors }
}

extension ReferenceConfiguration {
    /// Name and shape of every parameter, trained or not, as in a state dictionary of the PyTorch
    /// implementation.
    var parameterShapes: [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        func cell(_ name: String, input: Int, hidden: Int) {
            shapes["\(name).weight_ih"] = [3 * hidden, input]
            shapes["\(name).weight_hh"] = [3 * hidden, hidden]
            shapes["\(name).bias_ih"] = [3 * hidden]
            shapes["\(name).bias_hh"] = [3 * hidden]
        }
        func linear(_ name: String, input: Int, output: Int) {
            shapes["\(name).weight"] = [output, input]
            shapes["\(name).bias"] = [output]
        }

        if let width = readInDimensions {
            for (session, units) in encodedUnits.enumerated() {
                linear("readin.\(session)", input: units, output: width)
            }
        }
        for direction in ["fwd", "bwd"] {
            cell(
                "encoder.ic_enc.\(direction)_gru.cell", input: encoderInputWidth,
                hidden: initialConditionEncoderUnits)
        }
        shapes["encoder.ic_enc_h0"] = [2, 1, initialConditionEncoderUnits]
        linear(
            "encoder.ic_linear", input: 2 * initialConditionEncoderUnits,
            output: 2 * initialConditionDimensions)
        for name in initialConditionDegreesOfFreedom == nil ? ["mean", "logvar"] : ["loc", "logscale"] {
            shapes["ic_prior.\(name)"] = [initialConditionDimensions]
        }
        linear("decoder.ic_to_g0", input: initialConditionDimensions, output: generatorUnits)
        cell(
            "decoder.rnn.cell.gen_cell", input: inferredInputs + externalInputs,
            hidden: generatorUnits)
        shapes["decoder.rnn.cell.fac_linear.weight"] = [factors, generatorUnits]
        // The reference keeps this one, with no elements, even without a controller.
        shapes["decoder.con_h0"] = [1, controllerUnits]
        if hasController {
            for direction in ["fwd", "bwd"] {
                cell(
                    "encoder.ci_enc.\(direction)_gru.cell", input: encoderInputWidth,
                    hidden: controllerEncoderUnits)
            }
            shapes["encoder.ci_enc_h0"] = [2, 1, controllerEncoderUnits]
            cell(
                "decoder.rnn.cell.con_cell", input: controllerInputWidth, hidden: controllerUnits)
            linear(
                "decoder.rnn.cell.co_linear", input: controllerUnits, output: 2 * inferredInputs)
            shapes["co_prior.logtaus"] = [inferredInputs]
            shapes["co_prior.lognvars"] = [inferredInputs]
        }
        for (session, units) in reconstructedUnits.enumerated() {
            linear(
                "readout.\(session)", input: factors,
                output: units * observationModel.parameterCount)
        }
        return shapes
    }

    /// Recurrent biases are zero and the normal prior's variance is given: neither is trained.
    static func isTrainable(_ name: String) -> Bool {
        !name.hasSuffix("bias_hh") && name != "ic_prior.logvar"
    }

    var trainableNames: [String] { parameterShapes.keys.filter(Self.isTrainable).sorted() }
}
