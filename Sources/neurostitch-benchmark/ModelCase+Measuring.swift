import LFADS
import LinearAlgebra
import ModelCases
import TrialArrays

/// A case as the benchmark measures it: its arithmetic, its data, its training.
extension ModelCase {
    /// Rows of one update; every session has as many trials.
    var rows: Int { sessionCount * trialCount(ofSession: 0) }

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
            let trials = trialCount(ofSession: index)
            let draws = RandomStream(seed: 1, key: UInt64(index), purpose: 0)
                .uniforms((trials + 1) * bins * count.reconstructed)
            var values = [Float](repeating: 0, count: draws.count)
            for i in values.indices {
                let bin = i / count.reconstructed % bins
                let rate = 0.1 + 0.3 * Double((bin + i % count.reconstructed) % bins) / Double(bins)
                values[i] = draws[i] < rate * rate ? 2 : draws[i] < rate ? 1 : 0
            }
            if observedShare < 1, index != 1 {
                let seen = RandomStream(seed: 1, key: UInt64(index), purpose: 1).uniforms(values.count)
                for i in values.indices where seen[i] >= observedShare { values[i] = .nan }
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
}
