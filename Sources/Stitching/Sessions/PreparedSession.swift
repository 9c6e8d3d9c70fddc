import ArrayFiles
public import LFADS
public import Recordings
public import TrialArrays

/// A recording made ready for the model: its units in the model's own order.
///
/// The model's order of units is by content (held-in units first, then by a hash of what each unit
/// did), and its order of conditions by first appearance. Neither depends on the order or the names
/// in the file, so permuting the units of a day, or calling its conditions something else, changes
/// no number. The counts are held once, in the model's order.
public struct PreparedSession: Sendable {
    /// What is known of the recording beside its arrays, units in the recording's order. Units that the run
    /// keeps back are marked as held out.
    public let recording: RecordingMetadata
    /// Behaviour, `[trials, bins, channels]`; NaN where not measured.
    public let behavior: TrialArray
    /// True rates in Hz, `[trials, bins, units]`, units in the recording's order; `nil` where they are not
    /// known, or were not read.
    public let trueRates: TrialArray?
    /// Place in the recording of each of the model's units.
    public let unitOrder: [Int]
    /// Place in the model of each of the recording's units.
    public let unitPlaces: [Int]
    /// Leading units that the encoder sees.
    public let encodedUnitCount: Int
    /// Counts and external inputs as the model reads them.
    public let trials: SessionTrials

    /// Trials of conditions that the run keeps back; they take part in nothing but the evaluation.
    public let excludedTrials: [Int]
    /// Places of the test trials, without those of such conditions: they take part in nothing but the
    /// evaluation. Empty for a recording without a test part.
    public let testTrials: [Int]

    /// Name of the session.
    public var name: String { recording.session }
    /// Places of the trials to train on.
    public var trainingTrials: [Int] { trials.trainingTrials }
    /// Places of the held-out trials.
    public var validationTrials: [Int] { trials.validationTrials }

    /// Makes a recording ready for a run.
    ///
    /// - Parameters:
    ///   - source: the recording.
    ///   - holdOut: what the run keeps back beside the recording's own split.
    ///   - trainingTrialLimit: the first so many training trials alone; the others take no part.
    ///   - folder: where a file without a name is made that holds the counts, so that they can be more than the memory
    ///     holds; `nil` = in memory.
    /// - Throws: `StitchingError.nothingLeft` for a recording without encoded units, training or
    ///   held-out trials after that; `LFADSError.invalidData` for one that had none before.
    public init(
        _ source: Recording, holdOut: HoldOut = HoldOut(), trainingTrialLimit: Int? = nil,
        inFileIn folder: String? = nil
    ) throws {
        var recording = source.metadata
        let counts = source.countArray
        let content = UnitContent.order(of: counts, trials: recording.trials)
        let heldOut = holdOut.heldOutUnits(of: recording, contentOrder: content)
        for (index, isHeldOut) in heldOut.enumerated() {
            recording.units[index].heldOut = isHeldOut
        }
        self.recording = recording
        behavior = source.behaviorArray
        trueRates = source.trueRateArray
        let order = content.filter { !heldOut[$0] } + content.filter { heldOut[$0] }
        let excluded = Set(holdOut.conditions)
        excludedTrials = recording.trials.indices.filter { index in
            recording.trials[index].condition.map(excluded.contains) ?? false
        }
        let isExcluded = Set(excludedTrials)
        func trials(_ split: Recording.Split) -> [Int] {
            recording.trialIndices(split).filter { !isExcluded.contains($0) }
        }
        if holdOut != HoldOut() {
            for (what, isMissing) in [
                ("encoded unit", heldOut.allSatisfy { $0 }), ("training trial", trials(.train).isEmpty),
                ("held-out trial", trials(.valid).isEmpty),
            ] where isMissing { throw StitchingError.nothingLeft(session: source.session, what: what) }
        }
        unitOrder = order
        unitPlaces = order.indices.sorted { order[$0] < order[$1] }
        encodedUnitCount = recording.units.filter { !$0.heldOut }.count
        testTrials = trials(.test)
        self.trials = try SessionTrials(
            name: recording.session,
            counts: try folder.map { try CompactTrialArray(counts, columns: order, inFileIn: $0) }
                ?? CompactTrialArray(counts, columns: order),
            encodedUnitCount: encodedUnitCount, externalInputs: source.externalInputArray,
            trainingTrials: Array(trials(.train).prefix(trainingTrialLimit ?? .max)),
            validationTrials: trials(.valid))
        try self.trials.requireSplit()
    }

    // MARK: The recording's order

    /// Counts (or signal values), `[trials, bins, units]`, units in the recording's order; NaN where a sample was not
    /// observed. Put together anew at every call.
    public var countsInRecordingOrder: TrialArray { inRecordingOrder(trials.counts.widened()) }

    /// Back to the recording's order: the columns of `array` are the model's units.
    public func inRecordingOrder(_ array: TrialArray) -> TrialArray {
        array.selecting(columns: unitPlaces)
    }

    /// The recording with its arrays, units that the run keeps back marked as held out. Put together anew at
    /// every call.
    public func wholeRecording() -> Recording {
        Recording(
            recording, values: countsInRecordingOrder.values, behavior: behavior.values,
            externalInputs: trials.externalInputs.values, trueRates: trueRates?.values)
    }

    /// Into the model's order: the last axis of `values` holds the recording's units.
    func inModelOrder(_ values: [Float]) -> [Float] { reordered(values, unitOrder) }

    private func reordered(_ values: [Float], _ places: [Int]) -> [Float] {
        TrialArray(
            trials: TrialAxis(count: values.count / places.count), bins: .once,
            columns: recording.unitAxis, values: values
        ).selecting(columns: places).values
    }
}

/// Units by what they did, whatever their names and places in a file.
private enum UnitContent {
    /// Rows of counts that are read at a time.
    private static let block = 4096

    /// Places of the units, ordered by a hash of what each did in trials that a run may see: which unit
    /// gets which random numbers must not depend on test trials.
    static func order(of counts: TrialArray, trials: [Recording.Trial]) -> [Int] {
        let seen = trials.indices.filter { trials[$0].split != .test }
        let counts = seen.count < trials.count ? counts.selecting(trials: seen) : counts
        let hashes = (0..<counts.columnCount).map { _ in ContentHash() }
        counts.forEachColumn(inBlocksOf: block) { hashes[$0].update($1) }
        let keys = hashes.map { $0.hexadecimal() }
        let names = counts.columns.names
        // Equal content (two silent units) leaves the names to decide.
        return names.indices.sorted { (keys[$0], names[$0]) < (keys[$1], names[$1]) }
    }
}
