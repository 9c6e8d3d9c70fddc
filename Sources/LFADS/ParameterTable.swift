/// The one list of tensors: name, shape, and place in the flat buffers that hold the parameters,
/// their gradients and both Adam moments.
///
/// Names are those of the PyTorch implementation, but a session's tensors carry the session's name
/// instead of its position: `readin.jango-2016-06-26.weight`.
public struct ParameterTable: Sendable {
    public struct Tensor: Sendable, Equatable {
        public let name: String
        public let shape: [Int]
        public let offset: Int
        /// Place in `sessions`, `nil` for what all sessions share.
        public let session: Int?
        public let role: Role
        let use: Use
        public var count: Int { shape.reduce(1, *) }
    }

    public enum Role: Sendable, Equatable {
        case shared, readIn, readOut
        /// Part of the model, never trained.
        case fixed
    }

    /// How a tensor takes part in products.
    enum Use: Sendable, Equatable {
        /// Weights [3·units, …] of a recurrent cell.
        case cell
        /// Weights [outputs, inputs] of an affine map.
        case map
        case other
    }

    /// Offsets of one recurrent cell: input weights `[3·units, inputs]`, recurrent weights
    /// `[3·units, units]`, input bias `[3·units]`; gates in the order update, reset, candidate.
    struct Cell: Sendable {
        let inputs: Int, units: Int
        let inputWeights: Int, recurrentWeights: Int, bias: Int
    }

    /// Offsets of an affine map: weights `[outputs, inputs]` and bias `[outputs]`.
    struct Affine: Sendable {
        let outputs: Int, inputs: Int
        let weights: Int, bias: Int
    }

    /// One session's maps; the read-in is `nil` where it is the identity.
    struct SessionMaps: Sendable {
        let readIn: Affine?
        let readOut: Affine
        /// The session's block in the flat buffer.
        let start: Int, count: Int
    }

    public private(set) var tensors: [Tensor] = []
    /// Length of the flat buffers; tensors start at multiples of 16 elements.
    public private(set) var count = 0
    /// Everything shared stands in `0..<sharedCount`.
    public private(set) var sharedCount = 0

    private(set) var initialConditionEncoder: (forward: Cell, backward: Cell)
    private(set) var initialConditionStates = 0
    private(set) var initialConditionPosterior: Affine
    private(set) var controllerInputEncoder: (forward: Cell, backward: Cell)?
    private(set) var controllerInputStates = 0
    private(set) var controller: Cell?
    private(set) var controllerInitialState = 0
    private(set) var inferredInputPosterior: Affine?
    private(set) var generatorStart: Affine
    private(set) var generator: Cell
    private(set) var factorWeights = 0
    private(set) var initialConditionPriorMean = 0
    private(set) var initialConditionPriorLogVariance = 0
    private(set) var inferredInputPriorLogTau = 0
    private(set) var inferredInputPriorLogNoise = 0
    private(set) var sessions: [SessionMaps] = []

    public init(_ model: ModelConfiguration, sessions described: [SessionShape]) {
        var tensors: [Tensor] = []
        var count = 0
        func add(
            _ name: String, _ shape: [Int], _ role: Role = .shared, session: Int? = nil,
            use: Use = .other
        ) -> Int {
            let offset = count
            tensors.append(
                Tensor(
                    name: name, shape: shape, offset: offset, session: session, role: role,
                    use: use))
            count += (shape.reduce(1, *) + 15) / 16 * 16
            return offset
        }
        func cell(_ name: String, _ inputs: Int, _ units: Int) -> Cell {
            Cell(
                inputs: inputs, units: units,
                inputWeights: add("\(name).weight_ih", [3 * units, inputs], use: .cell),
                recurrentWeights: add("\(name).weight_hh", [3 * units, units], use: .cell),
                bias: add("\(name).bias_ih", [3 * units]))
        }
        func affine(
            _ name: String, _ outputs: Int, _ inputs: Int, _ role: Role = .shared,
            session: Int? = nil
        ) -> Affine {
            Affine(
                outputs: outputs, inputs: inputs,
                weights: add(
                    "\(name).weight", [outputs, inputs], role, session: session,
                    use: .map),
                bias: add("\(name).bias", [outputs], role, session: session))
        }

        let encoderInputs = model.encoderInputCount(encodedUnits: described.first?.encodedUnitCount ?? 0)
        let encoderUnits = model.initialConditionEncoderUnits
        initialConditionEncoder = (
            cell("encoder.ic_enc.fwd_gru.cell", encoderInputs, encoderUnits),
            cell("encoder.ic_enc.bwd_gru.cell", encoderInputs, encoderUnits)
        )
        initialConditionStates = add("encoder.ic_enc_h0", [2, 1, encoderUnits])
        initialConditionPosterior = affine(
            "encoder.ic_linear", 2 * model.initialConditionDimensions, 2 * encoderUnits)
        if model.hasController {
            let units = model.controllerInputEncoderUnits
            controllerInputEncoder = (
                cell("encoder.ci_enc.fwd_gru.cell", encoderInputs, units),
                cell("encoder.ci_enc.bwd_gru.cell", encoderInputs, units)
            )
            controllerInputStates = add("encoder.ci_enc_h0", [2, 1, units])
            controller = cell(
                "decoder.rnn.cell.con_cell", 2 * units + model.factorCount, model.controllerUnits)
            controllerInitialState = add("decoder.con_h0", [1, model.controllerUnits])
            inferredInputPosterior = affine(
                "decoder.rnn.cell.co_linear", 2 * model.inferredInputCount, model.controllerUnits)
            inferredInputPriorLogTau = add("co_prior.logtaus", [model.inferredInputCount])
            inferredInputPriorLogNoise = add("co_prior.lognvars", [model.inferredInputCount])
        }
        generatorStart = affine(
            "decoder.ic_to_g0", model.generatorUnits, model.initialConditionDimensions)
        generator = cell(
            "decoder.rnn.cell.gen_cell", model.generatorInputCount, model.generatorUnits)
        factorWeights = add(
            "decoder.rnn.cell.fac_linear.weight", [model.factorCount, model.generatorUnits])
        initialConditionPriorMean = add("ic_prior.mean", [model.initialConditionDimensions])
        initialConditionPriorLogVariance = add(
            "ic_prior.logvar", [model.initialConditionDimensions], .fixed)
        let shared = count

        for (index, session) in described.enumerated() {
            let start = count
            var readIn: Affine?
            if case .affine(let dimensions) = model.readIn {
                readIn = affine(
                    "readin.\(session.name)", dimensions, session.encodedUnitCount, .readIn,
                    session: index)
            }
            let readOut = affine(
                "readout.\(session.name)", session.unitCount * model.observation.parametersPerUnit,
                model.factorCount, .readOut, session: index)
            sessions.append(
                SessionMaps(readIn: readIn, readOut: readOut, start: start, count: count - start))
        }
        self.tensors = tensors
        self.count = count
        sharedCount = shared
    }

    public func tensor(named name: String) -> Tensor? { tensors.first { $0.name == name } }
}
