public import Recordings

/// Recording days whose truth is known. All draws are keyed by the seed and the number of the day, so
/// that the same settings make the same days and further days leave the earlier ones as they are.
public protocol SyntheticWorld: Sendable {
    /// Recording days.
    var sessionCount: Int { get }
    /// What the names of the sessions and of the stitch manifest begin with: the subject, in lower case.
    var sessionPrefix: String { get }
    /// Lines of YAML with which the stitch manifest says what the defaults don't suit; each ends in a
    /// line break. Empty: all defaults.
    var stitchSettings: String { get }
    /// Channels of behaviour that the manifest of a day registers; the file may hold more.
    func registeredBehavior(of recording: Recording) -> [String]
    /// What the manifest of a day remarks on it, a line each.
    func remarks(on recording: Recording) -> [String]
    /// One day, counted from 0: counts, true rates in Hz, behaviour and latents.
    /// - Throws: `RecordingError` where no split can be made.
    func recording(day: Int) throws -> Recording
}

extension SyntheticWorld {
    /// All channels of the recording.
    public func registeredBehavior(of recording: Recording) -> [String] { recording.behaviorNames }

    /// Nothing.
    public func remarks(on recording: Recording) -> [String] { [] }

    /// All days, in the order of their dates.
    /// - Throws: `RecordingError` where no split can be made.
    public func recordings() throws -> [Recording] {
        try (0..<sessionCount).map { try recording(day: $0) }
    }
}

extension Recording {
    /// The recording with true rates of training trials unknown, which compresses to a fraction.
    func hidingTrueRatesOfTrainingTrials() -> Recording {
        var (result, rates) = (self, trueRateArray)
        for trial in trialIndices(.train) { rates?.fill(trial: trial, with: .nan) }
        result.trueRates = rates?.values
        return result
    }
}

extension CalendarDay {
    /// The date of a session, `YYYY-MM-DD`.
    ///
    /// - Parameter first: date of the first session; settings were checked to hold one, the fallback is
    ///   only what the compiler asks for.
    static func ofSession(_ session: Int, first: String, daysBetween: Int) -> String {
        (CalendarDay(first) ?? CalendarDay(number: 0)).advanced(by: session * daysBetween).description
    }
}
