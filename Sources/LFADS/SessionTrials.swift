import LinearAlgebra

/// One session as the model sees it: numbers, a name and a split. No dates, no files.
///
/// Units stand in an order that the caller chose (held-in units first); the model keeps it.
public struct SessionTrials: Sendable {
    /// Keys the session's parameters and its random draws.
    public let name: String
    public let trialCount: Int
    public let binCount: Int
    /// Reconstructed units; the leading `encodedUnitCount` are also encoded.
    public let unitCount: Int
    public let encodedUnitCount: Int
    /// `[trialCount, binCount, unitCount]`
    public private(set) var values: [Float]
    public let externalInputCount: Int
    /// `[trialCount, binCount, externalInputCount]`
    public private(set) var externalInputs: [Float]
    public let trainingTrials: [Int]
    public let validationTrials: [Int]
    let randomKey: UInt64

    public init(
        name: String, trialCount: Int, binCount: Int, unitCount: Int, encodedUnitCount: Int,
        values: [Float], externalInputCount: Int = 0, externalInputs: [Float] = [],
        trainingTrials: [Int], validationTrials: [Int]
    ) throws {
        func require(_ condition: Bool, _ what: String, _ expected: String) throws {
            guard condition else {
                throw LFADSError.invalidData(session: name, what: what, expected: expected)
            }
        }
        try require(
            values.count == trialCount * binCount * unitCount, "\(values.count) values",
            "\(trialCount) trials × \(binCount) bins × \(unitCount) units")
        try require(
            externalInputs.count == trialCount * binCount * externalInputCount,
            "\(externalInputs.count) external inputs",
            "\(trialCount) trials × \(binCount) bins × \(externalInputCount) inputs")
        try require(
            encodedUnitCount > 0 && encodedUnitCount <= unitCount,
            "\(encodedUnitCount) encoded of \(unitCount) units", "at least one")
        try require(!trainingTrials.isEmpty, "no training trials", "at least one")
        try require(!validationTrials.isEmpty, "no held-out trials", "at least one")
        try require(
            (trainingTrials + validationTrials).allSatisfy { (0..<trialCount).contains($0) },
            "a trial of the split lies outside the session", "indices below \(trialCount)")
        self.name = name
        self.trialCount = trialCount
        self.binCount = binCount
        self.unitCount = unitCount
        self.encodedUnitCount = encodedUnitCount
        self.values = values
        self.externalInputCount = externalInputCount
        self.externalInputs = externalInputs
        self.trainingTrials = trainingTrials
        self.validationTrials = validationTrials
        randomKey = RandomStream.key(for: name)
    }

    mutating func setTrial(_ trial: Int, values new: [Float], externalInputs inputs: [Float]) {
        let (size, inputSize) = (binCount * unitCount, binCount * externalInputCount)
        precondition(
            new.count == size && inputs.count == inputSize,
            "\(new.count) values and \(inputs.count) inputs for \(size) and \(inputSize)")
        values.replaceSubrange((trial * size)..<((trial + 1) * size), with: new)
        externalInputs.replaceSubrange(
            (trial * inputSize)..<((trial + 1) * inputSize), with: inputs)
    }

    /// The values of a trial, `[binCount, unitCount]`, where they lie.
    func withValues<Result>(ofTrial trial: Int, _ body: (UnsafePointer<Float>) -> Result) -> Result {
        values.withUnsafeBufferPointer {
            guard let base = $0.baseAddress else {
                preconditionFailure("a session has trials and units")
            }
            return body(base + trial * binCount * unitCount)
        }
    }
}
