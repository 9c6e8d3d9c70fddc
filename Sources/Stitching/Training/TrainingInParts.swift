package import Alignment
import Foundation
import LFADS
import Messages
package import Registry

/// Trainings of the same days beside each other, each in parts: a part begins with the file that the one before it left,
/// and leaves a file itself, which is complete or not there. Another training may go on from the same file, with other
/// rates and penalties.
package struct TrainingInParts: Sendable {
    /// Name of the run that one of them will become.
    package let run: String
    package let sessions: [PreparedSession]
    private let records: [SessionRecord]
    private let stored: [Checkpoint.Session]
    private let measures: EpochMeasures

    /// What a part left.
    package struct Outcome: Sendable {
        /// All epochs of the training, those of the parts before included.
        package let epochs: [EpochRecord]
    }

    package init(
        _ run: String, _ records: [SessionRecord], _ sessions: [PreparedSession], _ settings: StitchSettings
    ) {
        self.run = run
        self.records = records
        self.sessions = sessions
        stored = zip(records, sessions).map { Checkpoint.Session($0, $1) }
        measures = EpochMeasures(sessions, settings.model.observation)
    }

    /// Trains a part on one thread.
    ///
    /// - Parameters:
    ///   - settings: of this part.
    ///   - alignment: where a training begins, and days that join later are aligned to.
    ///   - source: the file that the part before left; `nil` = from the beginning.
    ///   - epochs: how many the training has behind it in the end.
    ///   - path: the file to leave.
    ///   - shouldStop: asked after every epoch; `true` leaves no file.
    /// - Returns: `nil` when it was stopped.
    /// - Throws: `LFADSError` when it diverges, `ArrayFileError`, `StitchingError.notACheckpoint`.
    package func train(
        _ settings: StitchSettings, _ alignment: AlignedDays, from source: String?, until epochs: Int,
        to path: String, shouldStop: () -> Bool
    ) throws -> Outcome? {
        let model = try StitchedModel(
            settings.model, sessions: sessions.map(\.trials.shape), startingFrom: settings.seed, threads: 1)
        if source == nil { try alignment.apply(to: model) }
        let training = try StitchedTraining(
            model, sessions.map(\.trials), settings.training, seed: settings.seed)
        var history: [EpochRecord] = []
        if let source {
            let before = try Checkpoint.read(source, table: model.table)
            var state = before.state
            state.schedule.retune(
                from: before.header.settings.training, to: settings.training, epochsDone: state.epochsDone)
            try training.restore(state)
            history = before.history
        }
        while training.epochsDone < epochs, !training.isFinished {
            history.append(try measures.runEpoch(training))
            if shouldStop() { return nil }
        }
        try Checkpoint(
            header: Checkpoint.Header(
                run: run, settings: settings, sessions: stored, epochsDone: training.epochsDone,
                updates: training.updates),
            state: training.state, history: history, trajectories: alignment.trajectories
        ).write(to: path, table: model.table)
        return Outcome(epochs: history)
    }

    /// What is in a file that a part left, if it is there and of these settings; a process that was killed may have been
    /// further than it could tell.
    package func outcome(at path: String, _ settings: StitchSettings) throws -> Outcome? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let checkpoint = try Checkpoint.read(path, table: table(settings))
        try checkpoint.header.requireSame(run: run, settings: settings, sessions: stored, path: path)
        return Outcome(epochs: checkpoint.history)
    }

    /// Mean loss per element of some trials of every day, by the best epoch of a training that left a file.
    ///
    /// - Parameter trials: places of a day's trials; days without any have `nil`.
    package func losses(
        at path: String, _ settings: StitchSettings, threads: Int, trials: (PreparedSession) -> [Int]
    ) throws -> [Double?] {
        let model = try model(at: path, settings, threads: threads)
        return try sessions.map { session in
            let chosen = trials(session)
            return chosen.isEmpty ? nil : try model.reconstructionLoss(session.trials, chosen: chosen)
        }
    }

    /// Mean over days of the bits per spike of units that are not encoded, in held-out trials, by the best epoch of a
    /// training that left a file. One thread.
    ///
    /// - Returns: `nil` where no day has such units with spikes.
    package func coSmoothing(at path: String, _ settings: StitchSettings) throws -> Double? {
        let model = try model(at: path, settings, threads: 1)
        let bits = try sessions.compactMap { session -> Double? in
            let (trials, chosen) = (session.trials, session.validationTrials)
            let units = Array(trials.encodedUnitCount..<trials.unitCount)
            guard !units.isEmpty else { return nil }
            let rates = try model.infer(trials, chosen: chosen, quantities: .rates).means
            return rates.flatMap {
                SpikePrediction.bitsPerSpike(
                    rates: $0, counts: trials.counts.selecting(trials: chosen),
                    trials: Array(chosen.indices), bins: 0..<settings.model.encodedBinCount, units: units)
            }
        }
        return bits.isEmpty ? nil : bits.reduce(0, +) / Double(bits.count)
    }

    private func model(at path: String, _ settings: StitchSettings, threads: Int) throws -> StitchedModel {
        let model = try StitchedModel(
            settings.model, sessions: sessions.map(\.trials.shape), startingFrom: settings.seed,
            threads: threads)
        model.setParameters(try Checkpoint.readTrained(path).parameters)
        return model
    }

    /// The settings of a training that left a file.
    package func settings(at path: String) throws -> StitchSettings {
        try Checkpoint.readHeader(path).settings
    }

    /// Makes the run of a search of a training that left a file.
    ///
    /// - Parameters:
    ///   - settings: those of the run; they say how the search came to them.
    ///   - member: of the population.
    ///   - comparisonJSON: what it is worth, where that can be measured.
    /// - Throws: `RegistryError` and what can be wrong with files.
    package func finishSearch(
        from path: String, _ settings: StitchSettings, member: Int, comparisonJSON: String?,
        in registry: SessionRegistry
    ) throws {
        let table = table(settings)
        let checkpoint = try Checkpoint.read(path, table: table)
        var state = checkpoint.state
        let best = state.schedule.bestEpoch ?? 0
        state.schedule.finish(bestEpoch: best)
        let names = sessions.map(\.name)
        let folder = RunFolder(registry.workspace, run: run)
        // Checkpoint first: whatever stops it between the two, the search makes both again.
        try Checkpoint(
            header: Checkpoint.Header(
                run: run, settings: settings, sessions: stored, epochsDone: state.epochsDone,
                updates: state.updates),
            state: state, history: checkpoint.history, trajectories: checkpoint.trajectories
        ).write(to: folder.checkpoint, table: table)
        try folder.writeMetrics(checkpoint.history, sessions: names)
        try registry.finishSearch(
            run, winner: member, comparisonJSON: comparisonJSON, seed: Int(settings.seed),
            settingsJSON: try settings.json(),
            epochs: checkpoint.history.map { $0.metrics(sessions: names) }, bestEpoch: best)
    }

    /// Bytes of the file that a part of a training leaves, without its history.
    package func fileBytes(_ settings: StitchSettings) -> Int {
        // Parameters, the best ones, and the optimiser's two moments.
        4 * table(settings).count * MemoryLayout<Float>.size
    }

    private func table(_ settings: StitchSettings) -> ParameterTable {
        ParameterTable(settings.model, sessions: sessions.map(\.trials.shape))
    }
}
