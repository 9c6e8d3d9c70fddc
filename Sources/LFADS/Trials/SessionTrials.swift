import CKernels
import LinearAlgebra
public import TrialArrays

/// One session's trials as a model sees them: numbers, a name and a split. No dates, no files.
///
/// Units stand in an order that the caller chose (held-in units first); the model keeps it. A split is
/// needed for training alone: a single trial that no file holds is a session like any other.
public struct SessionTrials: Sendable {
    /// All of it but the arrays.
    public let outline: SessionOutline
    /// `[trials, bins, units]`, whatever the observation model describes: counts, in most cases. NaN where a sample
    /// was not observed.
    public let counts: CompactTrialArray
    /// `nil` where every sample was observed.
    let observed: ObservedSamples?
    /// `[trials, bins, inputs]`
    public let externalInputs: TrialArray

    /// Keys the session's parameters and its random draws.
    public var name: String { outline.name }
    /// Leading units that are encoded; all are reconstructed.
    public var encodedUnitCount: Int { outline.encodedUnitCount }
    /// Places of the trials that are learnt from.
    public var trainingTrials: [Int] { outline.trainingTrials }
    /// Places of the trials that choose the best epoch.
    public var validationTrials: [Int] { outline.validationTrials }
    /// Trials of the session.
    public var trialCount: Int { counts.trialCount }
    /// Bins of every trial.
    public var binCount: Int { counts.binCount }
    /// All units, encoded or not.
    public var unitCount: Int { counts.columnCount }
    /// Columns of the external inputs.
    public var externalInputCount: Int { externalInputs.columnCount }
    /// How a model knows the session.
    public var shape: SessionShape { outline.shape }
    var randomKey: UInt64 { outline.randomKey }

    /// Gives a model trials.
    ///
    /// - Parameters:
    ///   - name: keys the session's parameters and its random draws.
    ///   - counts: `[trials, bins, units]`, encoded units first; NaN where a sample was not observed. The
    ///     encoder sees 0 there, and the loss does not count it. They are kept in as few bytes as hold them.
    ///   - encodedUnitCount: leading units that are encoded.
    ///   - externalInputs: `[trials, bins, inputs]`; `nil` = none.
    ///   - trainingTrials: places of the trials to learn from.
    ///   - validationTrials: places of the trials to choose the best epoch by.
    /// - Throws: `LFADSError.invalidData`
    public init(
        name: String, counts: TrialArray, encodedUnitCount: Int, externalInputs: TrialArray? = nil,
        trainingTrials: [Int] = [], validationTrials: [Int] = []
    ) throws {
        try self.init(
            name: name, counts: CompactTrialArray(counts), encodedUnitCount: encodedUnitCount,
            externalInputs: externalInputs, trainingTrials: trainingTrials,
            validationTrials: validationTrials)
    }

    /// Gives a model trials that are stored already; otherwise the same.
    ///
    /// - Throws: `LFADSError.invalidData`
    public init(
        name: String, counts: CompactTrialArray, encodedUnitCount: Int, externalInputs: TrialArray? = nil,
        trainingTrials: [Int] = [], validationTrials: [Int] = []
    ) throws {
        let inputs =
            externalInputs
            ?? TrialArray(
                trials: counts.trials, bins: counts.bins, columns: ColumnAxis(.input, count: 0), values: [])
        observed = ObservedSamples(counts)
        self.counts = counts
        self.externalInputs = inputs
        // Trials outside the session are refused below.
        let share = Self.observedShare(
            observed, trainingTrials: trainingTrials.filter { counts.trials.places.indices.contains($0) },
            trialSize: counts.trialSize)
        outline = SessionOutline(
            name: name, trialCount: counts.trialCount, binCount: counts.binCount,
            unitCount: counts.columnCount, encodedUnitCount: encodedUnitCount,
            trainingTrials: trainingTrials, validationTrials: validationTrials, observedShare: share)
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
    /// is measured by, and samples that were observed in both.
    ///
    /// - Throws: `LFADSError.invalidData`
    public func requireSplit() throws {
        for (trials, what) in [(trainingTrials, "training trials"), (validationTrials, "held-out trials")] {
            try require(!trials.isEmpty, "no \(what)", "at least one")
            try require(
                trials.contains { observedCount(ofTrial: $0) > 0 },
                "\(what) of which no sample was observed", "at least one")
        }
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

    /// The values of a trial and, where some were not observed, 1 for each that was, both `[bins, units]`: where they lie, or
    /// widened in the room given. What was not observed is 0.
    @inline(__always)
    func withSamples<Result>(
        ofTrial trial: Int, _ room: SampleRoom,
        _ body: (UnsafePointer<Float>, UnsafePointer<UInt8>?) throws -> Result
    ) rethrows -> Result {
        let size = counts.trialSize
        return try counts.withCodes(ofTrial: trial) { codes in
            if case .floats(let values) = codes, !counts.hasGaps { return try body(values, nil) }
            room.reserve(size, hasGaps: counts.hasGaps)
            let values = room.values.base
            let observed = counts.hasGaps ? room.observed.base : nil
            switch codes {
            case .bytes(let codes): loops.pointee.widen_bytes(size, codes, values, observed)
            case .words(let codes): loops.pointee.widen_words(size, codes, values, observed)
            case .floats(let codes): loops.pointee.fill_gaps(size, codes, values, observed)
            }
            return try body(values, observed.map { UnsafePointer($0) })
        }
    }

    /// Σ over a trial's bins and units of the likelihood's terms that depend on the data alone.
    func constant(ofTrial trial: Int, _ observation: ObservationModel) -> Double {
        counts[trial: trial].reduce(0) { $0 + observation.constant($1) }
    }
}

/// Where a worker widens the values of one trial after the other.
final class SampleRoom {
    let values = FloatBuffer()
    let observed = MaskBuffer()

    func reserve(_ count: Int, hasGaps: Bool) {
        values.reserve(count)
        if hasGaps { observed.reserve(count) }
    }

    var byteCount: Int { values.byteCount + observed.byteCount }
}
