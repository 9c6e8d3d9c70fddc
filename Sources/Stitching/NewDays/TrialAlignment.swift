import Alignment
public import Registry

/// What extending a run by a day would give, found out without entering anything.
public struct TrialAlignment {
    /// The day with its maps as aligned.
    public let query: FactorQuery
    public let usedLabels: Bool

    /// By condition labels where the day has some in common with the run, otherwise without labels.
    ///
    /// A day that is part of the run is aligned anew.
    ///
    /// - Parameter labelsOnly: whether a day without labels in common is left alone.
    /// - Returns: `nil` for such a day.
    /// - Throws: `StitchingError.doesNotFit`, `.observationDoesNotFit`, and errors of the rooms below.
    public init?(
        of record: SessionRecord, toRun name: String, in registry: SessionRegistry, threads: Int,
        labelsOnly: Bool = false
    ) throws {
        let run = try TrainedRun(name, in: registry)
        let session = try registry.prepared(record, holdOut: run.settings.holdOut)
        let fit = try DayFit(session, run, threads: threads)
        do {
            try fit.alignByLabels()
            usedLabels = true
        } catch AlignmentError.nothingInCommon {
            guard !labelsOnly else { return nil }
            _ = try fit.alignWithoutLabels(in: registry)
            usedLabels = false
        }
        query = FactorQuery(
            run: name, record: record, session: session, settings: run.settings, model: fit.model)
    }
}
