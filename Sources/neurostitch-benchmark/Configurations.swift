import LFADS
import LinearAlgebra
import TrialArrays

/// A model, its data and the arithmetic of one update: what is measured.
struct Configuration: Sendable {
    let name: String
    let model: ModelConfiguration
    /// Encoded and reconstructed units of each session.
    let units: [(encoded: Int, reconstructed: Int)]
    /// Trials of each session in one update.
    let trials: Int

    var rows: Int { units.count * trials }

    static let all = [maze, stitch, lorenz, paper44]

    /// One session with a controller, held-out units and predicted bins.
    static let maze: Configuration = {
        var model = ModelConfiguration(encodedBinCount: 35, binCount: 45)
        model.readIn = .identity
        model.initialConditionEncoderUnits = 64
        model.controllerInputEncoderUnits = 64
        model.controllerUnits = 64
        model.inferredInputCount = 4
        model.initialConditionDimensions = 64
        model.generatorUnits = 200
        model.factorCount = 100
        return Configuration(name: "maze", model: model, units: [(137, 182)], trials: 256)
    }()

    /// Twelve sessions with a controller.
    static let stitch: Configuration = {
        var model = ModelConfiguration(encodedBinCount: 30, binCount: 30)
        model.readIn = .affine(dimensions: 50)
        model.initialConditionEncoderUnits = 100
        model.controllerInputEncoderUnits = 100
        model.controllerUnits = 100
        model.inferredInputCount = 6
        model.initialConditionDimensions = 100
        model.generatorUnits = 100
        model.factorCount = 50
        let units = [60, 64, 69, 73, 78, 82, 86, 90, 95, 100, 106, 120]
        return Configuration(
            name: "stitch", model: model, units: units.map { ($0, $0) }, trials: 83)
    }()

    /// Small cells over many bins.
    static let lorenz: Configuration = {
        var model = ModelConfiguration(encodedBinCount: 100, binCount: 100)
        model.readIn = .affine(dimensions: 8)
        model.initialConditionEncoderUnits = 64
        model.initialConditionDimensions = 64
        model.generatorUnits = 64
        model.factorCount = 8
        return Configuration(
            name: "lorenz", model: model, units: Array(repeating: (30, 30), count: 3), trials: 50)
    }()

    /// Many sessions with few trials each.
    static let paper44: Configuration = {
        var model = ModelConfiguration(encodedBinCount: 130, binCount: 130)
        model.readIn = .affine(dimensions: 16)
        model.initialConditionEncoderUnits = 128
        model.initialConditionDimensions = 100
        model.generatorUnits = 128
        model.factorCount = 16
        return Configuration(
            name: "paper44", model: model, units: Array(repeating: (24, 24), count: 44), trials: 11)
    }()

    /// The lorenz model with another number of sessions, few trials each.
    static func sessions(_ count: Int, trials: Int) -> Configuration {
        Configuration(
            name: "\(count) sessions", model: lorenz.model,
            units: Array(repeating: (30, 30), count: count), trials: trials)
    }

    /// Floating-point operations of the products of one forward pass over an update's rows, two per
    /// multiplication.
    var forwardOperations: Double {
        let m = model
        func cell(_ inputs: Int, _ units: Int) -> Double { Double((inputs + units) * 3 * units) }
        var perEncodedBin = 0.0
        var perBin = 0.0
        var perTrial = 0.0
        var width = units[0].encoded
        if case .affine(let dimensions) = m.readIn {
            width = dimensions
            let encoded = units.reduce(0) { $0 + $1.encoded }
            perEncodedBin += Double(encoded * dimensions) / Double(units.count)
        }
        perEncodedBin += 2 * cell(width, m.initialConditionEncoderUnits)
        perTrial += Double(4 * m.initialConditionEncoderUnits * m.initialConditionDimensions)
        perTrial += Double(m.initialConditionDimensions * m.generatorUnits)
        if m.hasController {
            perEncodedBin += 2 * cell(width, m.controllerInputEncoderUnits)
            perBin += cell(2 * m.controllerInputEncoderUnits + m.factorCount, m.controllerUnits)
            perBin += Double(2 * m.inferredInputCount * m.controllerUnits)
        }
        perBin += cell(m.hasController ? m.inferredInputCount : 0, m.generatorUnits)
        perBin += Double(m.generatorUnits * m.factorCount)
        let reconstructed = units.reduce(0) { $0 + $1.reconstructed }
        perBin += Double(reconstructed * m.factorCount) / Double(units.count)
        return 2 * Double(rows)
            * (perTrial + Double(m.encodedBinCount) * perEncodedBin + Double(m.binCount) * perBin)
    }

    /// Forward, and twice as much backward: by the input and by the weights of every product.
    var trainingOperations: Double { 3 * forwardOperations }

    /// Counts that rise and fall over a trial, one held-out trial a session beside those of an update.
    func data() throws -> [SessionTrials] {
        try units.enumerated().map { index, count in
            let bins = model.binCount
            let draws = RandomStream(seed: 1, key: UInt64(index), purpose: 0)
                .uniforms((trials + 1) * bins * count.reconstructed)
            var values = [Float](repeating: 0, count: draws.count)
            for i in values.indices {
                let bin = i / count.reconstructed % bins
                let rate = 0.1 + 0.3 * Double((bin + i % count.reconstructed) % bins) / Double(bins)
                values[i] = draws[i] < rate * rate ? 2 : draws[i] < rate ? 1 : 0
            }
            return try SessionTrials(
                name: "day \(index)",
                counts: TrialArray(
                    trials: TrialAxis(count: trials + 1), bins: BinAxis(count: bins, milliseconds: 10),
                    columns: ColumnAxis(.unit, count: count.reconstructed), values: values),
                encodedUnitCount: count.encoded, trainingTrials: Array(0..<trials),
                validationTrials: [trials])
        }
    }

    /// A training that stands at its beginning.
    ///
    /// - Parameter settings: `training` if nothing else is given.
    func start(
        _ data: [SessionTrials]? = nil, _ settings: TrainingConfiguration? = nil, threads: Int, seed: UInt64
    ) throws -> StitchedTraining {
        let data = try data ?? self.data()
        return try StitchedTraining(
            StitchedModel(
                model, sessions: data.map(\.shape), startingFrom: seed, threads: threads),
            data, settings ?? training, seed: seed)
    }

    /// Everything that an update can do: all dropouts, all loss terms, maps that learn.
    var training: TrainingConfiguration {
        var settings = TrainingConfiguration()
        settings.batchSize = rows
        settings.readInRateScale = 1
        settings.readOutRateScale = 1
        settings.weightDecay = 0.01
        settings.initialConditionEncoderL2 = 1e-2
        settings.controllerInputEncoderL2 = 1e-2
        settings.controllerL2 = 1e-2
        return settings
    }
}
