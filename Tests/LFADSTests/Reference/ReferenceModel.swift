import ArrayFiles

/// Why a reference model can't be built from what it was given.
enum ReferenceError: Error, Equatable, CustomStringConvertible {
    case parameterNames(missing: [String], unexpected: [String])
    case parameterShape(name: String, expected: [Int], found: [Int])

    var description: String {
        switch self {
        case .parameterNames(let missing, let unexpected):
            "The parameters don't fit the configuration: missing \(missing), "
                + "unexpected \(unexpected)."
        case .parameterShape(let name, let expected, let found):
            "Parameter \(name) has shape \(found); the configuration makes it \(expected)."
        }
    }
}

/// LFADS in float64, one trial, bin and unit at a time, with its backward pass written out.
///
/// Written from the equations alone and meant to be slow and easy to check: what the production
/// engine computes is compared with this, and this with numbers of the PyTorch implementation and
/// with finite differences.
struct ReferenceModel {
    let configuration: ReferenceConfiguration
    /// The given values; their gradients stay zero here.
    let parameters: ReferenceParameters

    /// - Parameter parameters: by PyTorch name; names and shapes must be exactly
    ///   `configuration.parameterShapes`
    init(
        configuration: ReferenceConfiguration, parameters: [String: ShapedArray<Double>]
    ) throws(ReferenceError) {
        let shapes = configuration.parameterShapes
        let missing = Set(shapes.keys).subtracting(parameters.keys).sorted()
        let unexpected = Set(parameters.keys).subtracting(shapes.keys).sorted()
        guard missing.isEmpty, unexpected.isEmpty else {
            throw .parameterNames(missing: missing, unexpected: unexpected)
        }
        for (name, array) in parameters {
            guard let expected = shapes[name], expected == array.shape else {
                throw .parameterShape(
                    name: name, expected: shapes[name] ?? [], found: array.shape)
            }
        }
        self.configuration = configuration
        self.parameters = ReferenceParameters(parameters)
    }

    /// One training pass with the batch's draws: outputs, losses and gradients.
    ///
    /// The gradients are those of the loss with coordinated dropout's stop-gradient, that is, of
    /// `loss/surrogate_total`, not of `loss/total`.
    func train(_ batch: ReferenceBatch) -> ReferenceResult {
        let trials = forward(batch, training: true)
        var differentiated = parameters
        let losses = losses(of: trials, batch, &differentiated, backward: true)
        var result = ReferenceResult()
        result.add(losses)
        result.add(trials, configuration: configuration, group: "out")
        for (session, data) in batch.sessions.enumerated() {
            let own = trials.filter { $0.session == session }
            result.arrays["sess\(session)/encod_data_after_cd"] = ShapedArray(
                shape: data.encoded.shape, values: own.flatMap { $0.encoded.flatMap(\.self) })
            result.arrays["sess\(session)/grad_mask"] = ShapedArray(
                shape: data.reconstructed.shape,
                values: own.flatMap { gradientMask(batch, $0).flatMap(\.self) })
        }
        for name in configuration.trainableNames {
            result.arrays["grads/\(name)"] = ShapedArray(
                shape: differentiated.shapes[name, default: []],
                values: differentiated.gradients[name, default: []])
        }
        let squares = result.gradients.values.flatMap(\.values).map { $0 * $0 }
        // Sorted: addition in a fixed order gives the same bits in every run.
        result.arrays["loss/grad_norm"] = .scalar(squares.sorted().reduce(0, +).squareRoot())
        return result
    }

    /// Outputs with the posterior means pushed through, without any dropout; keys `sess0/infer/…`.
    func infer(_ batch: ReferenceBatch) -> ReferenceResult {
        var result = ReferenceResult()
        result.add(
            forward(batch, training: false), configuration: configuration, group: "infer")
        return result
    }

    /// `loss/surrogate_total` and whether each cell state was clipped, without a backward pass:
    /// what finite differences need.
    func surrogate(_ batch: ReferenceBatch) -> (total: Double, clipped: [Bool]) {
        let trials = forward(batch, training: true)
        var unused = parameters
        let losses = losses(of: trials, batch, &unused, backward: false)
        var cells: [ReferenceGRUStep] = []
        for trial in trials {
            cells += trial.encoding.initialConditionForward
            cells += trial.encoding.initialConditionBackward
            cells += trial.encoding.controllerForward
            cells += trial.encoding.controllerBackward
            cells += trial.decoding.steps.compactMap(\.controller)
            cells += trial.decoding.steps.map(\.generator)
        }
        let clipped = cells.flatMap { $0.unclipped.map { abs($0) > configuration.cellClip } }
        return (losses.surrogateTotal, clipped)
    }

    private func forward(_ batch: ReferenceBatch, training: Bool) -> [ReferenceTrial] {
        let pass = ReferenceTrialPass(configuration: configuration)
        var trials: [ReferenceTrial] = []
        for (session, data) in batch.sessions.enumerated() {
            for position in 0..<data.trialCount {
                trials.append(
                    pass.forward(
                        parameters, batch, session: session, position: position,
                        trial: trials.count, training: training))
            }
        }
        return trials
    }

    /// Where the reconstruction loss passes gradient, (reconstructed bins, reconstructed units):
    /// where the input was dropped or let pass; everywhere in the bins that belong to the initial
    /// condition alone, in the bins predicted forward and in held-out units.
    private func gradientMask(_ batch: ReferenceBatch, _ trial: ReferenceTrial) -> [[Double]] {
        let data = batch.sessions[trial.session]
        let units = configuration.reconstructedUnits[trial.session]
        var mask = [[Double]](
            repeating: [Double](repeating: 1, count: units),
            count: configuration.reconstructedBins)
        guard let keep = data.keepMask else { return mask }
        for t in 0..<configuration.maskableBins {
            let kept = keep.vector(trial.position, t)
            let passes = data.passMask?.vector(trial.position, t)
            for unit in kept.indices where unit < units {
                let flows = kept[unit] == 0 || passes?[unit] == 1
                mask[configuration.initialConditionBins + t][unit] = flows ? 1 : 0
            }
        }
        return mask
    }

    /// All loss terms and, if asked, every gradient, added up in `parameters`.
    private func losses(
        of trials: [ReferenceTrial], _ batch: ReferenceBatch,
        _ parameters: inout ReferenceParameters, backward: Bool
    ) -> ReferenceLosses {
        let bins = configuration.reconstructedBins
        let trialCount = Double(trials.count)
        let klWeight = configuration.lossScale * configuration.klRamp / trialCount
        let reconstruction = ReferenceReconstruction(configuration: configuration)
        var losses = ReferenceLosses(configuration: configuration)
        losses.l2 = ReferenceRecurrentPenalty(configuration: configuration).value(
            &parameters, weight: configuration.lossScale * configuration.l2Ramp)

        for (index, trial) in trials.enumerated() {
            let data = batch.sessions[trial.session]
            let units = configuration.reconstructedUnits[trial.session]
            // One observed element's share of the session's loss.
            var share = 1 / Double(data.trialCount)
            if configuration.averagesReconstruction { share /= Double(bins * units) }
            // The mean over what was observed.
            share /= data.observedShare
            let elementWeight = configuration.lossScale * share / Double(configuration.sessionCount)
            let mask = gradientMask(batch, trial)
            let (target, observed) = data.target(trial.position)
            var readoutGradients = trial.readout
            for t in 0..<bins {
                for unit in 0..<units {
                    guard observed[t][unit] == 1 else {
                        losses.elementwise[trial.session].append(0)
                        for parameter in trial.outputParameters[t][unit].indices {
                            readoutGradients[t][parameter * units + unit] = 0
                        }
                        continue
                    }
                    let (value, derivatives) = reconstruction.loss(
                        target[t][unit], trial.outputParameters[t][unit])
                    losses.elementwise[trial.session].append(value)
                    losses.sessions[trial.session] += share * value
                    losses.surrogateSessions[trial.session] += share * value * mask[t][unit]
                    for (parameter, derivative) in derivatives.enumerated() {
                        readoutGradients[t][parameter * units + unit] =
                            elementWeight * mask[t][unit] * derivative
                    }
                }
            }

            let initial = initialConditionDivergence(
                &parameters, trial.encoding, noise: batch.initialConditionKLNoise?.vector(index),
                weight: klWeight * configuration.initialConditionKLScale)
            losses.initialConditionKL += initial.value / trialCount

            var inputMeanGradients = [[Double]](repeating: [], count: bins)
            var inputStdGradients = inputMeanGradients
            if configuration.hasController {
                let inferred = ReferenceAutoregressivePrior().divergence(
                    &parameters, means: trial.decoding.steps.map(\.inputMean),
                    stds: trial.decoding.steps.map(\.inputStd),
                    noise: (0..<bins).map { batch.inferredInputKLNoise.vector(index, $0) },
                    weight: klWeight * configuration.inferredInputKLScale)
                losses.inferredInputKL += inferred.value / trialCount
                inputMeanGradients = inferred.meanGradients
                inputStdGradients = inferred.stdGradients
            }
            if backward {
                ReferenceTrialPass(configuration: configuration).backward(
                    &parameters, trial,
                    initialConditionNoise: batch.initialConditionNoise.vector(index),
                    readoutGradients: readoutGradients,
                    meanGradient: initial.meanGradient, stdGradient: initial.stdGradient,
                    inputMeanGradients: inputMeanGradients, inputStdGradients: inputStdGradients)
            }
        }
        return losses
    }

    /// - Parameter noise: of a Student-t; the normal prior needs none
    private func initialConditionDivergence(
        _ parameters: inout ReferenceParameters, _ encoding: ReferenceEncoding, noise: [Double]?,
        weight: Double
    ) -> (value: Double, meanGradient: [Double], stdGradient: [Double]) {
        guard let degreesOfFreedom = configuration.initialConditionDegreesOfFreedom else {
            return ReferenceInitialConditionPrior().divergence(
                &parameters, mean: encoding.mean, std: encoding.std, weight: weight)
        }
        guard let noise else { preconditionFailure("a Student-t prior without draws of its own") }
        return ReferenceStudentTPrior(degreesOfFreedom: degreesOfFreedom).divergence(
            &parameters, mean: encoding.mean, std: encoding.std, noise: noise, weight: weight)
    }
}
