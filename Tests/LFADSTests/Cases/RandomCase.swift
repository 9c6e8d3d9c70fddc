import ArrayFiles
import Foundation
import LFADS
import ModelCases
import Testing

/// A narrow model case with random parameters, data, noise and masks.
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

    init(_ drawn: ModelCase) {
        configuration = ReferenceConfiguration(drawn)
        var draws = SeededDraws(seed: drawn.seed)
        name = drawn.name
        parameters = Self.parameters(configuration, &draws)
        batch = Self.batch(
            configuration, (0..<drawn.sessionCount).map(drawn.trialCount),
            passRate: Double(drawn.training.coordinatedDropoutPassRate),
            dropoutRate: Double(drawn.model.dropoutRate), augmentation: drawn.training,
            observedShare: drawn.observedShare, &draws)
    }

    /// One case for every feature and for the combinations in which features meet, and the models that
    /// the benchmark measures, narrow.
    static let all = ModelCase.narrowCases.map { RandomCase($0) }

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
            } else if name == "ic_prior.logscale" {
                (center, spread) = (0.5 * log(0.3), 0.2)
            } else if name.hasSuffix("lognvars") || name.hasSuffix("logvar") {
                (center, spread) = (log(0.3), 0.4)
            } else if name.hasSuffix("bias") || name.contains("h0") || name.hasPrefix("ic_prior.") {
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
        dropoutRate: Double, augmentation: TrainingConfiguration, observedShare: Double,
        _ draws: inout SeededDraws
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
            // Days differ in it, and a day may have been observed throughout.
            let observed =
                observedShare < 1 && session != 1
                ? draws.array(shape) { $0.bernoulli(observedShare) } : nil
            // Spikes that weren't observed don't move.
            let seen = ShapedArray(
                shape: shape,
                values: reconstructed.values.enumerated().map { observed?.values[$0] == 0 ? 0 : $1 })
            // The encoder sees the first bins and units of what is reconstructed.
            var encoded: [Double] = []
            var encodedSeen: [Double] = []
            for trial in 0..<trials {
                for bin in 0..<configuration.encodedBins {
                    encoded += reconstructed.vector(trial, bin)[..<encodedUnits]
                    encodedSeen += seen.vector(trial, bin)[..<encodedUnits]
                }
            }
            let inputShape = [trials, configuration.encodedBins, encodedUnits]
            let input = ShapedArray(shape: inputShape, values: encoded)
            let masks = [trials, configuration.maskableBins, encodedUnits]
            let rate = configuration.coordinatedDropoutRate
            sessions.append(
                ReferenceSession(
                    encoded: input,
                    reconstructed: reconstructed, observed: observed,
                    externalInput: draws.array(
                        [trials, configuration.maskableBins, configuration.externalInputs]
                    ) { $0.normal() },
                    keepMask: rate > 0 ? draws.array(masks) { $0.bernoulli(1 - rate) } : nil,
                    passMask: rate > 0 ? draws.array(masks) { $0.bernoulli(passRate) } : nil,
                    encodedAugmentation: draws.augmentation(
                        augmentation, of: ShapedArray(shape: inputShape, values: encodedSeen)),
                    reconstructedAugmentation: draws.augmentation(augmentation, of: seen)))
        }

        let trials = trialCounts.reduce(0, +)
        let bins = configuration.reconstructedBins
        let inferred = configuration.inferredInputs
        let freedom = configuration.initialConditionDegreesOfFreedom
        let dimensions = [trials, configuration.initialConditionDimensions]
        var batch = ReferenceBatch(
            sessions: sessions,
            initialConditionNoise: draws.array(dimensions) { draws in
                freedom.map { draws.studentT($0) } ?? draws.normal()
            },
            inferredInputNoise: draws.array([trials, bins, inferred]) { $0.normal() },
            inferredInputKLNoise: draws.array([trials, bins, inferred]) { $0.normal() })
        if let freedom {
            batch.initialConditionKLNoise = draws.array(dimensions) { $0.studentT(freedom) }
        }
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

extension SeededDraws {
    /// Draws for all trials of (trials, bins, units); `nil` where nothing changes.
    mutating func augmentation(
        _ settings: TrainingConfiguration, of counts: ShapedArray<Double>
    ) -> ReferenceAugmentation? {
        guard settings.spikeJitter > 0 || settings.temporalShift > 0 else { return nil }
        var result = ReferenceAugmentation()
        let trials = 0..<counts.shape[0]
        let size = counts.values.count / counts.shape[0]
        if settings.spikeJitter > 0 {
            result.spikeMoves = trials.map { trial in
                let spikes = counts.values[(trial * size)..<((trial + 1) * size)].reduce(0, +)
                return (0..<Int(spikes)).map { _ in whole(in: settings.spikeJitter) }
            }
        }
        if settings.temporalShift > 0 {
            result.shifts = trials.map { _ in
                (0..<counts.shape[2]).map { _ in whole(in: settings.temporalShiftMaximum) }
            }
        }
        return result
    }

    /// Uniform in −largest…largest.
    private mutating func whole(in largest: Int) -> Int {
        Int(uniform() * Double(2 * largest + 1)) - largest
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
    /// A case in the reference's own words.
    init(_ drawn: ModelCase) {
        self.init()
        let (model, training) = (drawn.model, drawn.training)
        encodedBins = model.encodedBinCount
        reconstructedBins = model.binCount
        initialConditionBins = model.initialConditionBinCount
        encodedUnits = drawn.units.map(\.encoded)
        reconstructedUnits = drawn.units.map(\.reconstructed)
        if case .affine(let dimensions) = model.readIn { readInDimensions = dimensions }
        initialConditionEncoderUnits = model.initialConditionEncoderUnits
        initialConditionDimensions = model.initialConditionDimensions
        controllerEncoderUnits = model.controllerInputEncoderUnits
        controllerEncoderLag = model.controllerInputLag
        controllerUnits = model.controllerUnits
        inferredInputs = model.inferredInputCount
        externalInputs = model.externalInputCount
        generatorUnits = model.generatorUnits
        factors = model.factorCount
        cellClip = Double(model.stateClip)
        coordinatedDropoutRate = Double(training.coordinatedDropoutRate)
        initialConditionVarianceFloor = Double(model.initialConditionVarianceFloor)
        if model.initialConditionPrior == .studentT {
            initialConditionDegreesOfFreedom = Double(model.initialConditionPriorDegreesOfFreedom)
        }
        switch model.observation {
        case .poisson: observationModel = .poisson
        case .gaussian: observationModel = .gaussian
        case .gamma: observationModel = .gamma
        case .zeroInflatedGamma: observationModel = .zeroInflatedGamma
        }
        averagesReconstruction = training.reconstructionIsMean
        gammaLocation = drawn.gammaLocation
        lossScale = Double(training.lossScale)
        initialConditionEncoderL2 = Double(training.initialConditionEncoderL2)
        controllerEncoderL2 = Double(training.controllerInputEncoderL2)
        generatorL2 = Double(training.generatorL2)
        controllerL2 = Double(training.controllerL2)
        initialConditionKLScale = Double(training.initialConditionKLScale)
        inferredInputKLScale = Double(training.inferredInputKLScale)
        l2Ramp = Double(drawn.l2Ramp)
        klRamp = Double(drawn.klRamp)
    }
}
