import LinearAlgebra
import Stitching
import TrialArrays

/// What is predicted of a day's spikes by less than its own model had: by few trials, by other days' factors.
extension InferredDay {
    /// Bits per spike of the held-out units in the tested trials, in the bins that the encoder sees, by read-outs
    /// learnt from a few training trials.
    ///
    /// - Returns: `nil` for a model that is not Poisson, and where ``FewShotPrediction`` has none.
    /// - Throws: `LinearAlgebraError`
    func fewShotBitsPerSpike() throws -> Double? {
        guard isPoisson else { return nil }
        return try FewShotPrediction.bitsPerSpike(
            factors: factors, counts: counts,
            units: recording.units.indices.filter { recording.units[$0].heldOut },
            bins: 0..<trained.settings.model.encodedBinCount, training: trainingTrials, tested: testedTrials,
            key: RandomStream.key(for: recording.session))
    }

    /// What other days' factors are set against on this day.
    ///
    /// - Parameter factors: condition averages of the day's own factors.
    /// - Returns: `nil` for a model that is not Poisson.
    func transferredPrediction(factors: ConditionMeans) -> TransferredPrediction? {
        guard isPoisson else { return nil }
        var place = [Int](repeating: 0, count: session.unitOrder.count)
        for (own, unit) in session.unitOrder.enumerated() { place[unit] = own }
        return TransferredPrediction(
            readOut: trained.maps.readOut.selecting(outputs: place), factors: factors,
            training: ConditionMeans(counts, labels: conditions, trials: trainingTrials),
            tested: ConditionMeans(counts, labels: conditions, trials: testedTrials))
    }
}
