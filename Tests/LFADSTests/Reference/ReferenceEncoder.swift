import Foundation

/// A GRU run over the bins in the order of time or against it; `steps[t]` read bin t.
struct ReferenceDirection {
    let cell: ReferenceGRU
    /// Learned initial states of both directions, (2, 1, H)
    let initialStateName: String
    let runsBackward: Bool

    private func order(_ bins: Int) -> [Int] {
        runsBackward ? (0..<bins).reversed() : Array(0..<bins)
    }

    func forward(_ parameters: ReferenceParameters, inputs: [[Double]]) -> [ReferenceGRUStep] {
        let both = parameters.vector(initialStateName)
        let hidden = both.count / 2
        var state = Array(runsBackward ? both[hidden...] : both[..<hidden])
        var steps: [Int: ReferenceGRUStep] = [:]
        for t in order(inputs.count) {
            let step = cell.step(parameters, input: inputs[t], state: state)
            state = step.newState
            steps[t] = step
        }
        return inputs.indices.compactMap { steps[$0] }
    }

    /// - Parameter stateGradients: what later parts say about the state after each bin
    /// - Returns: gradients of the inputs, by bin
    func backward(
        _ parameters: inout ReferenceParameters, steps: [ReferenceGRUStep],
        stateGradients: [[Double]]
    ) -> [[Double]] {
        let hidden = parameters.vector(initialStateName).count / 2
        var inputGradients = steps.map { [Double](repeating: 0, count: $0.input.count) }
        var carried = [Double](repeating: 0, count: hidden)
        for t in order(steps.count).reversed() {
            let gradient = sum(carried, stateGradients[t])
            let (input, state) = cell.backward(
                &parameters, steps[t], newStateGradient: gradient)
            inputGradients[t] = input
            carried = state
        }
        parameters.add(carried, to: initialStateName, offset: runsBackward ? hidden : 0)
        return inputGradients
    }
}

/// What the encoders make of one trial.
struct ReferenceEncoding {
    var initialConditionForward: [ReferenceGRUStep]
    var initialConditionBackward: [ReferenceGRUStep]
    /// [h_fwd, h_bwd] after dropout
    var finalStates: [Double]
    var mean: [Double]
    var logVariance: [Double]
    /// √(exp(logvar) + floor)
    var std: [Double]
    var controllerForward: [ReferenceGRUStep] = []
    var controllerBackward: [ReferenceGRUStep] = []
    /// ci by decoder bin, (reconstructed bins, 2 · controller encoder units)
    var controllerInputs: [[Double]]
}

/// Initial-condition and controller-input encoders, one trial at a time.
struct ReferenceEncoder {
    let configuration: ReferenceConfiguration

    private func direction(_ encoder: String, backward: Bool) -> ReferenceDirection {
        ReferenceDirection(
            cell: ReferenceGRU(
                name: "encoder.\(encoder).\(backward ? "bwd" : "fwd")_gru.cell",
                clip: configuration.cellClip),
            initialStateName: "encoder.\(encoder)_h0", runsBackward: backward)
    }

    /// Bins that each encoder reads.
    private var initialConditionBins: Range<Int> {
        let reserved = configuration.initialConditionBins
        return 0..<(reserved > 0 ? reserved : configuration.encodedBins)
    }
    private var controllerBins: Range<Int> {
        configuration.initialConditionBins..<configuration.encodedBins
    }

    /// - Parameter inputs: (T, encoder input width), after read-in and dropout
    func forward(
        _ parameters: ReferenceParameters, inputs: [[Double]], finalStatesMask: [Double]?
    ) -> ReferenceEncoding {
        let seen = Array(inputs[initialConditionBins])
        let forward = direction("ic_enc", backward: false).forward(parameters, inputs: seen)
        let backward = direction("ic_enc", backward: true).forward(parameters, inputs: seen)
        let finalStates = masked(
            forward[seen.count - 1].newState + backward[0].newState, finalStatesMask)
        let posterior = parameters.affine("encoder.ic_linear", finalStates)
        let dimensions = configuration.initialConditionDimensions
        let mean = Array(posterior[..<dimensions])
        let logVariance = Array(posterior[dimensions...])
        let floor = configuration.initialConditionVarianceFloor
        var encoding = ReferenceEncoding(
            initialConditionForward: forward, initialConditionBackward: backward,
            finalStates: finalStates, mean: mean, logVariance: logVariance,
            std: logVariance.map { (exp($0) + floor).squareRoot() },
            controllerInputs: [])
        guard configuration.hasController else { return encoding }

        let rest = Array(inputs[controllerBins])
        encoding.controllerForward = direction("ci_enc", backward: false)
            .forward(parameters, inputs: rest)
        encoding.controllerBackward = direction("ci_enc", backward: true)
            .forward(parameters, inputs: rest)
        let units = configuration.controllerEncoderUnits
        let silent = [Double](repeating: 0, count: units)
        for bin in 0..<configuration.reconstructedBins {
            var fromPast = silent
            var fromFuture = silent
            if controllerBins.contains(bin) {
                let t = bin - configuration.initialConditionBins
                let past = t - configuration.controllerEncoderLag
                let future = t + configuration.controllerEncoderLag
                if past >= 0 { fromPast = encoding.controllerForward[past].newState }
                if future < rest.count { fromFuture = encoding.controllerBackward[future].newState }
            }
            encoding.controllerInputs.append(fromPast + fromFuture)
        }
        return encoding
    }

    /// - Returns: gradients of `inputs`, (T, encoder input width)
    func backward(
        _ parameters: inout ReferenceParameters, _ encoding: ReferenceEncoding,
        meanGradient: [Double], stdGradient: [Double], controllerInputGradients: [[Double]],
        finalStatesMask: [Double]?
    ) -> [[Double]] {
        var inputGradients = [[Double]](
            repeating: [Double](repeating: 0, count: configuration.encoderInputWidth),
            count: configuration.encodedBins)

        // d std / d logvar = exp(logvar) / (2 std)
        var logVarianceGradient = stdGradient
        for d in logVarianceGradient.indices {
            logVarianceGradient[d] *= exp(encoding.logVariance[d]) / (2 * encoding.std[d])
        }
        let finalGradient = masked(
            parameters.affineBackward(
                "encoder.ic_linear", input: encoding.finalStates,
                outputGradient: meanGradient + logVarianceGradient),
            finalStatesMask)
        let hidden = configuration.initialConditionEncoderUnits
        let silent = [Double](repeating: 0, count: hidden)
        let bins = initialConditionBins.count
        var forwardGradients = [[Double]](repeating: silent, count: bins)
        var backwardGradients = forwardGradients
        forwardGradients[bins - 1] = Array(finalGradient[..<hidden])
        backwardGradients[0] = Array(finalGradient[hidden...])
        let fromForward = direction("ic_enc", backward: false).backward(
            &parameters, steps: encoding.initialConditionForward, stateGradients: forwardGradients)
        let fromBackward = direction("ic_enc", backward: true).backward(
            &parameters, steps: encoding.initialConditionBackward,
            stateGradients: backwardGradients)
        for bin in initialConditionBins {
            inputGradients[bin] = sum(
                inputGradients[bin], sum(fromForward[bin], fromBackward[bin]))
        }
        guard configuration.hasController else { return inputGradients }

        let units = configuration.controllerEncoderUnits
        let count = controllerBins.count
        var pastGradients = [[Double]](
            repeating: [Double](repeating: 0, count: units), count: count)
        var futureGradients = pastGradients
        for bin in controllerBins {
            let t = bin - configuration.initialConditionBins
            let past = t - configuration.controllerEncoderLag
            let future = t + configuration.controllerEncoderLag
            let gradient = controllerInputGradients[bin]
            if past >= 0 {
                pastGradients[past] = sum(pastGradients[past], Array(gradient[..<units]))
            }
            if future < count {
                futureGradients[future] = sum(futureGradients[future], Array(gradient[units...]))
            }
        }
        let fromPast = direction("ci_enc", backward: false).backward(
            &parameters, steps: encoding.controllerForward, stateGradients: pastGradients)
        let fromFuture = direction("ci_enc", backward: true).backward(
            &parameters, steps: encoding.controllerBackward, stateGradients: futureGradients)
        for bin in controllerBins {
            let t = bin - configuration.initialConditionBins
            inputGradients[bin] = sum(inputGradients[bin], sum(fromPast[t], fromFuture[t]))
        }
        return inputGradients
    }
}
