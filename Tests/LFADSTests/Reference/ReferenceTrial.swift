import ArrayFiles

/// Everything that one trial's forward pass leaves behind.
struct ReferenceTrial {
    let session: Int
    /// Position within the session's part of the batch
    let position: Int
    /// Input after coordinated dropout, (T, encoded units)
    var encoded: [[Double]]
    var encoding: ReferenceEncoding
    var draws: ReferenceDecoderDraws
    var finalStatesMask: [Double]?
    var encoderInputMask: [[Double]]?
    var decoding: ReferenceDecoding
    /// Raw read-out, (reconstructed bins, parameter count · units)
    var readout: [[Double]]
    /// (reconstructed bins, units, parameter count)
    var outputParameters: [[[Double]]]
}

/// The forward pass of single trials.
struct ReferenceTrialPass {
    let configuration: ReferenceConfiguration

    /// - Parameters:
    ///   - trial: position in the whole batch, sessions stacked in order
    ///   - training: true draws samples and applies coordinated and ordinary dropout; false pushes
    ///     the posterior means of the whole input
    func forward(
        _ parameters: ReferenceParameters, _ batch: ReferenceBatch, session: Int, position: Int,
        trial: Int, training: Bool
    ) -> ReferenceTrial {
        let data = batch.sessions[session]
        let dropout = training ? batch.dropout : ReferenceDropout()
        let bins = configuration.reconstructedBins

        var encoded = data.input(position)
        if training, let augmentation = data.encodedAugmentation {
            encoded = augmentation.applied(
                to: encoded, observed: data.inputObserved(position), position: position)
        }
        if training, let keep = data.keepMask {
            for bin in configuration.initialConditionBins..<configuration.encodedBins {
                let mask = keep.vector(position, bin - configuration.initialConditionBins)
                encoded[bin] = masked(encoded[bin], mask)
                    .map { $0 / (1 - configuration.coordinatedDropoutRate) }
            }
        }

        let encoderInputMask = dropout.encoderInput.map { mask in
            (0..<configuration.encodedBins).map { mask.vector(trial, $0) }
        }
        let readIn = encoded.enumerated().map { bin, counts in
            let input =
                configuration.readInDimensions == nil
                ? counts : parameters.affine("readin.\(session)", counts)
            return masked(input, encoderInputMask?[bin])
        }
        let finalStatesMask = dropout.initialConditionStates?.vector(trial)
        let encoding = ReferenceEncoder(configuration: configuration).forward(
            parameters, inputs: readIn, finalStatesMask: finalStatesMask)

        var initialCondition = encoding.mean
        if training {
            let noise = batch.initialConditionNoise.vector(trial)
            for d in noise.indices { initialCondition[d] += noise[d] * encoding.std[d] }
        }

        let silent = [Double](repeating: 0, count: configuration.externalInputs)
        let externalInputs = (0..<bins).map { bin in
            let given = bin < data.externalInput.shape[1]
            return masked(
                given ? data.externalInput.vector(position, bin) : silent,
                dropout.externalInput?.vector(trial, bin))
        }
        let draws = ReferenceDecoderDraws(
            inferredInputNoise: training
                ? (0..<bins).map { batch.inferredInputNoise.vector(trial, $0) } : nil,
            initialStateMask: dropout.initialGeneratorState?.vector(trial),
            controllerInputMask: dropout.controllerInput.map { mask in
                (0..<bins).map { mask.vector(trial, $0) }
            },
            generatorStateMask: dropout.generatorState.map { mask in
                (0..<bins).map { mask.vector(trial, $0) }
            })
        let decoding = ReferenceDecoder(configuration: configuration).forward(
            parameters, initialCondition: initialCondition,
            controllerInputs: encoding.controllerInputs, externalInputs: externalInputs,
            draws: draws)

        let units = configuration.reconstructedUnits[session]
        let parameterCount = configuration.observationModel.parameterCount
        let readout = decoding.steps.map { parameters.affine("readout.\(session)", $0.factors) }
        let outputParameters = readout.map { row in
            (0..<units).map { unit in (0..<parameterCount).map { row[$0 * units + unit] } }
        }
        return ReferenceTrial(
            session: session, position: position, encoded: encoded, encoding: encoding,
            draws: draws, finalStatesMask: finalStatesMask, encoderInputMask: encoderInputMask,
            decoding: decoding, readout: readout, outputParameters: outputParameters)
    }

    /// Adds one trial's gradients, given those with respect to the raw read-out, the posterior of
    /// the initial condition (without the path through the sample) and the posteriors of the
    /// inferred inputs (likewise).
    func backward(
        _ parameters: inout ReferenceParameters, _ trial: ReferenceTrial,
        initialConditionNoise: [Double], readoutGradients: [[Double]],
        meanGradient: [Double], stdGradient: [Double],
        inputMeanGradients: [[Double]], inputStdGradients: [[Double]]
    ) {
        var factorGradients: [[Double]] = []
        for (t, step) in trial.decoding.steps.enumerated() {
            factorGradients.append(
                parameters.affineBackward(
                    "readout.\(trial.session)", input: step.factors,
                    outputGradient: readoutGradients[t]))
        }
        let (sampleGradient, controllerInputGradients) = ReferenceDecoder(
            configuration: configuration
        ).backward(
            &parameters, trial.decoding,
            gradients: ReferenceDecoderGradients(
                factors: factorGradients, inputMeans: inputMeanGradients,
                inputStds: inputStdGradients),
            draws: trial.draws)
        // sample = mean + ε std
        let inputGradients = ReferenceEncoder(configuration: configuration).backward(
            &parameters, trial.encoding, meanGradient: sum(meanGradient, sampleGradient),
            stdGradient: sum(stdGradient, masked(sampleGradient, initialConditionNoise)),
            controllerInputGradients: controllerInputGradients,
            finalStatesMask: trial.finalStatesMask)
        guard configuration.readInDimensions != nil else { return }
        for (bin, gradient) in inputGradients.enumerated() {
            _ = parameters.affineBackward(
                "readin.\(trial.session)", input: trial.encoded[bin],
                outputGradient: masked(gradient, trial.encoderInputMask?[bin]))
        }
    }
}
