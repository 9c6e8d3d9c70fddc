import ArrayFiles
import Foundation
import Testing

/// A small configuration with random parameters, data, noise and masks.
///
/// Everything is rounded to what a Float holds, so that a float32 engine starts from exactly the
/// same numbers.
struct RandomCase: Sendable, CustomTestStringConvertible {
    let name: String
    let configuration: ReferenceConfiguration
    let parameters: [String: ShapedArray<Double>]
    let batch: ReferenceBatch

    var testDescription: String { name }

    init(
        name: String, configuration: ReferenceConfiguration,
        parameters: [String: ShapedArray<Double>], batch: ReferenceBatch
    ) {
        self.name = name
        self.configuration = configuration
        self.parameters = parameters
        self.batch = batch
    }

    /// - Parameters:
    ///   - trials: number of trials of each session; one number stands for all sessions
    ///   - passRate: rate of the pass mask of coordinated dropout
    ///   - dropoutRate: if positive, masks are drawn for every site
    init(
        _ name: String, seed: UInt64, trials: [Int] = [3], passRate: Double = 0,
        dropoutRate: Double = 0, _ configure: (inout ReferenceConfiguration) -> Void
    ) {
        var configuration = ReferenceConfiguration.smallest
        configure(&configuration)
        var draws = SeededDraws(seed: seed)
        let trialCounts = (0..<configuration.sessionCount).map { trials[$0 % trials.count] }
        self.name = name
        self.configuration = configuration
        parameters = Self.parameters(configuration, &draws)
        batch = Self.batch(
            configuration, trialCounts, passRate: passRate, dropoutRate: dropoutRate, &draws)
    }

    func reference() throws -> ReferenceModel {
        try ReferenceModel(configuration: configuration, parameters: parameters)
    }

    private static func parameters(
        _ configuration: ReferenceConfiguration, _ draws: inout SeededDraws
    ) -> [String: ShapedArray<Double>] {
        var parameters: [String: ShapedArray<Double>] = [:]
        for (name, shape) in configuration.parameterShapes.sorted(by: { $0.key < $1.key }) {
            let size = shape.reduce(1, *)
            let center: Double
            let spread: Double
            if name.hasSuffix("bias_hh") {
                (center, spread) = (0, 0)
            } else if name.hasSuffix("logtaus") {
                (center, spread) = (log(4), 0.4)
            } else if name.hasSuffix("lognvars") || name.hasSuffix("logvar") {
                (center, spread) = (log(0.3), 0.4)
            } else if name.hasSuffix("bias") || name.contains("h0") || name == "ic_prior.mean" {
                (center, spread) = (0, 0.3)
            } else {
                (center, spread) = (0, 1 / Double(max(shape[shape.count - 1], 1)).squareRoot())
            }
            let values = (0..<size).map { _ in Double(Float(center + spread * draws.normal())) }
            parameters[name] = ShapedArray(shape: shape, values: values)
        }
        return parameters
    }

    private static func batch(
        _ configuration: ReferenceConfiguration, _ trialCounts: [Int], passRate: Double,
        dropoutRate: Double, _ draws: inout SeededDraws
    ) -> ReferenceBatch {
        var sessions: [ReferenceSession] = []
        for (session, trials) in trialCounts.enumerated() {
            let encodedUnits = configuration.encodedUnits[session]
            let shape = [
                trials, configuration.reconstructedBins, configuration.reconstructedUnits[session],
            ]
            let reconstructed = draws.array(shape) {
                configuration.observationModel.datum(&$0, location: configuration.gammaLocation)
            }
            // The encoder sees the first bins and units of what is reconstructed.
            var encoded: [Double] = []
            for trial in 0..<trials {
                for bin in 0..<configuration.encodedBins {
                    encoded += reconstructed.vector(trial, bin)[..<encodedUnits]
                }
            }
            let masks = [trials, configuration.maskableBins, encodedUnits]
            let rate = configuration.coordinatedDropoutRate
            sessions.append(
                ReferenceSession(
                    encoded: ShapedArray(
                        shape: [trials, configuration.encodedBins, encodedUnits], values: encoded),
                    reconstructed: reconstructed,
                    externalInput: draws.array(
                        [trials, configuration.maskableBins, configuration.externalInputs]
                    ) { $0.normal() },
                    keepMask: rate > 0 ? draws.array(masks) { $0.bernoulli(1 - rate) } : nil,
                    passMask: rate > 0 ? draws.array(masks) { $0.bernoulli(passRate) } : nil))
        }

        let trials = trialCounts.reduce(0, +)
        let bins = configuration.reconstructedBins
        let inferred = configuration.inferredInputs
        var batch = ReferenceBatch(
            sessions: sessions,
            initialConditionNoise: draws.array([trials, configuration.initialConditionDimensions]) {
                $0.normal()
            },
            inferredInputNoise: draws.array([trials, bins, inferred]) { $0.normal() },
            inferredInputKLNoise: draws.array([trials, bins, inferred]) { $0.normal() })
        guard dropoutRate > 0 else { return batch }

        let kept = Double(Float(1 / (1 - dropoutRate)))
        func mask(_ shape: [Int]) -> ShapedArray<Double> {
            draws.array(shape) { $0.bernoulli(1 - dropoutRate) * kept }
        }
        batch.dropout = ReferenceDropout(
            encoderInput: mask([
                trials, configuration.encodedBins, configuration.encoderInputWidth,
            ]),
            initialConditionStates: mask([trials, 2 * configuration.initialConditionEncoderUnits]),
            initialGeneratorState: mask([trials, configuration.generatorUnits]),
            externalInput: mask([trials, bins, configuration.externalInputs]),
            controllerInput: configuration.hasController
                ? mask([trials, bins, configuration.controllerInputWidth]) : nil,
            generatorState: mask([trials, bins, configuration.generatorUnits]))
        return batch
    }
}

extension SeededDraws {
    mutating func array(
        _ shape: [Int], _ draw: (inout SeededDraws) -> Double
    ) -> ShapedArray<Double> {
        var values: [Double] = []
        for _ in 0..<shape.reduce(1, *) { values.append(draw(&self)) }
        return ShapedArray(shape: shape, values: values)
    }
}

extension ReferenceObservationModel {
    /// One value that the model can produce.
    fileprivate func datum(_ draws: inout SeededDraws, location: Double) -> Double {
        let positive = Double(Float(location + exp(0.5 * draws.normal())))
        switch self {
        case .poisson: return draws.count(mean: 1.2)
        case .gaussian: return draws.normal()
        case .gamma: return positive
        case .zeroInflatedGamma: return draws.bernoulli(0.6) * positive
        }
    }
}

extension ReferenceConfiguration {
    /// Widths just large enough that no two differ by accident, and terms of the loss of about
    /// equal weight, so that an error in any of them shows.
    static let smallest: ReferenceConfiguration = {
        var configuration = ReferenceConfiguration()
        configuration.encodedBins = 5
        configuration.reconstructedBins = 5
        configuration.encodedUnits = [4]
        configuration.reconstructedUnits = [4]
        configuration.initialConditionEncoderUnits = 3
        configuration.initialConditionDimensions = 2
        configuration.generatorUnits = 5
        configuration.factors = 3
        configuration.lossScale = 100
        configuration.initialConditionEncoderL2 = 3
        configuration.controllerEncoderL2 = 2
        configuration.generatorL2 = 4
        configuration.controllerL2 = 1
        configuration.initialConditionKLScale = 0.1
        configuration.inferredInputKLScale = 0.05
        return configuration
    }()

    /// Adds a controller of small widths.
    mutating func addController(lag: Int = 1, inferredInputs: Int = 2) {
        controllerEncoderUnits = 3
        controllerUnits = 4
        controllerEncoderLag = lag
        self.inferredInputs = inferredInputs
    }

    /// Several sessions with an affine read-in to `width`.
    mutating func addSessions(_ units: [Int], heldOut: Int = 0, width: Int = 4) {
        encodedUnits = units
        reconstructedUnits = units.map { $0 + heldOut }
        readInDimensions = width
    }
}
