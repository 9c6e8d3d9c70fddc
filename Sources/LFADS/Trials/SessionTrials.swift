import LinearAlgebra
public import TrialArrays

/// One session's trials as a model sees them: numbers, a name and a split. No dates, no files.
///
/// Units stand in an order that the caller chose (held-in units first); the model keeps it. A split is
/// needed for training alone: a single trial that no file holds is a session like any other.
public struct SessionTrials: Sendable {
    /// Keys the session's parameters and its random draws.
    public let name: String
    /// `[trials, bins, units]`, whatever the observation model describes: counts, in most cases.
    public let counts: TrialArray
    /// Leading units that are encoded; all are reconstructed.
    public let encodedUnitCount: Int
    /// `[trials, bins, inputs]`
    public let externalInputs: TrialArray
    /// Places of the trials that are learnt from.
    public let trainingTrials: [Int]
    /// Places of the trials that choose the best epoch.
    public let validationTrials: [Int]
    let randomKey: UInt64

    /// Trials of the session.
    public var trialCount: Int { counts.trialCount }
    /// Bins of every trial.
    public var binCount: Int { counts.binCount }
    /// All units, encoded or not.
    public var unitCount: Int { counts.columnCount }
    /// Columns of the external inputs.
    public var externalInputCount: Int { externalInputs.columnCount }
    /// How a model knows the session.
    public var shape: SessionShape {
        SessionShape(name: name, encodedUnitCount: encodedUnitCount, unitCount: unitCount)
    }

    /// Gives a model trials.
    ///
    /// - Parameters:
    ///   - name: keys the session's parameters and its random draws.
    ///   - counts: `[trials, bins, units]`, encoded units first.
    ///   - encodedUnitCount: leading units that are encoded.
    ///   - externalInputs: `[trials, bins, inputs]`; `nil` = none.
    ///   - trainingTrials: places of the trials to learn from.
    ///   - validationTrials: places of the trials to choose the best epoch by.
    /// - Throws: `LFADSError.invalidData`
    public init(
        name: String, counts: TrialArray, encodedUnitCount: Int, externalInputs: TrialArray? = nil,
        trainingTrials: [Int] = [], validationTrials: [Int] = []
    ) throws {
        let inputs =
            externalInputs
            ?? TrialArray(
                trials: counts.trials, bins: counts.bins, columns: ColumnAxis(.input, count: 0), values: [])
        self.name = name
        self.counts = counts
        self.encodedUnitCount = encodedUnitCount
        self.externalInputs = inputs
        self.trainingTrials = trainingTrials
        self.validationTrials = validationTrials
        randomKey = RandomStream.key(for: name)
        try require(
            inputs.trialCount == counts.trialCount && inputs.binCount == counts.binCount,
            "external inputs of \(inputs.trialCount) trials × \(inputs.binCount) bins",
            "\(counts.trialCount) trials × \(counts.binCount) bins")
        try require(
            encodedUnitCount > 0 && encodedUnitCount <= unitCount,
            "\(encodedUnitCount) encoded of \(unitCount) units", "at least one")
        try requireTrials(trainingTrials + validationTrials, "of the split")
    }

    /// Whether a model can be trained on the session: it needs trials to learn from and others that it
    /// is measured by.
    ///
    /// - Throws: `LFADSError.invalidData`
    public func requireSplit() throws {
        try require(!trainingTrials.isEmpty, "no training trials", "at least one")
        try require(!validationTrials.isEmpty, "no held-out trials", "at least one")
    }

    func requireTrials(_ chosen: [Int], _ what: String) throws {
        try require(
            chosen.allSatisfy { (0..<trialCount).contains($0) },
            "a trial \(what) lies outside the session", "indices below \(trialCount)")
    }

    private func require(_ condition: Bool, _ what: String, _ expected: String) throws {
        guard condition else {
            throw LFADSError.invalidData(session: name, what: what, expected: expected)
        }
    }

    // MARK: Where passes read

    /// The values of a trial, `[bins, units]`, where they lie.
    func withValues<Result>(ofTrial trial: Int, _ body: (UnsafePointer<Float>) -> Result) -> Result {
        counts.values.withUnsafeBufferPointer {
            guard let base = $0.baseAddress else {
                preconditionFailure("a session has trials and units")
            }
            return body(base + trial * counts.trialSize)
        }
    }

    /// Σ over a trial's bins and units of the likelihood's terms that depend on the data alone.
    func constant(ofTrial trial: Int, _ observation: ObservationModel) -> Double {
        counts[trial: trial].reduce(0) { $0 + observation.constant($1) }
    }
}
