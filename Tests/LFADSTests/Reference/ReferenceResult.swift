import ArrayFiles

/// Loss terms of one batch.
struct ReferenceLosses {
    let configuration: ReferenceConfiguration
    /// Negative log-likelihood of every element of each session, in the order trial, bin, unit
    var elementwise: [[Double]]
    var sessions: [Double]
    /// The same with every element multiplied by its gradient mask: its gradient is what
    /// coordinated dropout trains on
    var surrogateSessions: [Double]
    var initialConditionKL = 0.0
    var inferredInputKL = 0.0
    var l2 = 0.0

    init(configuration: ReferenceConfiguration) {
        self.configuration = configuration
        elementwise = [[Double]](repeating: [], count: configuration.sessionCount)
        sessions = [Double](repeating: 0, count: configuration.sessionCount)
        surrogateSessions = sessions
    }

    /// Plain mean over sessions.
    var reconstruction: Double { sessions.reduce(0, +) / Double(sessions.count) }
    var total: Double { total(reconstruction) }
    var surrogateTotal: Double {
        total(surrogateSessions.reduce(0, +) / Double(sessions.count))
    }

    private func total(_ reconstruction: Double) -> Double {
        let kl =
            configuration.initialConditionKLScale * initialConditionKL
            + configuration.inferredInputKLScale * inferredInputKL
        return configuration.lossScale
            * (reconstruction + configuration.l2Ramp * l2 + configuration.klRamp * kl)
    }
}

/// Numbers of the reference under the names that they have in the fixtures:
/// `sess0/out/factors`, `sess0/infer/output_means`, `loss/total`, `grads/readout.0.weight`, …
struct ReferenceResult {
    var arrays: [String: ShapedArray<Double>] = [:]

    /// Gradients by parameter name, without the prefix.
    var gradients: [String: ShapedArray<Double>] { group("grads") }

    /// All arrays under `name/`, by the rest of their names.
    func group(_ name: String) -> [String: ShapedArray<Double>] {
        var members: [String: ShapedArray<Double>] = [:]
        for (key, array) in arrays where key.hasPrefix("\(name)/") {
            members[String(key.dropFirst(name.count + 1))] = array
        }
        return members
    }

    /// The one element of `name`, or NaN where there is no such array.
    func scalar(_ name: String) -> Double {
        arrays[name]?.values.first ?? .nan
    }

    mutating func add(_ losses: ReferenceLosses) {
        let configuration = losses.configuration
        let scalars = [
            "recon": losses.reconstruction, "l2": losses.l2,
            "ic_kl": losses.initialConditionKL, "co_kl": losses.inferredInputKL,
            "ic_kl_scaled": configuration.initialConditionKLScale * losses.initialConditionKL,
            "co_kl_scaled": configuration.inferredInputKLScale * losses.inferredInputKL,
            "total": losses.total, "surrogate_total": losses.surrogateTotal,
        ]
        for (name, value) in scalars { arrays["loss/\(name)"] = .scalar(value) }
        for session in losses.sessions.indices {
            arrays["sess\(session)/out/recon"] = .scalar(losses.sessions[session])
            let units = configuration.reconstructedUnits[session]
            let bins = configuration.reconstructedBins
            let values = losses.elementwise[session]
            arrays["sess\(session)/out/recon_elementwise"] = ShapedArray(
                shape: [values.count / (bins * units), bins, units], values: values)
        }
    }

    /// Adds what the network put out, session by session.
    mutating func add(
        _ trials: [ReferenceTrial], configuration: ReferenceConfiguration, group: String
    ) {
        let bins = configuration.reconstructedBins
        let observation = ReferenceReconstruction(configuration: configuration)
        for session in 0..<configuration.sessionCount {
            let own = trials.filter { $0.session == session }
            let units = configuration.reconstructedUnits[session]
            func put(_ name: String, _ shape: [Int], _ values: (ReferenceTrial) -> [Double]) {
                arrays["sess\(session)/\(group)/\(name)"] = ShapedArray(
                    shape: [own.count] + shape, values: own.flatMap(values))
            }
            func putBins(
                _ name: String, _ width: Int, _ values: @escaping (ReferenceDecoderStep) -> [Double]
            ) {
                put(name, [bins, width]) { $0.decoding.steps.flatMap(values) }
            }
            put("ic_mean", [configuration.initialConditionDimensions]) { $0.encoding.mean }
            put("ic_std", [configuration.initialConditionDimensions]) { $0.encoding.std }
            put("gen_init", [configuration.generatorUnits]) { $0.decoding.initialState }
            let inferred = configuration.hasController ? configuration.inferredInputs : 0
            putBins("co_means", inferred) { $0.inputMean }
            putBins("co_stds", inferred) { $0.inputStd }
            putBins("con_states", configuration.hasController ? configuration.controllerUnits : 0) {
                $0.controller?.newState ?? []
            }
            putBins("gen_inputs", inferred + configuration.externalInputs) { $0.generatorInput }
            putBins("gen_states", configuration.generatorUnits) { $0.generator.newState }
            putBins("factors", configuration.factors) { $0.factors }
            let parameterCount = configuration.observationModel.parameterCount
            put("output_params", [bins, units, parameterCount]) {
                $0.outputParameters.flatMap { $0.flatMap(\.self) }
            }
            put("output_means", [bins, units]) {
                $0.outputParameters.flatMap { $0.map(observation.mean) }
            }
        }
    }
}
