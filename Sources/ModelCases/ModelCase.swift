package import LFADS

/// A model by name, with the days that it is for and how it is trained: one list for all who check or
/// measure the engine.
///
/// `featureCases` are as small as can be, one for every feature and for the combinations in which features
/// meet. `measuredCases` are as large as what people train; made `narrow`, they are checked like the others.
package struct ModelCase: Sendable {
    package let name: String
    /// Of whatever is drawn for the case.
    package let seed: UInt64
    package var model: ModelConfiguration
    package var training: TrainingConfiguration
    /// Units of each session.
    package var units: [Units]
    /// Trials of each session; one number stands for all sessions.
    package var trials: [Int]
    /// How far the ramps of the loss are.
    package var klRamp: Float = 1
    package var l2Ramp: Float = 1
    /// Chance of a sample to be observed, on every day but the second, which is observed throughout.
    package var observedShare = 1.0
    /// Where the positive values of a zero-inflated gamma begin. The engine knows 0 alone.
    package var gammaLocation = 0.0

    package struct Units: Sendable, Equatable {
        package var encoded: Int
        package var reconstructed: Int

        package init(encoded: Int, reconstructed: Int) {
            self.encoded = encoded
            self.reconstructed = reconstructed
        }
    }

    package var sessionCount: Int { units.count }
    package func trialCount(ofSession session: Int) -> Int { trials[session % trials.count] }

    /// - Parameter configure: turns the smallest model, one session of three trials, into the case's.
    package init(
        _ name: String, seed: UInt64, trials: [Int] = [3], _ configure: (inout ModelCase) -> Void = { _ in }
    ) {
        self.name = name
        self.seed = seed
        self.trials = trials
        units = [Units(encoded: 4, reconstructed: 4)]
        model = .smallest
        training = .balanced
        configure(&self)
    }

    /// Adds a controller of small widths.
    mutating func addController(lag: Int = 1, inferredInputs: Int = 2) {
        model.controllerInputEncoderUnits = 3
        model.controllerUnits = 4
        model.controllerInputLag = lag
        model.inferredInputCount = inferredInputs
    }

    /// Several sessions with an affine read-in to `width`.
    mutating func setSessions(_ encoded: [Int], heldOut: Int = 0, width: Int = 4) {
        units = encoded.map { Units(encoded: $0, reconstructed: $0 + heldOut) }
        model.readIn = .affine(dimensions: width)
    }
}

extension ModelCase {
    /// The same features at widths that a slow reference and finite differences can afford, with terms of
    /// the loss of about equal weight; a feature case is narrow already.
    package var narrow: ModelCase {
        func few(_ width: Int) -> Int { (width + 24) / 25 }
        var result = self
        guard model.generatorUnits > 25 else { return result }
        result.units = units.prefix(4).enumerated().map { index, count in
            let encoded = few(count.encoded) + index % 2
            return Units(
                encoded: encoded, reconstructed: encoded + few(count.reconstructed - count.encoded))
        }
        if case .affine(let dimensions) = model.readIn {
            result.model.readIn = .affine(dimensions: few(dimensions) + 2)
        }
        result.model.initialConditionEncoderUnits = few(model.initialConditionEncoderUnits)
        result.model.controllerInputEncoderUnits = few(model.controllerInputEncoderUnits)
        result.model.controllerUnits = few(model.controllerUnits)
        result.model.inferredInputCount = few(model.inferredInputCount)
        result.model.initialConditionDimensions = few(model.initialConditionDimensions)
        result.model.generatorUnits = few(model.generatorUnits)
        result.model.factorCount = few(model.factorCount) + 1
        let predicted = model.binCount - model.encodedBinCount
        result.model.encodedBinCount = few(model.encodedBinCount) + 3
        result.model.binCount = result.model.encodedBinCount + few(predicted)
        result.trials = [2, 1]
        result.training = .balanced
        result.training.coordinatedDropoutRate = training.coordinatedDropoutRate
        result.training.coordinatedDropoutPassRate = training.coordinatedDropoutPassRate
        return result
    }
}

extension ModelConfiguration {
    /// Widths just large enough that no two differ by accident; nothing is dropped out.
    fileprivate static let smallest: ModelConfiguration = {
        var model = ModelConfiguration(encodedBinCount: 5, binCount: 5)
        model.readIn = .identity
        model.initialConditionEncoderUnits = 3
        model.initialConditionDimensions = 2
        model.generatorUnits = 5
        model.factorCount = 3
        model.dropoutRate = 0
        return model
    }()
}

extension TrainingConfiguration {
    /// Terms of the loss of about equal weight, so that an error in any of them shows; no counts are masked.
    fileprivate static let balanced: TrainingConfiguration = {
        var training = TrainingConfiguration()
        training.coordinatedDropoutRate = 0
        training.lossScale = 100
        training.initialConditionEncoderL2 = 3
        training.controllerInputEncoderL2 = 2
        training.generatorL2 = 4
        training.controllerL2 = 1
        training.initialConditionKLScale = 0.1
        training.inferredInputKLScale = 0.05
        return training
    }()
}
