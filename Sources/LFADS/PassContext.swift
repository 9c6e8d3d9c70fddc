import LinearAlgebra

/// What all slices of one pass share: the model, its parameters, the trials and how the loss is weighted.
struct PassContext: @unchecked Sendable {
    let model: ModelConfiguration
    let table: ParameterTable
    let parameters: UnsafePointer<Float>
    let packed: PackedParameters
    let sessions: [SessionTrials]
    /// Per session and trial, Σ over bins and units of the likelihood's terms that depend on data alone.
    let trialConstants: [[Double]]
    let largest: LargestTrial
    var batch: Batch
    /// Rows of the largest slice that the batch is cut into.
    var largestSlice: Int
    var draws: Draws
    /// Training passes keep dropout, mask gradients and run backward.
    var loss: LossWeights?
    /// Where each row of the batch puts its terms of the loss.
    let losses: RowLosses
    var trainsReadIn = true
    var trainsReadOut = true

    /// Whether this pass drops anything out (coordinated dropout apart).
    var dropsOut: Bool { model.dropoutRate > 0 && draws.dropsOut }

    /// Coordinated dropout: counts are masked, and so is the gradient.
    var masksGradient: Bool { (loss?.coordinatedDropoutRate ?? 0) > 0 }

    /// A trial's random numbers for a purpose, at an update or a posterior sample.
    func stream(_ row: BatchRow, seed: UInt64, purpose: UInt32, step: UInt32) -> RandomStream {
        RandomStream(
            seed: seed, key: sessions[row.session].randomKey, purpose: purpose,
            item: UInt32(row.trial), step: step)
    }

    @inline(__always)
    func pointer(_ offset: Int) -> UnsafePointer<Float> { parameters + offset }
}

/// What a trial of any session needs room for.
struct LargestTrial: Sendable {
    /// Counts that are encoded, and that are reconstructed.
    private(set) var encoded = 0
    private(set) var reconstructed = 0
    /// Parameters of the observation model.
    private(set) var readOut = 0

    init(_ model: ModelConfiguration, _ sessions: [SessionTrials]) {
        for session in sessions {
            encoded = max(encoded, model.encodedBinCount * session.encodedUnitCount)
            reconstructed = max(reconstructed, model.binCount * session.unitCount)
        }
        readOut = reconstructed * model.observation.parametersPerUnit
    }
}

/// Terms of the loss per row of the batch, unscaled: added up in the order of the rows, whoever
/// computed them.
final class RowLosses: @unchecked Sendable {
    /// Σ of the negative log-likelihood over bins and units.
    let reconstruction = DoubleBuffer()
    let initialConditionKL = DoubleBuffer()
    let inferredInputKL = DoubleBuffer()

    func reserve(_ rows: Int) {
        reconstruction.reserve(rows)
        initialConditionKL.reserve(rows)
        inferredInputKL.reserve(rows)
    }
}

/// Factors in front of the loss terms of one update.
struct LossWeights: Sendable {
    var lossScale: Float
    var reconstructionIsMean: Bool
    /// Ramp times scale.
    var initialConditionKL: Float
    var inferredInputKL: Float
    var coordinatedDropoutRate: Float
    var coordinatedDropoutPassRate: Float
    /// Rows of the whole batch, and per session.
    var batchRows: Int
    var rowsOfSession: [Int]
    /// Sessions in the batch: their losses are averaged with equal weight.
    var sessionCount: Int

    /// Weight of one element of a session's reconstruction in the mean over sessions.
    func elementWeight(session: Int, bins: Int, units: Int) -> Double {
        let rows = Double(rowsOfSession[session]) * Double(sessionCount)
        return reconstructionIsMean ? 1 / (rows * Double(bins * units)) : 1 / rows
    }
}
