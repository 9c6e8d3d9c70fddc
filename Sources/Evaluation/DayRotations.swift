/// The rotations of a day: R² for the figures, planes for their pictures.
extension DayReading {
    /// Trials of conditions that took part in training.
    public var usualTrials: [Int] {
        let excluded = Set(excludedTrials)
        return recording.trials.indices.filter { !excluded.contains($0) }
    }

    /// - Returns: `nil` with less than two conditions, or where nothing moves.
    /// - Throws: `LinearAlgebraError`
    public func rotationOfFactors() throws -> RotationalDynamics? {
        let means = ConditionMeans(factors, labels: conditions, trials: usualTrials)
        guard means.names.count > 1 else { return nil }
        return try RotationalDynamics(means, binsPerSecond: binsPerSecond)
    }

    /// - Returns: `nil` with less than two conditions, or where nothing moves.
    /// - Throws: `LinearAlgebraError`
    public func rotationOfCounts() throws -> RotationalDynamics? {
        let means = ConditionMeans(
            counts.smoothed(standardDeviation: smoothingBins), labels: conditions, trials: usualTrials)
        guard means.names.count > 1 else { return nil }
        return try RotationalDynamics(
            means, scales: RotationalDynamics.softRanges(means, binsPerSecond: binsPerSecond),
            binsPerSecond: binsPerSecond)
    }
}
