extension ModelCase {
    /// All cases, narrow.
    package static let narrowCases: [ModelCase] = featureCases + measuredCases.map(\.narrow)

    /// One case for every feature and for the combinations in which features meet.
    package static let featureCases: [ModelCase] =
        [
            ModelCase("Poisson, no controller", seed: 1),
            ModelCase("external inputs without a controller", seed: 2) { $0.model.externalInputCount = 2 },
            ModelCase("controller", seed: 3) { $0.addController() },
            ModelCase("controller, lag 0", seed: 4) { $0.addController(lag: 0) },
            ModelCase("controller, lag 2, external inputs", seed: 5) {
                $0.addController(lag: 2, inferredInputs: 1)
                $0.model.externalInputCount = 2
            },
            ModelCase("lag longer than the trial", seed: 6) { $0.addController(lag: 7) },
            ModelCase("forward prediction", seed: 7) {
                $0.model.binCount = 8
                $0.addController()
                $0.model.externalInputCount = 1
            },
            ModelCase("held-out units", seed: 8) { $0.units[0].reconstructed = 6 },
            ModelCase("coordinated dropout", seed: 9, trials: [4]) {
                $0.training.coordinatedDropoutRate = 0.3
            },
            ModelCase("coordinated dropout that lets pass", seed: 10, trials: [4]) {
                $0.training.coordinatedDropoutRate = 0.4
                $0.training.coordinatedDropoutPassRate = 0.25
            },
            ModelCase(
                "coordinated dropout, held-out units, forward prediction, controller", seed: 11, trials: [4]
            ) {
                $0.training.coordinatedDropoutRate = 0.3
                $0.training.coordinatedDropoutPassRate = 0.25
                $0.units[0].reconstructed = 6
                $0.model.binCount = 7
                $0.addController()
                $0.model.externalInputCount = 2
            },
            ModelCase("three sessions of unequal size", seed: 12, trials: [2, 4, 1]) {
                $0.setSessions([4, 7, 3], width: 5)
            },
            // The engine wants an affine read-in for several sessions.
            ModelCase("sessions that share an identity read-in", seed: 13) {
                $0.units = [Units(encoded: 4, reconstructed: 4), Units(encoded: 4, reconstructed: 6)]
            },
            ModelCase("active clipping", seed: 14) {
                $0.addController()
                $0.model.stateClip = 0.25
            },
            ModelCase("Gaussian", seed: 15) { $0.model.observation = .gaussian },
            ModelCase("gamma", seed: 16) { $0.model.observation = .gamma },
            ModelCase("zero-inflated gamma", seed: 17) {
                $0.model.observation = .zeroInflatedGamma
                $0.gammaLocation = 0.125
            },
            ModelCase("zero-inflated gamma from zero", seed: 31, trials: [4]) {
                $0.model.observation = .zeroInflatedGamma
            },
            ModelCase("sum instead of mean, ramps under way", seed: 18, trials: [2, 3]) {
                $0.setSessions([3, 5])
                $0.model.observation = .gamma
                $0.training.reconstructionIsMean = false
                $0.addController()
                $0.l2Ramp = 0.3
                $0.klRamp = 0.7
            },
            ModelCase("bins for the initial condition alone", seed: 19) {
                $0.model.encodedBinCount = 7
                $0.model.binCount = 7
                $0.model.initialConditionBinCount = 3
                $0.addController(lag: 2)
                $0.model.externalInputCount = 1
            },
            ModelCase("bins for the initial condition, no controller", seed: 20) {
                $0.model.initialConditionBinCount = 2
            },
            ModelCase("bins for the initial condition with coordinated dropout", seed: 21, trials: [3, 2]) {
                $0.model.encodedBinCount = 7
                $0.model.binCount = 9
                $0.model.initialConditionBinCount = 3
                $0.training.coordinatedDropoutRate = 0.4
                $0.training.coordinatedDropoutPassRate = 0.25
                $0.setSessions([4, 6], heldOut: 2)
                $0.addController()
            },
            ModelCase("dropout, no controller", seed: 22) {
                $0.model.externalInputCount = 3
                $0.model.dropoutRate = 0.3
            },
            ModelCase("Student-t prior", seed: 24) {
                $0.model.initialConditionPrior = .studentT
                $0.model.initialConditionDimensions = 4
            },
            ModelCase("Student-t prior of two degrees, controller, two sessions, dropout", seed: 25) {
                $0.model.initialConditionPrior = .studentT
                $0.model.initialConditionPriorDegreesOfFreedom = 2
                $0.setSessions([4, 5])
                $0.addController()
                $0.model.dropoutRate = 0.2
                $0.training.reconstructionIsMean = false
            },
            ModelCase("spike jitter", seed: 26, trials: [4]) { $0.training.spikeJitter = 2 },
            ModelCase(
                "spike jitter, coordinated dropout, held-out units, forward prediction, two sessions",
                seed: 27,
                trials: [4, 2]
            ) {
                $0.training.spikeJitter = 4
                $0.training.coordinatedDropoutRate = 0.3
                $0.training.coordinatedDropoutPassRate = 0.25
                $0.setSessions([4, 6], heldOut: 2)
                $0.model.binCount = 7
                $0.model.initialConditionBinCount = 1
                $0.addController()
            },
            ModelCase("temporal shift", seed: 28, trials: [4]) {
                $0.model.observation = .gaussian
                $0.training.temporalShift = 1
                $0.training.temporalShiftMaximum = 3
            },
            ModelCase(
                "spike jitter, temporal shift, coordinated dropout, held-out units, forward prediction",
                seed: 29,
                trials: [4, 2]
            ) {
                $0.training.spikeJitter = 2
                $0.training.temporalShift = 1
                $0.training.temporalShiftMaximum = 6
                $0.training.coordinatedDropoutRate = 0.3
                $0.setSessions([4, 6], heldOut: 2)
                $0.model.binCount = 7
                $0.addController()
            },
            everything,
        ] + selectiveCases

    /// Some samples were not observed: with every observation model, and with whatever changes trials or masks
    /// gradients.
    private static let selectiveCases: [ModelCase] = [
        ModelCase("samples not observed", seed: 32, trials: [4]) { $0.observedShare = 0.6 },
        ModelCase("samples not observed, Gaussian", seed: 33) {
            $0.observedShare = 0.6
            $0.model.observation = .gaussian
        },
        ModelCase("samples not observed, gamma, sum", seed: 34) {
            $0.observedShare = 0.6
            $0.model.observation = .gamma
            $0.training.reconstructionIsMean = false
        },
        ModelCase("samples not observed, zero-inflated gamma", seed: 35, trials: [4]) {
            $0.observedShare = 0.6
            $0.model.observation = .zeroInflatedGamma
        },
        ModelCase(
            "samples not observed, coordinated dropout, held-out units, forward prediction, three sessions",
            seed: 36, trials: [4, 2, 3]
        ) {
            $0.observedShare = 0.5
            $0.training.coordinatedDropoutRate = 0.3
            $0.training.coordinatedDropoutPassRate = 0.25
            $0.setSessions([4, 6, 3], heldOut: 2)
            $0.model.binCount = 7
            $0.model.initialConditionBinCount = 1
            $0.addController()
        },
        ModelCase("samples not observed, spike jitter", seed: 37, trials: [4]) {
            $0.observedShare = 0.6
            $0.training.spikeJitter = 2
        },
        ModelCase(
            "samples not observed, spike jitter, temporal shift, coordinated dropout, two sessions", seed: 38,
            trials: [4, 2]
        ) {
            $0.observedShare = 0.6
            $0.training.spikeJitter = 2
            $0.training.temporalShift = 1
            $0.training.temporalShiftMaximum = 3
            $0.training.coordinatedDropoutRate = 0.3
            $0.setSessions([4, 6], heldOut: 2)
            $0.model.binCount = 7
            $0.addController()
        },
        ModelCase("samples not observed, temporal shift, Gaussian", seed: 39, trials: [4]) {
            $0.observedShare = 0.6
            $0.model.observation = .gaussian
            $0.training.temporalShift = 1
            $0.training.temporalShiftMaximum = 3
        },
    ]

    /// Every kind of dropout and of input, held-out units, predicted and reserved bins at once.
    package static let everything = ModelCase("everything together", seed: 23, trials: [3, 2]) {
        $0.model.encodedBinCount = 7
        $0.model.binCount = 9
        $0.model.initialConditionBinCount = 2
        $0.training.coordinatedDropoutRate = 0.4
        $0.training.coordinatedDropoutPassRate = 0.3
        $0.setSessions([4, 6], heldOut: 2, width: 5)
        $0.addController()
        $0.model.externalInputCount = 2
        $0.model.stateClip = 0.5
        $0.model.dropoutRate = 0.2
        $0.training.reconstructionIsMean = false
    }
}
