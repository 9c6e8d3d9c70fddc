import Alignment
public import Registry

/// What extending a run by a day would give, found out without entering anything.
public struct TriedExtension {
    /// The day with its maps as aligned.
    public let day: TrainedDay
    /// Whether the day was aligned by its condition labels.
    public let usedLabels: Bool

    /// By condition labels where the day has some in common with the run, otherwise without labels.
    ///
    /// A day that is part of the run is aligned anew.
    ///
    /// - Parameters:
    ///   - record: the registered session.
    ///   - run: the trained run.
    ///   - labelsOnly: whether a day without labels in common is left alone.
    /// - Returns: `nil` for such a day.
    /// - Throws: `StitchingError.doesNotFit`, `.observationDoesNotFit`, and errors of the rooms below.
    public init?(
        of record: SessionRecord, to run: TrainedRun, labelsOnly: Bool = false
    ) throws {
        let session = try run.registry.prepared(record, holdOut: run.settings.holdOut)
        let fit = try DayFit(session, run, threads: run.threads)
        do {
            _ = try DayAlignment.byLabels(fit, run)
            usedLabels = true
        } catch AlignmentError.nothingInCommon {
            guard !labelsOnly else { return nil }
            _ = try DayAlignment.withoutLabels(fit, run)
            usedLabels = false
        }
        day = TrainedDay(
            run: run.name, record: record, session: session, settings: run.settings, model: fit.model)
    }
}
