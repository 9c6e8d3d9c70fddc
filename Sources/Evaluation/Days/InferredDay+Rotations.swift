public import TrialArrays

/// The rotations of a day: R² for the metrics, planes for their pictures.
extension InferredDay {
    /// How far condition averages of the factors rotate.
    ///
    /// - Parameter means: of the factors of the usual trials.
    /// - Returns: `nil` with less than two conditions, or where nothing moves.
    /// - Throws: `LinearAlgebraError`
    public func rotationOfFactors(_ means: ConditionMeans) throws -> RotationalDynamics? {
        guard means.names.count > 1 else { return nil }
        return try RotationalDynamics(means, binsPerSecond: binsPerSecond)
    }

    /// How far condition averages of smoothed counts rotate, every unit divided by its own range.
    ///
    /// - Parameter smoothed: `smoothedCounts`.
    /// - Returns: `nil` with less than two conditions, or where nothing moves.
    /// - Throws: `LinearAlgebraError`
    public func rotationOfCounts(_ smoothed: TrialArray) throws -> RotationalDynamics? {
        let means = ConditionMeans(smoothed, labels: conditions, trials: usualTrials)
        guard means.names.count > 1 else { return nil }
        return try RotationalDynamics(
            means, scales: RotationalDynamics.softRanges(means, binsPerSecond: binsPerSecond),
            binsPerSecond: binsPerSecond)
    }
}
