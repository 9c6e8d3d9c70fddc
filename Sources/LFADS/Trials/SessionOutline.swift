import LinearAlgebra

/// What is known of a session's trials beside their arrays: enough to plan a training in which another process
/// holds the arrays.
public struct SessionOutline: Sendable, Equatable, Codable {
    /// Keys the session's parameters and its random draws.
    public let name: String
    /// Trials of the session.
    public let trialCount: Int
    /// Bins of every trial.
    public let binCount: Int
    /// All units, encoded or not.
    public let unitCount: Int
    /// Leading units that are encoded.
    public let encodedUnitCount: Int
    /// Places of the trials that are learnt from.
    public let trainingTrials: [Int]
    /// Places of the trials that choose the best epoch.
    public let validationTrials: [Int]
    let randomKey: UInt64
    /// Share of the training trials' samples that were observed.
    let observedShare: Double

    init(
        name: String, trialCount: Int, binCount: Int, unitCount: Int, encodedUnitCount: Int,
        trainingTrials: [Int], validationTrials: [Int], observedShare: Double
    ) {
        self.name = name
        self.trialCount = trialCount
        self.binCount = binCount
        self.unitCount = unitCount
        self.encodedUnitCount = encodedUnitCount
        self.trainingTrials = trainingTrials
        self.validationTrials = validationTrials
        self.observedShare = observedShare
        randomKey = RandomStream.key(for: name)
    }

    /// How a model knows the session.
    public var shape: SessionShape {
        SessionShape(name: name, encodedUnitCount: encodedUnitCount, unitCount: unitCount)
    }
}
