import ArrayFiles
import Foundation
import LFADS
public import Registry

/// The journey of a model that was trained elsewhere, or exported here, into the registry.
public enum ImportJourney {
    /// What was entered.
    public struct Outcome: Sendable {
        /// Name of the run.
        public let run: String
        /// Path of the file.
        public let file: String
        /// SHA-256 of the file.
        public let fileHash: String
        /// In the run's order, by date.
        public let sessions: [Session]
        /// How many parameters the model has.
        public let parameters: Int
        /// Of the days' condition-averaged factors over training and held-out trials; `nil` where it can't be measured.
        public let agreement: Double?
        /// Sentences about what is doubtful.
        public let warnings: [String]

        /// A session that the model has maps of.
        public struct Session: Sendable {
            /// Name of the session.
            public let name: String
            /// N of `readin.N` and `readout.N` in the file.
            public let position: Int
            /// Of held-out trials (Poisson models).
            public let bitsPerSpike: Double?
        }
    }

    /// Enters a run whose parameters come from a file. It can be queried, evaluated, extended and trained
    /// on from, but not resumed: a file has no state of an optimiser.
    ///
    /// - Parameters:
    ///   - path: of the file, HDF5.
    ///   - name: of the new run.
    ///   - sessions: registered sessions in the order of the file's read-outs; `nil`: those that the file
    ///     names.
    ///   - registry: where the sessions are registered, and the run is entered.
    ///   - threads: to measure the model with.
    ///   - place: in which process the file is read.
    /// - Throws: `ModelFileError`, `ReadingProcessError`, `StitchingError`, `RegistryError.runExists`, `.unknownSessions` and
    ///   others; nothing is entered then.
    public static func importModel(
        from path: String, as name: String, sessions: [String]?, in registry: SessionRegistry,
        threads: Int, reading place: ReadingPlace = .separateProcess()
    ) throws -> Outcome {
        try RunFolder.requireFree(name, in: registry)
        let hash = try ContentHash.ofFile(path)
        let file =
            switch place {
            case .thisProcess: try ModelFile(contentsOf: path)
            case .separateProcess(let program):
                try ModelReading.model(from: path, in: registry.workspace, program: program)
            }
        let days = try ImportedDays(file, path, named: sessions, in: registry)
        var settings = try days.settings()
        settings.imported = ImportedModel(file: (path as NSString).lastPathComponent, fileHash: hash)
        let shapes = days.sessions.map(\.trials.shape)
        let table = ParameterTable(settings.model, sessions: shapes)
        let model = try StitchedModel(
            settings.model, sessions: shapes, parameters: days.parameters(table), threads: threads)
        try FinishedRun(
            name: name, settings: settings, records: days.records,
            sessions: zip(days.records, days.sessions).map { Checkpoint.Session($0, $1) },
            table: model.table, parameters: model.parameterValues,
            trajectories: days.trajectories(model, settings), message: "imported from \(path)"
        ).store(in: registry)
        return Outcome(
            run: name, file: path, fileHash: hash,
            sessions: try zip(days.sessions, days.positions).map { session, position in
                let bits =
                    settings.model.observation == .poisson
                    ? BitsPerSpike(session, trials: session.validationTrials) : nil
                return Outcome.Session(
                    name: session.name, position: position,
                    bitsPerSpike: try bits?.value(
                        meanLoss: model.reconstructionLoss(
                            session.trials, chosen: session.validationTrials)))
            }, parameters: model.table.tensors.reduce(0) { $0 + $1.count },
            agreement: try FactorAgreement(days.sessions, trainingTrialsPerCondition: nil)?.value(
                model, days.sessions),
            warnings: days.warnings)
    }
}
