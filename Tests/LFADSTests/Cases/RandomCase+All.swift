extension RandomCase {
    /// One case for every feature and for the combinations in which features meet.
    static let all: [RandomCase] = [
        RandomCase("Poisson, no controller", seed: 1) { _ in },
        RandomCase("external inputs without a controller", seed: 2) { $0.externalInputs = 2 },
        RandomCase("controller", seed: 3) { $0.addController() },
        RandomCase("controller, lag 0", seed: 4) { $0.addController(lag: 0) },
        RandomCase("controller, lag 2, external inputs", seed: 5) {
            $0.addController(lag: 2, inferredInputs: 1)
            $0.externalInputs = 2
        },
        RandomCase("lag longer than the trial", seed: 6) { $0.addController(lag: 7) },
        RandomCase("forward prediction", seed: 7) {
            $0.reconstructedBins = 8
            $0.addController()
            $0.externalInputs = 1
        },
        RandomCase("held-out units", seed: 8) { $0.reconstructedUnits = [6] },
        RandomCase("coordinated dropout", seed: 9, trials: [4]) {
            $0.coordinatedDropoutRate = 0.3
        },
        RandomCase("coordinated dropout that lets pass", seed: 10, trials: [4], passRate: 0.25) {
            $0.coordinatedDropoutRate = 0.4
        },
        RandomCase(
            "coordinated dropout, held-out units, forward prediction, controller", seed: 11,
            trials: [4], passRate: 0.25
        ) {
            $0.coordinatedDropoutRate = 0.3
            $0.reconstructedUnits = [6]
            $0.reconstructedBins = 7
            $0.addController()
            $0.externalInputs = 2
        },
        RandomCase("three sessions of unequal size", seed: 12, trials: [2, 4, 1]) {
            $0.addSessions([4, 7, 3], width: 5)
        },
        RandomCase("sessions that share an identity read-in", seed: 13) {
            $0.encodedUnits = [4, 4]
            $0.reconstructedUnits = [4, 6]
        },
        RandomCase("active clipping", seed: 14) {
            $0.addController()
            $0.cellClip = 0.25
        },
        RandomCase("Gaussian", seed: 15) { $0.observationModel = .gaussian },
        RandomCase("gamma", seed: 16) { $0.observationModel = .gamma },
        RandomCase("zero-inflated gamma", seed: 17) {
            $0.observationModel = .zeroInflatedGamma
            $0.gammaLocation = 0.125
        },
        RandomCase("sum instead of mean, ramps under way", seed: 18, trials: [2, 3]) {
            $0.addSessions([3, 5])
            $0.observationModel = .gamma
            $0.averagesReconstruction = false
            $0.addController()
            $0.l2Ramp = 0.3
            $0.klRamp = 0.7
        },
        RandomCase("bins for the initial condition alone", seed: 19) {
            $0.encodedBins = 7
            $0.reconstructedBins = 7
            $0.initialConditionBins = 3
            $0.addController(lag: 2)
            $0.externalInputs = 1
        },
        RandomCase("bins for the initial condition, no controller", seed: 20) {
            $0.initialConditionBins = 2
        },
        RandomCase(
            "bins for the initial condition with coordinated dropout", seed: 21, trials: [3, 2],
            passRate: 0.25
        ) {
            $0.encodedBins = 7
            $0.reconstructedBins = 9
            $0.initialConditionBins = 3
            $0.coordinatedDropoutRate = 0.4
            $0.addSessions([4, 6], heldOut: 2)
            $0.addController()
        },
        RandomCase("dropout, no controller", seed: 22, dropoutRate: 0.3) {
            $0.externalInputs = 3
        },
        RandomCase(
            "everything together", seed: 23, trials: [3, 2], passRate: 0.3, dropoutRate: 0.2
        ) {
            $0.encodedBins = 7
            $0.reconstructedBins = 9
            $0.initialConditionBins = 2
            $0.coordinatedDropoutRate = 0.4
            $0.addSessions([4, 6], heldOut: 2, width: 5)
            $0.addController()
            $0.externalInputs = 2
            $0.cellClip = 0.5
            $0.averagesReconstruction = false
        },
    ]
}
