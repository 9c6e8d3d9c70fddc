import LFADS

extension ModelCase {
    /// What the benchmark times.
    package static let measuredCases = [maze, stitch, lorenz, paper44]

    /// One session with a controller, held-out units and predicted bins.
    package static let maze = measured(
        "maze", seed: 41, trials: 256, [Units(encoded: 137, reconstructed: 182)]
    ) {
        $0.encodedBinCount = 35
        $0.binCount = 45
        $0.readIn = .identity
        $0.initialConditionEncoderUnits = 64
        $0.controllerInputEncoderUnits = 64
        $0.controllerUnits = 64
        $0.inferredInputCount = 4
        $0.initialConditionDimensions = 64
        $0.generatorUnits = 200
        $0.factorCount = 100
    }

    /// Twelve sessions with a controller.
    package static let stitch = measured(
        "stitch", seed: 42, trials: 83,
        [60, 64, 69, 73, 78, 82, 86, 90, 95, 100, 106, 120].map { Units(encoded: $0, reconstructed: $0) }
    ) {
        $0.encodedBinCount = 30
        $0.binCount = 30
        $0.readIn = .affine(dimensions: 50)
        $0.initialConditionEncoderUnits = 100
        $0.controllerInputEncoderUnits = 100
        $0.controllerUnits = 100
        $0.inferredInputCount = 6
        $0.initialConditionDimensions = 100
        $0.generatorUnits = 100
        $0.factorCount = 50
    }

    /// Small cells over many bins.
    package static let lorenz = lorenz("lorenz", seed: 43, sessions: 3, trials: 50)

    /// The lorenz model with another number of sessions, few trials each.
    package static func sessions(_ count: Int, trials: Int) -> ModelCase {
        lorenz("\(count) sessions", seed: 43, sessions: count, trials: trials)
    }

    private static func lorenz(_ name: String, seed: UInt64, sessions: Int, trials: Int) -> ModelCase {
        measured(
            name, seed: seed, trials: trials,
            Array(repeating: Units(encoded: 30, reconstructed: 30), count: sessions)
        ) {
            $0.encodedBinCount = 100
            $0.binCount = 100
            $0.readIn = .affine(dimensions: 8)
            $0.initialConditionEncoderUnits = 64
            $0.initialConditionDimensions = 64
            $0.generatorUnits = 64
            $0.factorCount = 8
        }
    }

    /// Many sessions with few trials each.
    package static let paper44 = measured(
        "paper44", seed: 44, trials: 11,
        Array(repeating: Units(encoded: 24, reconstructed: 24), count: 44)
    ) {
        $0.encodedBinCount = 130
        $0.binCount = 130
        $0.readIn = .affine(dimensions: 16)
        $0.initialConditionEncoderUnits = 128
        $0.initialConditionDimensions = 100
        $0.generatorUnits = 128
        $0.factorCount = 16
    }

    /// A model as people train it, one update a batch, with everything that an update can do: all dropouts,
    /// all terms of the loss, maps that learn.
    private static func measured(
        _ name: String, seed: UInt64, trials: Int, _ units: [Units],
        _ configure: (inout ModelConfiguration) -> Void
    ) -> ModelCase {
        ModelCase(name, seed: seed, trials: [trials]) {
            $0.model = ModelConfiguration(encodedBinCount: 1, binCount: 1)
            configure(&$0.model)
            $0.units = units
            var settings = TrainingConfiguration()
            settings.batchSize = units.count * trials
            settings.readInRateScale = 1
            settings.readOutRateScale = 1
            settings.weightDecay = 0.01
            settings.initialConditionEncoderL2 = 1e-2
            settings.controllerInputEncoderL2 = 1e-2
            settings.controllerL2 = 1e-2
            $0.training = settings
        }
    }
}
