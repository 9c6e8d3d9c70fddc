import Foundation
public import LFADS
public import Recordings
public import Registry

/// The journey from a trained run back to a session: load what belongs to that session, infer.
public struct FactorQuery {
    public let run: String
    public let record: SessionRecord
    public let session: PreparedSession
    public let settings: StitchSettings
    public let model: StitchedModel

    /// Loads the best epoch's parameters of one session; the other days' are not touched.
    ///
    /// - Throws: `RegistryError.unknownRun`, `StitchingError.sessionNotInRun`, `.runNotTrained` and
    ///   what can be wrong with files.
    public init(
        run name: String, session sessionName: String, in registry: SessionRegistry, threads: Int
    ) throws {
        let run = try registry.run(named: name)
        let sessions = try registry.sessions(ofRun: name)
        guard let record = sessions.first(where: { $0.name == sessionName }) else {
            throw StitchingError.sessionNotInRun(
                run: name, session: sessionName, known: sessions.map(\.name))
        }
        let folder = RunFolder(registry.workspace, run: name)
        guard folder.hasCheckpoint else {
            throw StitchingError.runNotTrained(run: name, status: run.status.rawValue)
        }
        let header = try Checkpoint.readHeader(folder.checkpoint)
        let stored = header.sessions.first { $0.name == record.name }
        guard header.run == name, stored?.contentHash == record.contentHash else {
            throw StitchingError.otherCheckpoint(
                run: name, path: folder.checkpoint,
                differences: header.run == name
                    ? ["session \(record.name) differs"] : ["it belongs to run \(header.run)"])
        }
        settings = header.settings
        session = try registry.prepared(record, holdOut: settings.holdOut)
        let shapes = [session.trials.shape]
        let table = ParameterTable(settings.model, sessions: shapes)
        model = try StitchedModel(
            settings.model, sessions: shapes,
            parameters: try Checkpoint.readBestParameters(folder.checkpoint, table: table),
            threads: threads)
        self.run = name
        self.record = record
    }

    init(
        run: String, record: SessionRecord, session: PreparedSession, settings: StitchSettings,
        model: StitchedModel
    ) {
        self.run = run
        self.record = record
        self.session = session
        self.settings = settings
        self.model = model
    }

    /// Expected values per bin without inferred inputs, `[trials, bins, units]` in the recording's order:
    /// what the initial condition predicts alone.
    ///
    /// - Throws: `StitchingError.trialOutOfRange`, `.noInferredInputs`.
    public func meansWithoutInferredInputs(trials: [Int]) throws -> [Float] {
        guard settings.model.hasController else { throw StitchingError.noInferredInputs(run: run) }
        return try infer(trials: trials, quantities: .rates, withoutInferredInputs: true).means?.values ?? []
    }

    /// Infers quantities of trials, units back in the recording's order.
    ///
    /// - Parameter trials: places in the recording, in the order wanted.
    /// - Throws: `StitchingError.trialOutOfRange`, `.noInferredInputs`.
    public func infer(
        trials: [Int], quantities: InferredQuantities, estimate: PosteriorEstimate = .means
    ) throws -> InferredTrials {
        try infer(
            trials: trials, quantities: quantities, estimate: estimate, withoutInferredInputs: false)
    }

    private func infer(
        trials: [Int], quantities: InferredQuantities, estimate: PosteriorEstimate = .means,
        withoutInferredInputs: Bool
    ) throws -> InferredTrials {
        for trial in trials where !session.recording.trials.indices.contains(trial) {
            throw StitchingError.trialOutOfRange(
                session: record.name, trial: trial, count: session.recording.trialCount)
        }
        if quantities.contains(.inferredInputs), !settings.model.hasController {
            throw StitchingError.noInferredInputs(run: run)
        }
        var result = try model.infer(
            session.trials, chosen: trials, quantities: quantities, estimate: estimate,
            withoutInferredInputs: withoutInferredInputs)
        result.means = result.means.map(session.inRecordingOrder)
        result.meanDeviations = result.meanDeviations.map(session.inRecordingOrder)
        return result
    }

    /// What is known of the session's recording.
    public var recording: RecordingMetadata { session.recording }
}

/// Which trials a query is about: `all`, `train`, `valid`, or numbers and ranges such as `0,3,10-19`.
public struct TrialSelection: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case all, train, valid
        /// Kept as ranges until the recording says how far they can go.
        case places([ClosedRange<Int>])
    }
    public let kind: Kind

    /// - Throws: `StitchingError.badTrialRange`.
    public init(_ text: String) throws {
        switch text {
        case "all": kind = .all
        case "train": kind = .train
        case "valid": kind = .valid
        default:
            var places: [ClosedRange<Int>] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let bounds = part.split(separator: "-", omittingEmptySubsequences: false)
                    .map { Int($0.trimmingCharacters(in: .whitespaces)) }
                switch bounds.count {
                case 1:
                    guard let place = bounds[0] else { throw StitchingError.badTrialRange(text) }
                    places.append(place...place)
                case 2:
                    guard let low = bounds[0], let high = bounds[1], low <= high else {
                        throw StitchingError.badTrialRange(text)
                    }
                    places.append(low...high)
                default: throw StitchingError.badTrialRange(text)
                }
            }
            kind = .places(places)
        }
    }

    /// Places in a recording.
    ///
    /// - Throws: `StitchingError.trialOutOfRange`.
    public func trials(of recording: RecordingMetadata) throws -> [Int] {
        switch kind {
        case .all: return Array(recording.trials.indices)
        case .train: return recording.trials.indices.filter { recording.trials[$0].split == .train }
        case .valid: return recording.trials.indices.filter { recording.trials[$0].split == .valid }
        case .places(let places):
            let count = recording.trials.count
            for range in places where range.upperBound >= count {
                throw StitchingError.trialOutOfRange(
                    session: recording.session, trial: max(range.lowerBound, count), count: count)
            }
            return places.flatMap { Array($0) }
        }
    }
}
