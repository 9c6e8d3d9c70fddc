/// How a reaching world is made. Spreads of logarithms are standard deviations.
public struct ReachingSettings: Sendable, Equatable {
    /// What kind of array records the days. It sets bins, rates and tuning; each can be set otherwise.
    public enum ElectrodeArray: String, Sendable, CaseIterable {
        /// Threshold crossings: 96 multi-units of some 40 Hz, in 32 bins of 50 ms.
        case dense
        /// Sorted cells: 140 units of some 3 Hz, in 45 bins of 20 ms.
        case sparse
    }

    // MARK: Days

    /// Recording days.
    public var sessions = 5
    /// Targets, evenly on a circle, each a condition.
    public var conditions = 8
    /// How many trials a day has is drawn from this range.
    public var trials = 100...200
    /// Share of the days that lack conditions.
    public var lackingShare = 0.0
    /// How many conditions such a day lacks.
    public var lackedConditions = 2
    /// Calendar days from one recording to the next.
    public var daysBetween = 2
    /// Of each condition and day, every k-th trial is held out for validation.
    public var validEvery = 5

    // MARK: Trials

    /// Bins of a trial.
    public var bins = 32
    /// Width of a bin.
    public var binMilliseconds = 50.0
    /// From the start of a trial to the go cue, on which trials are aligned.
    public var cueMilliseconds = 300.0
    /// Median time from the go cue to the onset of movement.
    public var reactionMilliseconds = 250.0
    /// Of the logarithm of single trials' reaction times.
    public var reactionSpread = 0.18
    /// Of single trials' initial states around their condition's, in each dimension; a condition's own is
    /// of length 1 in its leading plane.
    public var initialStateSpread = 0.2
    /// Of the logarithm of single trials' amplitudes.
    public var amplitudeSpread = 0.12
    /// Share of the trials in which an input arrives at a time of its own and corrects the movement.
    public var inputShare = 0.3
    /// Strength of such an input; 1: as much as what starts a movement.
    public var inputStrength = 0.6

    // MARK: Units

    /// Units of every day, before some merge or are absent.
    public var units = 96
    /// Median over units of the mean rate, Hz, of which dead time takes some.
    public var medianRateHz = 38.0
    /// Of the logarithm of units' mean rates.
    public var rateSpread = 0.6
    /// After a spike of a source nothing else of it is seen for so long: rates stay below 1/that, as they do on
    /// real electrodes.
    public var deadMilliseconds = 2.0
    /// Standard deviation of a unit's log-rate in a condition's course; drawn from this range.
    public var modulation = 0.25...0.65
    /// Share of that variance (on average) that all conditions have in common: the onset of movement.
    public var commonShare = 0.7
    /// Share of a day's units that the day before had too, under the same names.
    public var keptShare = 0.95
    /// Share of every day's units that are in pairs recorded as one.
    public var mergedShare = 0.06
    /// At most this share of the units is absent on a day, and back on another.
    public var absentShare = 0.06
    /// Of a unit's log-rate, slowly over the trials of a day.
    public var baselineDriftWithin = 0.06
    /// Of the step that a unit's log-rate takes from day to day.
    public var baselineDriftBetween = 0.1
    /// Of the logarithm of a unit's modulation, slowly over the trials of a day.
    public var gainDriftWithin = 0.08
    /// Of the step that the logarithm of a unit's modulation takes from day to day.
    public var gainDriftBetween = 0.1
    /// Share of a drift that is left on the next day. With 0.9 the spread over units comes to 2.3 steps, and stays.
    public var driftKept = 0.9
    /// Dimensions of noise that a day has for itself.
    public var privateDimensions = 3
    /// Standard deviation of a unit's log-rate by that noise, on average over units.
    public var privateStrength = 0.1

    // MARK: Labels

    /// Share of the trials that carry the label of another condition.
    public var mislabelledShare = 0.0
    /// A day, counted from 0, whose labels are mirrored: target k is called −k.
    public var mirroredSession: Int?

    /// Keep true rates of held-out trials only: files shrink to a fraction.
    public var trueRatesOfHeldOutTrialsOnly = false
    /// Of all random draws.
    public var seed: UInt64 = 1
    /// Name of the subject; names of sessions begin with it, in lower case.
    public var subject = "Reaching"
    /// Date of the first day, `YYYY-MM-DD`.
    public var firstDate = "2024-01-15"

    /// Five days of an array.
    public init(_ array: ElectrodeArray = .dense) {
        guard array == .sparse else { return }
        bins = 45
        binMilliseconds = 20
        cueMilliseconds = 200
        reactionMilliseconds = 220
        units = 140
        medianRateHz = 2.5
        rateSpread = 1.2
        modulation = 0.25...0.75
        commonShare = 0.1
        keptShare = 0.8
        mergedShare = 0.02
    }

    /// An array over about three months: days of 100 to 250 trials, a third of them without two of the
    /// eight conditions.
    public static func months(
        sessions: Int = 44, _ array: ElectrodeArray = .dense
    ) -> ReachingSettings {
        var settings = ReachingSettings(array)
        settings.sessions = sessions
        settings.daysBetween = max(1, 88 / max(1, sessions))
        settings.trials = 100...250
        settings.lackingShare = 1.0 / 3
        settings.subject = "Months"
        return settings
    }

    /// Multiplies all four spreads of drift.
    public mutating func scaleDrift(by factor: Double) {
        baselineDriftWithin *= factor
        baselineDriftBetween *= factor
        gainDriftWithin *= factor
        gainDriftBetween *= factor
    }

    /// Session names begin with the subject's, in lower case: `reaching-2024-01-15`.
    var sessionPrefix: String { subject.lowercased() }
    var secondsPerBin: Double { binMilliseconds / 1000 }
    var cueSeconds: Double { cueMilliseconds / 1000 }
    var reactionSeconds: Double { reactionMilliseconds / 1000 }
}
