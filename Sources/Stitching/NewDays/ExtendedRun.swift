import LFADS
import Registry

/// A run that is another one and one more day, on its way to the disk.
struct ExtendedRun {
    let name: String
    let parent: TrainedRun
    let others: [SessionRecord]
    let settings: StitchSettings
    let record: SessionRecord
    let session: PreparedSession
    /// Of the new day alone.
    let model: StitchedModel
    let history: [EpochSummary]

    /// The parent is only read: whatever stops it, it is as it was.
    ///
    /// - Throws: what `FinishedRun.store` throws.
    func store(in registry: SessionRegistry) throws {
        let sessions = parent.header.sessions + [Checkpoint.Session(record, session)]
        let table = ParameterTable(
            settings.model,
            sessions: sessions.map(\.shape))
        var parameters = try parent.parameters(table: table, without: session.name)
        try table.put(
            model.maps(ofSession: session.name), ofSession: sessions.count - 1, into: &parameters)
        try FinishedRun(
            name: name, settings: settings, records: others + [record], sessions: sessions, table: table,
            parameters: parameters, trajectories: parent.trajectories,
            epochs: records(sessions: sessions.count), parent: parent.name
        ).store(in: registry)
    }

    /// The new day's epochs; nothing was measured of the others, which did not change.
    private func records(sessions: Int) -> [EpochRecord] {
        history.map { summary in
            var summary = summary
            summary.validationOfSession =
                [Double](repeating: .nan, count: sessions - 1) + summary.validationOfSession
            return EpochRecord(summary: summary, bitsPerSpike: [], agreement: nil)
        }
    }
}
