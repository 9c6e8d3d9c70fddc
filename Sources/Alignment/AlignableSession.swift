public import TrialArrays

/// One session as an alignment sees it: counts, labels, behaviour and which trials may be looked at. It knows
/// neither files nor models.
public struct AlignableSession: Sendable {
    /// Name of the session.
    public let name: String
    /// Counts `[trials, bins, units]` with the trials' condition labels, NaN where a sample was not observed; the
    /// leading `encodedUnitCount` units are those that the encoder sees.
    public let counts: CompactTrialArray
    /// Leading units that the encoder sees.
    public let encodedUnitCount: Int
    /// Places of the trials that take part; the others are never looked at.
    public let trainingTrials: [Int]
    /// Behaviour `[trials, bins, channels]`, NaN where it was not measured; without channels if there is none.
    public let behavior: TrialArray
    /// Whether the trials are windows of a continuous recording, which can have no labels.
    public let isContinuous: Bool
    /// What the names of units belong to, such as subject and array: units of the same name are compared only
    /// between days on which this is the same.
    public let unitNames: String
    /// Whether any sample was not observed.
    var lacksSamples: Bool { counts.hasGaps }

    /// Describes a session to align.
    ///
    /// - Parameters:
    ///   - name: of the session.
    ///   - counts: `[trials, bins, units]`, encoded units first, with the trials' condition labels; NaN where a
    ///     sample was not observed.
    ///   - encodedUnitCount: leading units that the encoder sees.
    ///   - trainingTrials: places of the trials that take part.
    ///   - behavior: `[trials, bins, channels]`, NaN where it was not measured.
    ///   - isContinuous: whether the trials are windows of a continuous recording.
    ///   - unitNames: what the names of units belong to, such as subject and array.
    public init(
        name: String, counts: CompactTrialArray, encodedUnitCount: Int, trainingTrials: [Int],
        behavior: TrialArray, isContinuous: Bool = false, unitNames: String = ""
    ) {
        self.name = name
        self.counts = counts
        self.encodedUnitCount = encodedUnitCount
        self.trainingTrials = trainingTrials
        self.behavior = behavior
        self.isContinuous = isContinuous
        self.unitNames = unitNames
    }

    /// Describes a session to align of which the counts are at hand as they are; otherwise the same.
    public init(
        name: String, counts: TrialArray, encodedUnitCount: Int, trainingTrials: [Int],
        behavior: TrialArray, isContinuous: Bool = false, unitNames: String = ""
    ) {
        self.init(
            name: name, counts: CompactTrialArray(counts), encodedUnitCount: encodedUnitCount,
            trainingTrials: trainingTrials, behavior: behavior, isContinuous: isContinuous,
            unitNames: unitNames)
    }

    var binMilliseconds: Double { counts.bins.milliseconds ?? 1 }
    var conditions: [String?] { counts.trials.conditions }

    /// A standard deviation in milliseconds as bins.
    package func bins(milliseconds: Double) -> Double { milliseconds / binMilliseconds }
}
