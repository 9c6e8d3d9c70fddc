/// The names of a model's tensors, and the only place that spells them.
///
/// They are those of the PyTorch implementation (Sedler and Pandarinath 2023), but a session's tensors
/// carry the session's name in place of its position: `readin.jango-2016-06-26.weight`. A cell or a map has
/// several tensors, whose names begin with its own.
public enum TensorName {
    // MARK: Cells

    static let initialConditionEncoderForward = "encoder.ic_enc.fwd_gru.cell"
    static let initialConditionEncoderBackward = "encoder.ic_enc.bwd_gru.cell"
    static let controllerInputEncoderForward = "encoder.ci_enc.fwd_gru.cell"
    static let controllerInputEncoderBackward = "encoder.ci_enc.bwd_gru.cell"
    static let controller = "decoder.rnn.cell.con_cell"
    static let generator = "decoder.rnn.cell.gen_cell"

    // MARK: Initial states

    static let initialConditionEncoderStates = "encoder.ic_enc_h0"
    static let controllerInputEncoderStates = "encoder.ci_enc_h0"
    /// The controller's state before the first bin, `[1, units]`.
    public static let controllerState = "decoder.con_h0"

    // MARK: Maps that all sessions share

    static let initialConditionPosterior = "encoder.ic_linear"
    static let inferredInputPosterior = "decoder.rnn.cell.co_linear"
    static let generatorStart = "decoder.ic_to_g0"
    static let factors = "decoder.rnn.cell.fac_linear"

    // MARK: Priors

    /// Mean of the normal prior over initial conditions, `[dimensions]`.
    public static let initialConditionPriorMean = "ic_prior.mean"
    /// Logarithm of its variance, `[dimensions]`; never trained.
    public static let initialConditionPriorLogVariance = "ic_prior.logvar"
    /// Location of the Student-t prior over initial conditions, `[dimensions]`.
    static let initialConditionPriorLocation = "ic_prior.loc"
    /// Logarithm of its scale, `[dimensions]`; trained.
    static let initialConditionPriorLogScale = "ic_prior.logscale"
    static let inferredInputPriorLogTau = "co_prior.logtaus"
    static let inferredInputPriorLogNoise = "co_prior.lognvars"

    // MARK: Maps of a session

    /// A session's read-in.
    ///
    /// - Parameter session: its name, or its number in a file that numbers them.
    public static func readIn(_ session: String) -> String { "\(readInPrefix)\(session)" }
    /// A session's read-out.
    ///
    /// - Parameter session: its name, or its number in a file that numbers them.
    public static func readOut(_ session: String) -> String { "\(readOutPrefix)\(session)" }
    private static let readInPrefix = "readin."
    private static let readOutPrefix = "readout."

    /// Whether a tensor is part of any session's read-in.
    public static func isOfReadIn(_ tensor: String) -> Bool { tensor.hasPrefix(readInPrefix) }

    /// The number of the session whose read-out a tensor is part of, where sessions are numbered.
    public static func sessionNumber(ofReadOut tensor: String) -> Int? {
        guard tensor.hasPrefix(readOutPrefix) else { return nil }
        let rest = tensor.dropFirst(readOutPrefix.count)
        guard let end = rest.firstIndex(of: "."), rest[..<end].allSatisfy({ "0"..."9" ~= $0 }) else {
            return nil
        }
        return Int(rest[..<end])
    }

    // MARK: Tensors of a map or a cell

    /// Weights `[outputs, inputs]` of a map.
    public static func weights(_ map: String) -> String { "\(map).weight" }
    /// Bias `[outputs]` of a map.
    public static func bias(_ map: String) -> String { "\(map).bias" }

    /// Input weights `[3·units, inputs]` of a cell.
    static func inputWeights(_ cell: String) -> String { "\(cell).weight_ih" }
    /// Recurrent weights `[3·units, units]` of a cell.
    static func recurrentWeights(_ cell: String) -> String { "\(cell).weight_hh" }
    static func inputBias(_ cell: String) -> String { cell + inputBiasSuffix }
    private static let inputBiasSuffix = ".bias_ih"

    /// The recurrent bias of the cell that an input bias belongs to: the PyTorch implementation has it, and
    /// it is never anything but 0. `nil` for other tensors.
    public static func recurrentBias(beside tensor: String) -> String? {
        guard tensor.hasSuffix(inputBiasSuffix) else { return nil }
        return tensor.dropLast(inputBiasSuffix.count) + ".bias_hh"
    }
}
