import ArrayFiles
import Foundation
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

    /// Checkpoint first, then the registry in one transaction: whatever stops it between the two, the
    /// parent is as it was, and giving the command again replaces the file.
    ///
    /// - Throws: `StitchingError.runIsBusy`, `ArrayFileError`, `RegistryError`.
    func store(in registry: SessionRegistry) throws {
        let folder = RunFolder(registry.workspace, run: name)
        try folder.lock()
        let sessions = parent.header.sessions + [Checkpoint.Session(record, session)]
        let table = ParameterTable(
            settings.model,
            sessions: sessions.map { ($0.name, $0.encodedUnitCount, $0.unitNames.count) })
        var parameters = try parent.parameters(table: table, without: session.name)
        for tensor in table.tensors where tensor.session == sessions.count - 1 {
            guard let values = model.parameter(tensor.name) else { continue }
            parameters.replaceSubrange(tensor.offset..<(tensor.offset + tensor.count), with: values)
        }
        let zeros = [Float](repeating: 0, count: table.count)
        let records = self.records(sessions: sessions.count)
        var schedule = TrainingSchedule(settings.training)
        schedule.finish(bestEpoch: max(records.count - 1, 0))
        try Checkpoint(
            header: Checkpoint.Header(
                run: name, settings: settings, sessions: sessions, epochsDone: records.count,
                updates: 0),
            state: TrainingState(
                epochsDone: records.count, updates: 0, schedule: schedule, parameters: parameters,
                firstMoment: zeros, secondMoment: zeros, bestParameters: parameters),
            history: records, trajectories: parent.trajectories
        ).write(to: folder.checkpoint, table: table)
        try folder.writeMetrics(records, sessions: sessions.map(\.name))
        try registry.enterFinishedRun(
            name, seed: Int(settings.seed), settingsJSON: try settings.json(),
            version: neurostitchVersion, sessions: others + [record], parent: parent.name,
            epochs: records.map { $0.metrics(sessions: sessions.map(\.name)) },
            bestEpoch: max(records.count - 1, 0))
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
