import ArgumentParser
import Synthesis

/// What can be said about a reaching world on the command line. What isn't said is as in the settings that the
/// command begins with.
struct ReachingOptions: ParsableArguments {
    @Option(
        name: .long,
        help: "dense: threshold crossings, 96 of some 40 Hz; sparse: sorted units, 140 of some 3 Hz.")
    var array = "dense"
    @Option(name: .long, help: "Targets on a circle. (default: 8)")
    var conditions: Int?
    @Option(name: .long, help: "Range of the trials of a day. (default: 100-200; months: 100-250)")
    var trials: String?
    @Option(name: .long, help: "Share of the days that lack conditions. (default: 0; months: a third)")
    var lacking: Double?
    @Option(name: .long, help: "Conditions that such a day lacks. (default: 2)")
    var lackedConditions: Int?
    @Option(name: .long, help: "Bins of a trial. (default: dense 32, sparse 45)")
    var bins: Int?
    @Option(name: .long, help: "Width of a bin in milliseconds. (default: dense 50, sparse 20)")
    var binMs: Double?
    @Option(name: .long, help: "Units of every day, before some merge or are absent.")
    var units: Int?
    @Option(name: .long, help: "Median over units of the mean rate in Hz. (default: dense 38, sparse 2.5)")
    var rateHz: Double?
    @Option(name: .long, help: "Initial states: standard deviation within a condition. (default: 0.2)")
    var initialSpread: Double?
    @Option(name: .long, help: "Reaction times: standard deviation of the logarithm. (default: 0.18)")
    var reactionSpread: Double?
    @Option(name: .long, help: "Amplitudes: standard deviation of the logarithm. (default: 0.12)")
    var amplitudeSpread: Double?
    @Option(name: .long, help: "Share of the trials with an input at an unknown time. (default: 0.3)")
    var inputShare: Double?
    @Option(
        name: .long,
        help: "Share of a day's units that the day before had, by name. (default: dense 0.95, sparse 0.8)")
    var keptUnits: Double?
    @Option(name: .long, help: "Share of the units in merged pairs. (default: dense 0.06, sparse 0.02)")
    var mergedUnits: Double?
    @Option(name: .long, help: "At most this share of the units is absent on a day. (default: 0.06)")
    var absentUnits: Double?
    @Option(name: .long, help: "Factor on all drift, within and between days; 0: none. (default: 1)")
    var drift: Double?
    @Option(name: .long, help: "Dimensions of noise that each day has for itself. (default: 3)")
    var privateDimensions: Int?
    @Option(name: .long, help: "Standard deviation of log-rates by that noise. (default: 0.1)")
    var privateStrength: Double?
    @Option(name: .long, help: "Share of the trials with the label of another condition. (default: 0)")
    var mislabelled: Double?
    @Option(name: .long, help: "A day, counted from 1, whose labels are mirrored: target k is called -k.")
    var mirroredSession: Int?
    @Option(name: .long, help: "Every k-th trial of a condition is held out. (default: 5)")
    var validEvery: Int?
    @Option(name: .long, help: "Subject; session names begin with it. (default: that of the command)")
    var subject: String?
    @Option(name: .long, help: "Date of the first day. (default: 2024-01-15)")
    var firstDate: String?
    @Option(name: .long, help: "Days between two sessions. (default: 2; months: 88 / sessions)")
    var daysBetween: Int?
    @Option(name: .long, help: "Seed.")
    var seed: UInt64 = 1

    func electrodeArray() throws -> ReachingSettings.ElectrodeArray {
        guard let kind = ReachingSettings.ElectrodeArray(rawValue: array) else {
            throw ValidationError("--array is \(array); expected dense or sparse.")
        }
        return kind
    }

    /// Settings with what was said.
    func applied(to settings: ReachingSettings) throws -> ReachingSettings {
        var settings = settings
        func set<Value>(_ value: Value?, _ path: WritableKeyPath<ReachingSettings, Value>) {
            if let value { settings[keyPath: path] = value }
        }
        set(conditions, \.conditions)
        set(try trials.map(Self.range), \.trials)
        set(lacking, \.lackingShare)
        set(lackedConditions, \.lackedConditions)
        set(bins, \.bins)
        set(binMs, \.binMilliseconds)
        set(units, \.units)
        set(rateHz, \.medianRateHz)
        set(initialSpread, \.initialStateSpread)
        set(reactionSpread, \.reactionSpread)
        set(amplitudeSpread, \.amplitudeSpread)
        set(inputShare, \.inputShare)
        set(keptUnits, \.keptShare)
        set(mergedUnits, \.mergedShare)
        set(absentUnits, \.absentShare)
        settings.scaleDrift(by: drift ?? 1)
        set(privateDimensions, \.privateDimensions)
        set(privateStrength, \.privateStrength)
        set(mislabelled, \.mislabelledShare)
        if let mirroredSession { settings.mirroredSession = mirroredSession - 1 }
        set(validEvery, \.validEvery)
        set(subject, \.subject)
        set(firstDate, \.firstDate)
        set(daysBetween, \.daysBetween)
        settings.seed = seed
        return settings
    }

    private static func range(_ text: String) throws -> ClosedRange<Int> {
        let ends = text.split(separator: "-").map { Int($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last
        else {
            throw ValidationError("--trials is \(text); expected a range such as 100-200, or one number.")
        }
        return first...last
    }
}
