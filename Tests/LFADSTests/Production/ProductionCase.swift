import ArrayFiles
import Foundation
import TrialArrays

@testable import LFADS

/// The production engine set up as a case of the reference, with the case's numbers as draws.
struct ProductionCase {
    let training: StitchedTraining
    let sessions: [SessionTrials]
    let batch: Batch
    let draws: GivenDraws
    let weights: LossWeights
    let l2: L2Weights
    let configuration: ReferenceConfiguration
    var model: StitchedModel { training.model }

    init(
        _ configuration: ReferenceConfiguration, _ parameters: [String: ShapedArray<Double>],
        _ reference: ReferenceBatch, threads: Int = 1
    ) throws {
        self.configuration = configuration
        var shape = ModelConfiguration(
            encodedBinCount: configuration.encodedBins, binCount: configuration.reconstructedBins)
        shape.readIn = configuration.readInDimensions.map { .affine(dimensions: $0) } ?? .identity
        shape.initialConditionEncoderUnits = configuration.initialConditionEncoderUnits
        shape.initialConditionBinCount = configuration.initialConditionBins
        shape.controllerInputEncoderUnits = configuration.controllerEncoderUnits
        shape.controllerInputLag = configuration.controllerEncoderLag
        shape.controllerUnits = configuration.controllerUnits
        shape.inferredInputCount = configuration.inferredInputs
        shape.initialConditionDimensions = configuration.initialConditionDimensions
        shape.generatorUnits = configuration.generatorUnits
        shape.factorCount = configuration.factors
        shape.externalInputCount = configuration.externalInputs
        shape.stateClip = Float(configuration.cellClip)
        shape.initialConditionVarianceFloor = Float(configuration.initialConditionVarianceFloor)
        if let freedom = configuration.initialConditionDegreesOfFreedom {
            shape.initialConditionPrior = .studentT
            shape.initialConditionPriorDegreesOfFreedom = Float(freedom)
        }
        switch configuration.observationModel {
        case .poisson: shape.observation = .poisson
        case .gaussian: shape.observation = .gaussian
        case .gamma: shape.observation = .gamma
        case .zeroInflatedGamma: shape.observation = .zeroInflatedGamma
        }
        // Every site of dropout has the same rate: read it off the kept elements.
        let kept = reference.dropout.initialConditionStates?.values.max() ?? 1
        shape.dropoutRate = Float(1 - 1 / kept)

        let bins = configuration.reconstructedBins
        sessions = try reference.sessions.enumerated().map { index, session in
            let trials = session.trialCount
            // External inputs end before the trial does: missing bins are zero.
            let given = session.externalInput.shape[1]
            var external: [Float] = []
            for trial in 0..<trials {
                for bin in 0..<bins {
                    external +=
                        bin < given
                        ? session.externalInput.vector(trial, bin).map { Float($0) }
                        : [Float](repeating: 0, count: configuration.externalInputs)
                }
            }
            return try SessionTrials(
                name: "\(index)",
                counts: TrialArray(
                    trials: TrialAxis(count: trials), bins: BinAxis(count: bins, milliseconds: 20),
                    columns: ColumnAxis(.unit, count: configuration.reconstructedUnits[index]),
                    values: session.reconstructed.values.enumerated().map {
                        session.observed?.values[$0] == 0 ? .nan : Float($1)
                    }),
                encodedUnitCount: configuration.encodedUnits[index],
                externalInputs: TrialArray(
                    trials: TrialAxis(count: trials), bins: BinAxis(count: bins, milliseconds: 20),
                    columns: ColumnAxis(.input, count: configuration.externalInputs), values: external),
                trainingTrials: Array(0..<trials), validationTrials: [0])
        }
        let model = try StitchedModel(
            shape, sessions: sessions.map(\.shape), startingFrom: 0, threads: threads)
        training = try StitchedTraining(model, sessions, TrainingConfiguration(), seed: 0)
        for (name, array) in parameters where model.table.tensor(named: name) != nil {
            try model.setParameter(name, array.values.map { Float($0) })
        }
        batch = Batch(
            parts: reference.sessions.enumerated().map {
                Batch.Part(session: $0.offset, trials: Array(0..<$0.element.trialCount))
            })
        draws = Self.draws(configuration, reference)
        weights = LossWeights(
            lossScale: Float(configuration.lossScale),
            reconstructionIsMean: configuration.averagesReconstruction,
            initialConditionKL: Float(
                configuration.klRamp * configuration.initialConditionKLScale),
            inferredInputKL: Float(configuration.klRamp * configuration.inferredInputKLScale),
            coordinatedDropoutRate: Float(configuration.coordinatedDropoutRate),
            coordinatedDropoutPassRate: 0.5, augmentation: Self.augmentation(reference),
            batchRows: batch.count,
            rowsOfSession: reference.sessions.map(\.trialCount),
            sessionCount: reference.sessions.count)
        l2 = L2Weights(
            initialConditionEncoder: Float(configuration.initialConditionEncoderL2),
            controllerInputEncoder: Float(configuration.controllerEncoderL2),
            generator: Float(configuration.generatorL2), controller: Float(configuration.controllerL2),
            ramp: Float(configuration.l2Ramp))
    }

    /// How far spikes and units move stands in the draws; here it counts that they do.
    private static func augmentation(_ reference: ReferenceBatch) -> AugmentationSettings {
        let all = reference.sessions.map(\.encodedAugmentation)
        return AugmentationSettings(
            spikeJitter: all.contains { $0?.spikeMoves != nil } ? 1 : 0,
            temporalShift: all.contains { $0?.shifts != nil } ? 1 : 0)
    }

    private static func draws(
        _ configuration: ReferenceConfiguration, _ reference: ReferenceBatch
    ) -> GivenDraws {
        func bytes(_ array: ShapedArray<Double>) -> [UInt8] { array.values.map { $0 > 0 ? 1 : 0 } }
        var draws = GivenDraws(
            initialCondition: reference.initialConditionNoise.values.map { Float($0) },
            initialConditionOfPrior: (reference.initialConditionKLNoise?.values ?? []).map { Float($0) },
            inferredInputs: reference.inferredInputNoise.values.map { Float($0) },
            inferredInputsOfPrior: reference.inferredInputKLNoise.values.map { Float($0) })
        if configuration.coordinatedDropoutRate > 0 {
            draws.keepMasks = reference.sessions.compactMap { $0.keepMask.map(bytes) }
            draws.passMasks = reference.sessions.compactMap { $0.passMask.map(bytes) }
        }
        func changes(
            _ kind: KeyPath<ReferenceAugmentation, [[Int]]?>
        ) -> [[(input: [Int], target: [Int])]]? {
            guard reference.sessions.contains(where: { $0.encodedAugmentation?[keyPath: kind] != nil })
            else { return nil }
            return reference.sessions.map { session in
                (0..<session.trialCount).map {
                    (
                        session.encodedAugmentation?[keyPath: kind]?[$0] ?? [],
                        session.reconstructedAugmentation?[keyPath: kind]?[$0] ?? []
                    )
                }
            }
        }
        draws.spikeMoves = changes(\.spikeMoves)
        draws.temporalShifts = changes(\.shifts)
        let dropout = reference.dropout
        draws.dropoutMasks[RandomPurpose.encoderInputDropout] = dropout.encoderInput.map(bytes)
        draws.dropoutMasks[RandomPurpose.encoderStateDropout] =
            dropout.initialConditionStates.map(bytes)
        draws.dropoutMasks[RandomPurpose.externalInputDropout] = dropout.externalInput.map(bytes)
        draws.dropoutMasks[RandomPurpose.controllerInputDropout] = dropout.controllerInput.map(bytes)
        if let start = dropout.initialGeneratorState, let states = dropout.generatorState {
            // The engine keeps the start's mask in front of the states'.
            let units = configuration.generatorUnits
            let perTrial = configuration.reconstructedBins * units
            draws.dropoutMasks[RandomPurpose.generatorStateDropout] = (0..<start.shape[0]).flatMap {
                bytes(
                    ShapedArray(
                        shape: [units + perTrial],
                        values: Array(start.values[($0 * units)..<(($0 + 1) * units)])
                            + Array(states.values[($0 * perTrial)..<(($0 + 1) * perTrial)])))
            }
        }
        return draws
    }

    /// One training pass, cut into slices of at most that many rows.
    func step(sliceRows: Int = 1_000) throws -> StepLosses {
        try training.computeGradient(
            batch,
            plan: UpdatePlan(
                rowsOfSession: weights.rowsOfSession, table: model.table, sliceRows: sliceRows),
            draws: .given(draws), weights: weights, l2: l2)
        return training.stepLosses
    }

    /// Forward to the factors, all rows together.
    func forward(_ draws: Draws, _ weights: LossWeights? = nil) -> PassContext {
        model.packParameters()
        let context = model.context(batch, PassTrials(sessions: sessions), draws, weights)
        model.workspaces[0].forward(context, 0..<batch.count)
        return context
    }

    /// Gradients under the reference's names.
    var gradients: [String: ShapedArray<Double>] {
        var result: [String: ShapedArray<Double>] = [:]
        for tensor in model.table.tensors where tensor.role != .fixed {
            result[tensor.name] = ShapedArray(
                shape: tensor.shape,
                values: (0..<tensor.count).map { Double(training.gradient.base[tensor.offset + $0]) })
        }
        return result
    }

    /// Trial-major arrays of one session after `forward`.
    func outputs(session: Int, inference: Bool) -> [String: ShapedArray<Double>] {
        let workspace = model.workspaces[0]
        let rows = batch.count
        let bins = configuration.reconstructedBins
        let own = (0..<batch.count).filter { batch.row($0).session == session }
        func array(
            _ source: UnsafePointer<Float>, steps: Int, stride: Int, width: Int
        ) -> ShapedArray<Double> {
            var values: [Double] = []
            for row in own {
                for t in 0..<steps {
                    let place = (t * rows + row) * stride
                    values += (0..<width).map { Double(source[place + $0]) }
                }
            }
            let shape = steps == 1 ? [own.count, width] : [own.count, steps, width]
            return ShapedArray(shape: shape, values: values)
        }
        let ic = configuration.initialConditionDimensions
        let gen = configuration.generatorUnits
        let factors = configuration.factors
        let inferred = configuration.hasController ? configuration.inferredInputs : 0
        var result: [String: ShapedArray<Double>] = [:]
        result["ic_mean"] = array(
            workspace.initialCondition.posterior.base, steps: 1, stride: 2 * ic, width: ic)
        result["ic_std"] = array(
            workspace.initialCondition.deviation.base, steps: 1, stride: ic, width: ic)
        result["gen_states"] = array(
            workspace.decoder.generator.tape.states.base + rows * gen, steps: bins, stride: gen, width: gen)
        result["factors"] = array(
            workspace.decoder.factors.values.base + rows * factors, steps: bins, stride: factors,
            width: factors)
        if let controller = workspace.decoder.controller {
            result["co_means"] = array(
                controller.posterior.base, steps: bins, stride: 2 * inferred,
                width: inferred)
            result["co_stds"] = array(
                controller.deviation.base, steps: bins, stride: inferred,
                width: inferred)
        }
        if !inference {
            result["gen_init"] = array(
                workspace.decoder.generator.tape.states.base, steps: 1, stride: gen, width: gen)
            if let controller = workspace.decoder.controller {
                let units = configuration.controllerUnits
                result["con_states"] = array(
                    controller.tape.states.base + rows * units, steps: bins, stride: units,
                    width: units)
            }
            let inputs = inferred + configuration.externalInputs
            if inputs > 0 {
                result["gen_inputs"] = array(
                    workspace.decoder.generator.inputs.base, steps: bins, stride: inputs, width: inputs)
            }
        }
        return result
    }

    /// Read-out parameters of one session, `[trials, bins, units, parameters]`, after `forward`.
    func readOut(_ context: PassContext, session: Int) -> ShapedArray<Double> {
        let workspace = model.workspaces[0]
        let bins = configuration.reconstructedBins
        let units = configuration.reconstructedUnits[session]
        let count = configuration.observationModel.parameterCount
        let own = (0..<batch.count).filter { batch.row($0).session == session }
        var values: [Double] = []
        for row in own {
            workspace.reconstruction.computeReadOut(
                row, context, Slice(0..<batch.count, context), workspace.decoder.factors)
            for t in 0..<bins {
                for unit in 0..<units {
                    for parameter in 0..<count {
                        values.append(
                            Double(
                                workspace.reconstruction.readOut.base[(t * count + parameter) * units + unit])
                        )
                    }
                }
            }
        }
        return ShapedArray(shape: [own.count, bins, units, count], values: values)
    }
}
