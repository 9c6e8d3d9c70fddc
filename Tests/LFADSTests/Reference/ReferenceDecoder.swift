import Foundation

/// One bin of the decoder, kept for the backward pass.
struct ReferenceDecoderStep {
    var controller: ReferenceGRUStep?
    /// Posterior of the inferred input
    var inputMean: [Double] = []
    var inputLogVariance: [Double] = []
    var inputStd: [Double] = []
    /// [u_t, ext_t]
    var generatorInput: [Double] = []
    var generator: ReferenceGRUStep
    /// g_t after dropout, on its way into the factors
    var droppedState: [Double]
    var factors: [Double]
}

/// One trial's generator run.
struct ReferenceDecoding {
    /// What the initial condition was drawn to be
    var initialCondition: [Double]
    var initialState: [Double]
    /// g_init after dropout, and f₋₁ from it
    var droppedInitialState: [Double]
    var initialFactors: [Double]
    var steps: [ReferenceDecoderStep]
}

/// Dropout masks and draws of one trial.
struct ReferenceDecoderDraws {
    /// Standard normals (bins, `co_dim`); nil pushes the posterior means
    var inferredInputNoise: [[Double]]?
    var initialStateMask: [Double]?
    var controllerInputMask: [[Double]]?
    var generatorStateMask: [[Double]]?
}

/// Gradients with respect to what the decoder puts out, one vector a bin.
struct ReferenceDecoderGradients {
    var factors: [[Double]]
    var inputMeans: [[Double]]
    var inputStds: [[Double]]
}

/// Controller, generator and factors, one trial at a time.
struct ReferenceDecoder {
    let configuration: ReferenceConfiguration
    private let prefix = "decoder.rnn.cell"

    init(configuration: ReferenceConfiguration) {
        self.configuration = configuration
    }

    private var controller: ReferenceGRU {
        ReferenceGRU(name: "\(prefix).con_cell", clip: configuration.cellClip)
    }
    private var generator: ReferenceGRU {
        ReferenceGRU(name: "\(prefix).gen_cell", clip: configuration.cellClip)
    }
    private var factorWeight: String { "\(prefix).fac_linear.weight" }

    /// - Parameters:
    ///   - controllerInputs: ci by bin; ignored without a controller
    ///   - externalInputs: (reconstructed bins, external inputs), padded and after dropout
    func forward(
        _ parameters: ReferenceParameters, initialCondition: [Double],
        controllerInputs: [[Double]], externalInputs: [[Double]], draws: ReferenceDecoderDraws
    ) -> ReferenceDecoding {
        let initialState = parameters.affine("decoder.ic_to_g0", initialCondition)
        let droppedInitialState = masked(initialState, draws.initialStateMask)
        let initialFactors = factors(parameters, droppedInitialState)
        var decoding = ReferenceDecoding(
            initialCondition: initialCondition, initialState: initialState,
            droppedInitialState: droppedInitialState, initialFactors: initialFactors, steps: [])

        var controllerState = parameters.vector("decoder.con_h0")
        var generatorState = initialState
        var lastFactors = initialFactors
        for t in 0..<configuration.reconstructedBins {
            var controllerStep: ReferenceGRUStep?
            var mean: [Double] = []
            var logVariance: [Double] = []
            var std: [Double] = []
            var inferred: [Double] = []
            if configuration.hasController {
                let input = masked(
                    controllerInputs[t] + lastFactors, draws.controllerInputMask?[t])
                let step = controller.step(parameters, input: input, state: controllerState)
                controllerStep = step
                controllerState = step.newState
                let posterior = parameters.affine("\(prefix).co_linear", controllerState)
                mean = Array(posterior[..<configuration.inferredInputs])
                logVariance = Array(posterior[configuration.inferredInputs...])
                std = logVariance.map { exp($0 / 2) }
                inferred = mean
                if let noise = draws.inferredInputNoise {
                    for d in inferred.indices { inferred[d] += noise[t][d] * std[d] }
                }
            }
            let input = inferred + externalInputs[t]
            let step = generator.step(parameters, input: input, state: generatorState)
            generatorState = step.newState
            let dropped = masked(generatorState, draws.generatorStateMask?[t])
            lastFactors = factors(parameters, dropped)
            decoding.steps.append(
                ReferenceDecoderStep(
                    controller: controllerStep, inputMean: mean, inputLogVariance: logVariance,
                    inputStd: std, generatorInput: input, generator: step, droppedState: dropped,
                    factors: lastFactors))
        }
        return decoding
    }

    /// - Returns: gradients of the initial condition and of ci by bin
    func backward(
        _ parameters: inout ReferenceParameters, _ decoding: ReferenceDecoding,
        gradients: ReferenceDecoderGradients, draws: ReferenceDecoderDraws
    ) -> (initialCondition: [Double], controllerInputs: [[Double]]) {
        let inferredInputs = configuration.inferredInputs
        let encodedWidth = 2 * configuration.controllerEncoderUnits
        var controllerInputs = [[Double]](
            repeating: [], count: configuration.reconstructedBins)
        var fromLaterFactors = [Double](repeating: 0, count: configuration.factors)
        var fromLaterGenerator = [Double](repeating: 0, count: configuration.generatorUnits)
        var fromLaterController = [Double](repeating: 0, count: configuration.controllerUnits)

        for t in (0..<configuration.reconstructedBins).reversed() {
            let step = decoding.steps[t]
            let factorGradient = sum(gradients.factors[t], fromLaterFactors)
            let throughFactors = masked(
                factorsBackward(&parameters, step.droppedState, factorGradient),
                draws.generatorStateMask?[t])
            let generatorGradient = generator.backward(
                &parameters, step.generator,
                newStateGradient: sum(throughFactors, fromLaterGenerator))
            fromLaterGenerator = generatorGradient.state

            fromLaterFactors = [Double](repeating: 0, count: configuration.factors)
            guard let controllerStep = step.controller else { continue }
            // u = mean + ε std, std = exp(logvar / 2)
            let inferred = Array(generatorGradient.input[..<inferredInputs])
            let meanGradient = sum(inferred, gradients.inputMeans[t])
            var logVarianceGradient = gradients.inputStds[t]
            for d in 0..<inferredInputs {
                logVarianceGradient[d] += inferred[d] * (draws.inferredInputNoise?[t][d] ?? 0)
                logVarianceGradient[d] *= step.inputStd[d] / 2
            }
            let throughPosterior = parameters.affineBackward(
                "\(prefix).co_linear", input: controllerStep.newState,
                outputGradient: meanGradient + logVarianceGradient)
            let controllerGradient = controller.backward(
                &parameters, controllerStep,
                newStateGradient: sum(throughPosterior, fromLaterController))
            fromLaterController = controllerGradient.state
            let inputGradient = masked(
                controllerGradient.input, draws.controllerInputMask?[t])
            controllerInputs[t] = Array(inputGradient[..<encodedWidth])
            fromLaterFactors = Array(inputGradient[encodedWidth...])
        }

        parameters.add(fromLaterController, to: "decoder.con_h0")
        let throughFactors = masked(
            factorsBackward(&parameters, decoding.droppedInitialState, fromLaterFactors),
            draws.initialStateMask)
        let initialCondition = parameters.affineBackward(
            "decoder.ic_to_g0", input: decoding.initialCondition,
            outputGradient: sum(throughFactors, fromLaterGenerator))
        return (initialCondition, controllerInputs)
    }

    // MARK: Factors with rows of unit length

    /// f_k = w_k · g / max(‖w_k‖, 1e-12)
    private func factors(_ parameters: ReferenceParameters, _ state: [Double]) -> [Double] {
        let product = multiply(
            parameters.vector(factorWeight), state, rows: configuration.factors)
        return zip(product, rowLengths(parameters)).map { $0 / $1 }
    }

    /// With v = w/‖w‖: dL/dw = f' (g − (v · g) v) / ‖w‖, and dL/dg = Σ_k f'_k v_k.
    private func factorsBackward(
        _ parameters: inout ReferenceParameters, _ state: [Double], _ gradient: [Double]
    ) -> [Double] {
        let weight = parameters.vector(factorWeight)
        let lengths = rowLengths(parameters)
        let projections = factors(parameters, state)
        var stateGradient = [Double](repeating: 0, count: state.count)
        var weightGradient = [Double](repeating: 0, count: weight.count)
        for k in gradient.indices {
            for j in state.indices {
                let unit = weight[k * state.count + j] / lengths[k]
                stateGradient[j] += gradient[k] * unit
                weightGradient[k * state.count + j] =
                    gradient[k] * (state[j] - projections[k] * unit) / lengths[k]
            }
        }
        parameters.add(weightGradient, to: factorWeight)
        return stateGradient
    }

    private func rowLengths(_ parameters: ReferenceParameters) -> [Double] {
        let weight = parameters.vector(factorWeight)
        let width = configuration.generatorUnits
        return (0..<configuration.factors).map { k in
            let row = weight[k * width..<(k + 1) * width]
            return max(row.reduce(0) { $0 + $1 * $1 }.squareRoot(), 1e-12)
        }
    }
}
