import Alignment
import LFADS
import Messages
import Registry

/// A run that is complete when it is entered: another one with one more day, or a model from a file.
struct FinishedRun {
    let name: String
    let settings: StitchSettings
    let records: [SessionRecord]
    /// As the records, in the run's order.
    let sessions: [Checkpoint.Session]
    let table: ParameterTable
    let parameters: [Float]
    let trajectories: SharedTrajectories?
    /// What was measured on the way; the last epoch is the best.
    var epochs: [EpochRecord] = []
    var parent: String?
    var message: String?

    /// Checkpoint first, then the registry in one transaction: whatever stops it between the two, no run
    /// is there, and giving the command again replaces the file.
    ///
    /// - Throws: `StitchingError.runIsBusy`, `ArrayFileError`, `RegistryError`.
    func store(in registry: SessionRegistry) throws {
        let folder = RunFolder(registry.workspace, run: name)
        try folder.lockForNewRun(in: registry)
        let names = sessions.map(\.name)
        let zeros = [Float](repeating: 0, count: table.count)
        var schedule = TrainingSchedule(settings.training)
        schedule.finish(bestEpoch: max(epochs.count - 1, 0))
        try Checkpoint(
            header: Checkpoint.Header(
                run: name, settings: settings, sessions: sessions, epochsDone: epochs.count, updates: 0),
            state: TrainingState(
                epochsDone: epochs.count, updates: 0, schedule: schedule, parameters: parameters,
                firstMoment: zeros, secondMoment: zeros, bestParameters: parameters),
            history: epochs, trajectories: trajectories
        ).write(to: folder.checkpoint, table: table)
        try folder.writeMetrics(epochs, sessions: names)
        try registry.enterFinishedRun(
            name, seed: Int(settings.seed), settingsJSON: try settings.json(),
            version: neurostitchVersion, sessions: records, parent: parent,
            epochs: epochs.map { $0.metrics(sessions: names) },
            bestEpoch: settings.imported == nil || !epochs.isEmpty ? max(epochs.count - 1, 0) : nil,
            message: message)
    }
}
