import Foundation

/// The one list of tensors: name, shape, and place in the flat buffers that hold the parameters,
/// their gradients and both Adam moments.
public struct ParameterTable: Sendable {
    /// A tensor, and where it stands.
    public struct Tensor: Sendable, Equatable {
        /// As `TensorName` spells it.
        public let name: String
        /// Extents, row-major.
        public let shape: [Int]
        /// Place of its first element in the flat buffers.
        public let offset: Int
        /// Place of its session in the table, `nil` for what all sessions share.
        public let session: Int?
        /// What it is to the sessions, and whether it is trained.
        public let role: Role
        let use: Use
        let start: Start
        /// How many elements it has.
        public var count: Int { shape.reduce(1, *) }
    }

    /// What a tensor is to the sessions.
    public enum Role: Sendable, Equatable {
        /// All sessions share it.
        case shared
        /// A session's map into the encoder.
        case readIn
        /// A session's map from factors to the observation model.
        case readOut
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

    /// What a tensor is before training.
    enum Start: Sendable, Equatable {
        case constant(Float)
        /// 1 for the update and reset gates of a cell's bias, 0 for the candidate.
        case openGates
        /// Normal with standard deviation 1/√(fan-in).
        case normal(fanIn: Int)
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

    /// Offsets of a bidirectional encoder: two cells and their initial states `[2, 1, units]`.
    struct Encoder: Sendable {
        let forward: Cell, backward: Cell
        let states: Int
    }

    /// Offsets of what a model has only if it infers inputs.
    struct Controller: Sendable {
        let inputEncoder: Encoder
        let cell: Cell
        let initialState: Int
        let inferredInputPosterior: Affine
        let priorLogTau: Int, priorLogNoise: Int
    }

    /// Offsets of one session's maps; the read-in is `nil` where it is the identity.
    struct SessionPlaces: Sendable {
        let readIn: Affine?
        let readOut: Affine
        /// The session's block in the flat buffer.
        let start: Int, count: Int
    }

    /// All tensors, in the order of their offsets.
    public let tensors: [Tensor]
    /// Length of the flat buffers; tensors start at multiples of 16 elements.
    public let count: Int
    /// Everything shared stands in `0..<sharedCount`.
    public let sharedCount: Int

    let initialConditionEncoder: Encoder
    let initialConditionPosterior: Affine
    let controller: Controller?
    let generatorStart: Affine
    let generator: Cell
    let factorWeights: Int
    /// Mean of the prior over initial conditions, or its location.
    let initialConditionPriorMean: Int
    /// The logarithm of its variance, which is fixed, or of its scale, which is trained.
    let initialConditionPriorSpread: Int
    let sessions: [SessionPlaces]
    /// In the order of their tensors.
    public let sessionNames: [String]

    /// Lists the tensors of a model: first those that all sessions share, then session by session.
    ///
    /// - Parameters:
    ///   - model: its shape.
    ///   - described: the sessions, in the order that the model keeps to.
    public init(_ model: ModelConfiguration, sessions described: [SessionShape]) {
        var list = TensorList()
        let encoderInputs = model.encoderInputCount(
            encodedUnits: described.first?.encodedUnitCount ?? 0)
        initialConditionEncoder = list.encoder(
            forward: TensorName.initialConditionEncoderForward,
            backward: TensorName.initialConditionEncoderBackward,
            states: TensorName.initialConditionEncoderStates, inputs: encoderInputs,
            units: model.initialConditionEncoderUnits)
        initialConditionPosterior = list.affine(
            TensorName.initialConditionPosterior, outputs: 2 * model.initialConditionDimensions,
            inputs: 2 * model.initialConditionEncoderUnits)
        controller =
            model.hasController ? list.controller(model, encoderInputs: encoderInputs) : nil
        generatorStart = list.affine(
            TensorName.generatorStart, outputs: model.generatorUnits,
            inputs: model.initialConditionDimensions)
        generator = list.cell(
            TensorName.generator, inputs: model.generatorInputCount, units: model.generatorUnits)
        factorWeights = list.add(
            TensorName.weights(TensorName.factors), [model.factorCount, model.generatorUnits],
            start: .normal(fanIn: model.generatorUnits))
        let dimensions = model.initialConditionDimensions
        let logVariance = log(model.initialConditionPriorVariance)
        switch model.initialConditionPrior {
        case .normal:
            initialConditionPriorMean = list.add(TensorName.initialConditionPriorMean, [dimensions])
            initialConditionPriorSpread = list.add(
                TensorName.initialConditionPriorLogVariance, [dimensions], .fixed,
                start: .constant(logVariance))
        case .studentT:
            initialConditionPriorMean = list.add(
                TensorName.initialConditionPriorLocation, [dimensions])
            initialConditionPriorSpread = list.add(
                TensorName.initialConditionPriorLogScale, [dimensions],
                start: .constant(0.5 * logVariance))
        }
        sharedCount = list.count

        sessions = described.enumerated().map { index, session in
            let start = list.count
            var readIn: Affine?
            if case .affine(let dimensions) = model.readIn {
                readIn = list.affine(
                    TensorName.readIn(session.name), outputs: dimensions,
                    inputs: session.encodedUnitCount, .readIn, session: index)
            }
            let readOut = list.affine(
                TensorName.readOut(session.name),
                outputs: session.unitCount * model.observation.parametersPerUnit,
                inputs: model.factorCount, .readOut, session: index)
            return SessionPlaces(
                readIn: readIn, readOut: readOut, start: start, count: list.count - start)
        }
        sessionNames = described.map(\.name)
        tensors = list.tensors
        count = list.count
    }

    /// The tensor of a name; `nil` where the model has none.
    public func tensor(named name: String) -> Tensor? { tensors.first { $0.name == name } }
}

/// Tensors one after the other, as they are named.
private struct TensorList {
    private(set) var tensors: [ParameterTable.Tensor] = []
    private(set) var count = 0

    /// - Returns: the offset.
    mutating func add(
        _ name: String, _ shape: [Int], _ role: ParameterTable.Role = .shared, session: Int? = nil,
        use: ParameterTable.Use = .other, start: ParameterTable.Start = .constant(0)
    ) -> Int {
        let tensor = ParameterTable.Tensor(
            name: name, shape: shape, offset: count, session: session, role: role, use: use,
            start: start)
        tensors.append(tensor)
        count += (tensor.count + 15) / 16 * 16
        return tensor.offset
    }

    /// - Parameter fanIn: of both matrices; `nil`: each has its own.
    mutating func cell(
        _ name: String, inputs: Int, units: Int, fanIn: Int? = nil
    ) -> ParameterTable.Cell {
        ParameterTable.Cell(
            inputs: inputs, units: units,
            inputWeights: add(
                TensorName.inputWeights(name), [3 * units, inputs], use: .cell,
                start: .normal(fanIn: fanIn ?? inputs)),
            recurrentWeights: add(
                TensorName.recurrentWeights(name), [3 * units, units], use: .cell,
                start: .normal(fanIn: fanIn ?? units)),
            bias: add(TensorName.inputBias(name), [3 * units], start: .openGates))
    }

    mutating func affine(
        _ name: String, outputs: Int, inputs: Int, _ role: ParameterTable.Role = .shared,
        session: Int? = nil
    ) -> ParameterTable.Affine {
        ParameterTable.Affine(
            outputs: outputs, inputs: inputs,
            weights: add(
                TensorName.weights(name), [outputs, inputs], role, session: session, use: .map,
                start: .normal(fanIn: inputs)),
            bias: add(TensorName.bias(name), [outputs], role, session: session))
    }

    /// Its cells count inputs and units together.
    mutating func encoder(
        forward: String, backward: String, states: String, inputs: Int, units: Int
    ) -> ParameterTable.Encoder {
        ParameterTable.Encoder(
            forward: cell(forward, inputs: inputs, units: units, fanIn: inputs + units),
            backward: cell(backward, inputs: inputs, units: units, fanIn: inputs + units),
            states: add(states, [2, 1, units]))
    }

    mutating func controller(
        _ model: ModelConfiguration, encoderInputs: Int
    ) -> ParameterTable.Controller {
        ParameterTable.Controller(
            inputEncoder: encoder(
                forward: TensorName.controllerInputEncoderForward,
                backward: TensorName.controllerInputEncoderBackward,
                states: TensorName.controllerInputEncoderStates, inputs: encoderInputs,
                units: model.controllerInputEncoderUnits),
            cell: cell(
                TensorName.controller, inputs: model.controllerInputWidth + model.factorCount,
                units: model.controllerUnits),
            initialState: add(TensorName.controllerState, [1, model.controllerUnits]),
            inferredInputPosterior: affine(
                TensorName.inferredInputPosterior, outputs: 2 * model.inferredInputCount,
                inputs: model.controllerUnits),
            priorLogTau: add(
                TensorName.inferredInputPriorLogTau, [model.inferredInputCount],
                start: .constant(log(model.inferredInputPriorTau))),
            priorLogNoise: add(
                TensorName.inferredInputPriorLogNoise, [model.inferredInputCount],
                start: .constant(log(model.inferredInputPriorNoiseVariance))))
    }
}
