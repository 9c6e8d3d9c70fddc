import Recordings

/// How a synthetic world is made.
public struct LorenzSettings: Sendable, Equatable {
    /// Recording days.
    public var sessions = 3
    /// Conditions, each with a trajectory of its own.
    public var conditions = 65
    /// Trials of each condition on each day.
    public var trialsPerCondition = 20
    /// Bins of a trial.
    public var bins = 100
    /// Width of a bin.
    public var binMilliseconds = 20.0
    /// Time of the Lorenz system that passes in one bin.
    public var timePerBin = 0.015
    /// Units of each day; a shorter list is begun again, so `[30]` stands for 30 on every day.
    public var unitCounts = [35, 26, 35]
    /// Share of every day's units that the day before recorded too, under the same names.
    public var keptShare = 0.0
    /// Every unit's mean rate over all conditions and bins is drawn from this range, in Hz.
    public var meanRateHz = 5.0...20.0
    /// Every unit's length of loading (log-rate per standard deviation of a latent) likewise.
    public var loadingLength = 0.7...1.3
    /// Of each condition and day, every k-th trial is held out for validation.
    public var validEvery = 5
    /// Keep true rates of held-out trials only: files shrink to a fraction.
    public var trueRatesOfHeldOutTrialsOnly = false
    /// Of all random draws.
    public var seed: UInt64 = 1
    /// Name of the subject; names of sessions begin with it, in lower case.
    public var subject = "Lorenz"
    /// Date of the first day, `YYYY-MM-DD`.
    public var firstDate = "2024-01-15"
    /// Calendar days from one recording to the next.
    public var daysBetween = 61

    /// The world of the sample days.
    public init() {}

    /// Units of the `day`-th session, counted from 0.
    func unitCount(day: Int) -> Int { unitCounts[day % unitCounts.count] }

    /// The day on which a unit was recorded first, and its place there. Those that are kept stand first.
    func origin(ofUnit unit: Int, day: Int) -> (day: Int, unit: Int) {
        guard day > 0 else { return (day, unit) }
        let count = unitCount(day: day)
        let kept = min(Int((keptShare * Double(count)).rounded()), unitCount(day: day - 1))
        return unit < kept ? origin(ofUnit: unit, day: day - 1) : (day, unit)
    }

    /// Session names begin with the subject's, in lower case: `lorenz-2024-01-15`.
    var sessionPrefix: String { subject.lowercased() }

    /// - Throws: `SynthesisError` for the first setting that can't be.
    func validate() throws {
        func finite(_ range: ClosedRange<Double>) -> Bool {
            range.lowerBound.isFinite && range.upperBound.isFinite
        }
        try SynthesisError.require((1...10_000).contains(sessions), "sessions", sessions, "1 to 10000")
        try SynthesisError.require(
            (1...100_000).contains(conditions), "conditions", conditions, "1 to 100000")
        try SynthesisError.require(
            (1...100_000).contains(trialsPerCondition), "trials per condition", trialsPerCondition,
            "1 to 100000")
        try SynthesisError.require((1...100_000).contains(bins), "bins", bins, "1 to 100000")
        try SynthesisError.require(
            conditions * bins >= 2, "conditions × bins", conditions * bins,
            "at least 2, or there is nothing to standardise")
        try SynthesisError.require(
            binMilliseconds > 0 && binMilliseconds <= 1_000_000, "bin width", binMilliseconds,
            "milliseconds above 0 and at most 1000000")
        try SynthesisError.require(
            timePerBin.isFinite && timePerBin > 0 && timePerBin <= 10, "time per bin", timePerBin,
            "above 0 and at most 10")
        try SynthesisError.require(
            !unitCounts.isEmpty, "units", "[]", "a number for every session, or one for all")
        for count in unitCounts {
            try SynthesisError.require((1...100_000).contains(count), "units", count, "1 to 100000")
        }
        try SynthesisError.require(
            (0...1).contains(keptShare), "kept units", keptShare, "a share from 0 to 1")
        try SynthesisError.require(
            finite(meanRateHz) && meanRateHz.lowerBound > 0 && meanRateHz.upperBound <= 100_000,
            "mean rates", meanRateHz, "Hz above 0 and at most 100000")
        try SynthesisError.require(
            finite(loadingLength) && loadingLength.lowerBound >= 0 && loadingLength.upperBound <= 5,
            "loading lengths", loadingLength, "0 to 5")
        try SynthesisError.require(
            validEvery >= 2 && validEvery <= trialsPerCondition, "valid every", validEvery,
            "2 to the trials per condition, \(trialsPerCondition), so that both parts have trials")
        try SynthesisError.require(
            (1...100_000).contains(daysBetween), "days between", daysBetween, "1 to 100000")
        guard let first = CalendarDay(firstDate) else { throw SynthesisError.notADate(firstDate) }
        let last = first.advanced(by: (sessions - 1) * daysBetween)
        try SynthesisError.require(
            last.description.utf8.count == 10, "days between", daysBetween,
            "fewer, so that the last session is before the year 10000")
        if let problem = FileSafeName.problem(withSession: "\(sessionPrefix)-\(firstDate)") {
            throw SynthesisError.badName(setting: "subject", found: subject, problem: problem)
        }
    }
}
