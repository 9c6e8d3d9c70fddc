public import Alignment
public import LFADS
public import Recordings
public import Registry
public import TrialArrays

/// One day of a trained run: its recording, its maps, and the dynamics that all days share. It infers, and it
/// is what metrics, pictures and factor files are made of.
public struct TrainedDay: Sendable {
    /// Name of the run.
    public let run: String
    /// What the registry knows of the day.
    public let record: SessionRecord
    /// The day's recording, made ready for the model.
    public let session: PreparedSession
    /// Of the run.
    public let settings: StitchSettings
    /// A model of this day alone: the shared parameters of the run, and the day's maps.
    public let model: StitchedModel

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

    /// Name of the session.
    public var name: String { record.name }
    /// What is known of the day's recording.
    public var recording: RecordingMetadata { session.recording }
    /// The day's read-in and read-out, units in the model's order.
    public var maps: SessionMaps { model.maps(ofSession: session.name) }

    /// Infers quantities of trials, units in the recording's order.
    ///
    /// - Parameters:
    ///   - quantities: what is wanted; the rest is not computed.
    ///   - trials: places in the recording, in the order wanted; `nil` = all.
    ///   - estimate: the posterior means once, or the average over posterior samples.
    /// - Throws: `StitchingError.trialOutOfRange`, `.noInferredInputs`.
    public func infer(
        _ quantities: InferredQuantities, trials: [Int]? = nil, estimate: PosteriorEstimate = .means
    ) throws -> InferredTrials {
        try infer(quantities, trials, estimate, withoutInferredInputs: false)
    }

    /// Expected values per bin without inferred inputs, units in the recording's order: what the initial
    /// condition predicts alone.
    ///
    /// - Throws: `StitchingError.trialOutOfRange`, `.noInferredInputs`.
    public func meansWithoutInferredInputs(trials: [Int]) throws -> TrialArray? {
        guard settings.model.hasController else { throw StitchingError.noInferredInputs(run: run) }
        return try infer(.rates, trials, .means, withoutInferredInputs: true).means
    }

    private func infer(
        _ quantities: InferredQuantities, _ trials: [Int]?, _ estimate: PosteriorEstimate,
        withoutInferredInputs: Bool
    ) throws -> InferredTrials {
        let chosen = trials ?? Array(recording.trials.indices)
        for trial in chosen where !recording.trials.indices.contains(trial) {
            throw StitchingError.trialOutOfRange(
                session: record.name, trial: trial, count: recording.trialCount)
        }
        if quantities.contains(.inferredInputs), !settings.model.hasController {
            throw StitchingError.noInferredInputs(run: run)
        }
        var result = try model.infer(
            session.trials, chosen: chosen, quantities: quantities, estimate: estimate,
            withoutInferredInputs: withoutInferredInputs)
        result.means = result.means.map(session.inRecordingOrder)
        result.meanDeviations = result.meanDeviations.map(session.inRecordingOrder)
        return result
    }

    /// The same trained dynamics with other maps: of the same recording, or of another one.
    func with(
        _ session: PreparedSession, maps: SessionMaps, record: SessionRecord? = nil
    ) throws -> TrainedDay {
        TrainedDay(
            run: run, record: record ?? self.record, session: session, settings: settings,
            model: try StitchedModel(
                settings.model, sharedParameters: model.sharedParameters, session: session.trials.shape,
                maps: maps, threads: model.threads))
    }

    /// The same trained dynamics, seen through some of the day's units: these are encoded by a read-in
    /// that is regressed on the run's shared trajectories anew, the others are predicted only.
    ///
    /// - Parameters:
    ///   - units: places in the recording.
    ///   - trajectories: of the run (``TrainedRun/trajectories()``); `nil` for a run without labelled sessions.
    /// - Throws: `AlignmentError.nothingInCommon`, and errors of the rooms below.
    public func seenThrough(units: [Int], _ trajectories: SharedTrajectories?) throws -> TrainedDay {
        let seen = Set(units)
        var holdOut = settings.holdOut
        holdOut.units = .named(
            recording.units.indices.filter { !seen.contains($0) }.map { recording.units[$0].name })
        let restricted = try PreparedSession(session.wholeRecording(), holdOut: holdOut)
        let readOut = maps.readOut(
            ofUnits: restricted.unitOrder.map { session.unitPlaces[$0] }, settings.model.observation)
        let (regression, _) = try restricted.regression(on: trajectories, settings.alignment)
        return try with(restricted, maps: SessionMaps(readIn: regression.readIn, readOut: readOut))
    }
}
