import ArrayFiles
public import LFADS
public import Recordings
public import TrialArrays

/// A recording made ready for the model: its units in the model's own order.
///
/// The model's order of units is by content (held-in units first, then by a hash of what each unit
/// did), and its order of conditions by first appearance. Neither depends on the order or the names
/// in the file, so permuting the units of a day, or calling its conditions something else, changes
/// no number.
public struct PreparedSession: Sendable {
    public let recording: Recording
    /// Place in the recording of each of the model's units.
    public let unitOrder: [Int]
    /// Leading units that the encoder sees.
    public let encodedUnitCount: Int
    public let trials: SessionTrials

    /// Trials of conditions that the run keeps back; they take part in nothing but the evaluation.
    public let excludedTrials: [Int]

    public var name: String { recording.session }
    public var trainingTrials: [Int] { trials.trainingTrials }
    public var validationTrials: [Int] { trials.validationTrials }

    /// - Parameters:
    ///   - holdOut: what the run keeps back beside the recording's own split.
    ///   - trainingTrialLimit: the first so many training trials alone; the others take no part.
    /// - Throws: `StitchingError.nothingLeft` for a recording without encoded units, training or
    ///   held-out trials after that; `LFADSError.invalidData` for one that had none before.
    public init(
        _ source: Recording, holdOut: HoldOut = HoldOut(), trainingTrialLimit: Int? = nil
    ) throws {
        var recording = source
        let content = Self.contentOrder(of: source)
        let heldOut = holdOut.heldOutUnits(of: source, contentOrder: content)
        for (index, isHeldOut) in heldOut.enumerated() {
            recording.units[index].heldOut = isHeldOut
        }
        self.recording = recording
        let order = content.filter { !heldOut[$0] } + content.filter { heldOut[$0] }
        let excluded = Set(holdOut.conditions)
        excludedTrials = recording.trials.indices.filter { index in
            recording.trials[index].condition.map(excluded.contains) ?? false
        }
        let isExcluded = Set(excludedTrials)
        func trials(_ split: Recording.Split) -> [Int] {
            recording.trials.indices.filter {
                recording.trials[$0].split == split && !isExcluded.contains($0)
            }
        }
        if holdOut != HoldOut() {
            for (what, isMissing) in [
                ("encoded unit", heldOut.allSatisfy { $0 }), ("training trial", trials(.train).isEmpty),
                ("held-out trial", trials(.valid).isEmpty),
            ] where isMissing { throw StitchingError.nothingLeft(session: source.session, what: what) }
        }
        unitOrder = order
        encodedUnitCount = recording.units.filter { !$0.heldOut }.count
        let axis = TrialAxis(conditions: recording.trials.map(\.condition))
        let bins = BinAxis(count: recording.binCount, milliseconds: recording.binMilliseconds)
        self.trials = try SessionTrials(
            name: recording.session,
            counts: TrialArray(
                trials: axis, bins: bins,
                columns: ColumnAxis(.unit, names: order.map { recording.units[$0].name }),
                values: Self.reordered(recording.values, order)),
            encodedUnitCount: encodedUnitCount,
            externalInputs: TrialArray(
                trials: axis, bins: bins,
                columns: ColumnAxis(.input, names: recording.externalInputNames),
                values: recording.externalInputs),
            trainingTrials: Array(trials(.train).prefix(trainingTrialLimit ?? .max)),
            validationTrials: trials(.valid))
        try self.trials.requireSplit()
    }

    /// Back to the recording's order: the columns of `array` are the model's units.
    public func inRecordingOrder(_ array: TrialArray) -> TrialArray {
        var places = [Int](repeating: 0, count: unitOrder.count)
        for (place, unit) in unitOrder.enumerated() { places[unit] = place }
        return array.selecting(columns: places)
    }

    /// Into the model's order: the last axis of `values` holds the recording's units.
    func inModelOrder(_ values: [Float]) -> [Float] { Self.reordered(values, unitOrder) }

    private static func reordered(_ values: [Float], _ order: [Int]) -> [Float] {
        let units = order.count
        return [Float](unsafeUninitializedCapacity: values.count) { buffer, count in
            for row in 0..<(values.count / units) {
                for (place, unit) in order.enumerated() {
                    buffer[row * units + place] = values[row * units + unit]
                }
            }
            count = values.count
        }
    }

    private static func contentOrder(of recording: Recording) -> [Int] {
        let units = recording.units.count
        let rows = recording.trialCount * recording.binCount
        let keys = (0..<units).map { unit -> String in
            let hash = ContentHash()
            hash.update((0..<rows).map { recording.values[$0 * units + unit] })
            return hash.hexadecimal()
        }
        // Equal content (two silent units) leaves the names to decide.
        return (0..<units).sorted {
            (keys[$0], recording.units[$0].name) < (keys[$1], recording.units[$1].name)
        }
    }
}
