/// Terms of the loss per row of the batch, unscaled: added up in the order of the rows, whoever
/// computed them.
final class RowLosses: @unchecked Sendable {
    /// Σ of the negative log-likelihood over bins and units, without what depends on the data alone unless trials
    /// are augmented.
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
    var augmentation = AugmentationSettings()
    /// Rows of the whole batch, and per session.
    var batchRows: Int
    var rowsOfSession: [Int]
    /// Sessions in the batch: their losses are averaged with equal weight.
    var sessionCount: Int

    /// Weight of one observed element of a session's reconstruction in the mean over sessions.
    ///
    /// - Parameters:
    ///   - session: its place among the model's.
    ///   - outline: of its trials.
    func elementWeight(session: Int, _ outline: SessionOutline) -> Double {
        let rows = Double(rowsOfSession[session]) * Double(sessionCount)
        let elements = Double(outline.binCount * outline.unitCount)
        return 1 / ((reconstructionIsMean ? rows * elements : rows) * outline.observedShare)
    }
}

/// Scales of the L2 term and its ramp.
struct L2Weights: Sendable {
    var initialConditionEncoder: Float
    var controllerInputEncoder: Float
    var generator: Float
    var controller: Float
    var ramp: Float
}

/// Losses of one batch; only `total` is scaled.
struct StepLosses: Sendable {
    /// Mean over sessions, and each session's.
    var reconstruction = 0.0
    var reconstructionOfSession: [Double] = []
    var initialConditionKL = 0.0
    var inferredInputKL = 0.0
    var l2 = 0.0
    var total = 0.0
}
