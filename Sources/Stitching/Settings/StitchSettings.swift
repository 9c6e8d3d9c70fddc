public import Alignment
public import LFADS
import Recordings

/// Settings with nothing left open: what a run is made of, stored with it and compared on resuming.
public struct StitchSettings: Sendable, Equatable {
    /// Of the model that is trained; with restarts, the seed of the best start.
    public var seed: UInt64
    /// That of the first start.
    public var firstSeed: UInt64
    /// Starts of which the best goes on.
    public var restarts: Int
    /// What the run keeps back beside the recordings' own split.
    public var holdOut: HoldOut
    /// How days are aligned.
    public var alignment: AlignmentSettings
    /// The model.
    public var model: ModelConfiguration
    /// How it is trained.
    public var training: TrainingConfiguration
    /// Of a run that is another one extended by a day.
    public var joined: JoinedDay?
    /// The run from whose parameters training started, in place of an alignment. [`start_from`]
    public var startFrom: String?
    /// Of a run whose parameters came from a file.
    public var imported: ImportedModel?
    /// Of a run that a search found.
    public var searched: SearchedSettings?

    /// Whether the read-ins lead into the space of a model that was there before, and not into that of
    /// the days' own alignment.
    public var hasSpaceFromElsewhere: Bool { startFrom != nil || imported != nil }

    /// Defaults around a model that was trained elsewhere.
    init(model: ModelConfiguration) {
        seed = 1
        firstSeed = 1
        restarts = 1
        holdOut = HoldOut()
        alignment = AlignmentSettings()
        self.model = model
        training = TrainingConfiguration()
    }

    /// Resolves a manifest with what the recordings say.
    ///
    /// - Parameters:
    ///   - manifest: what is wanted.
    ///   - sessions: those of the run, in its order.
    ///   - stored: of the run that goes on: what the manifest does not ask for is as it is there, whatever the
    ///     defaults of this version are.
    ///   - start: of the run whose parameters training starts from: sizes that the manifest does not ask for
    ///     are as they are there.
    ///   - threads: sessions that are looked at at once.
    ///   - report: is told the settings that follow from the recordings, with the reasons.
    /// - Throws: `StitchingError.sessionsDiffer` when bins or external inputs are not the same in all
    ///   sessions; `LFADSError.invalidConfiguration` for values that can't be.
    public init(
        _ manifest: StitchManifest, _ sessions: [PreparedSession], resuming stored: StitchSettings? = nil,
        startingFrom start: StitchSettings? = nil, threads: Int = 1,
        report: (SettingsFromData) -> Void = { _ in }
    ) throws {
        seed = manifest.seed
        firstSeed = manifest.seed
        restarts = manifest.restarts
        holdOut = manifest.holdOut
        startFrom = manifest.startFrom
        alignment = manifest.alignment
        model = manifest.model
        training = manifest.training
        guard let first = sessions.first?.recording else { throw StitchingError.noSessions }
        guard first.binCount > 1 else { throw StitchingError.oneBin(session: first.session) }
        for prepared in sessions {
            let session = prepared.recording
            func same(_ what: String, _ a: String, _ b: String) throws {
                guard a == b else {
                    throw StitchingError.sessionsDiffer(
                        what: what, session: first.session, value: a, other: session.session,
                        otherValue: b)
                }
            }
            try same("the width of a bin in ms", "\(first.binMilliseconds)", "\(session.binMilliseconds)")
            try same("the number of bins", "\(first.binCount)", "\(session.binCount)")
            try same("the number of encoded bins", "\(first.encodedBinCount)", "\(session.encodedBinCount)")
            try same(
                "the external inputs", first.externalInputNames.joined(separator: ", "),
                session.externalInputNames.joined(separator: ", "))
            if session.signal == .continuous, model.observation == .poisson {
                throw StitchingError.observationDoesNotFit(session: session.session)
            }
            try Self.requireSuitableValues(prepared, model.observation)
        }
        try holdOut.requireSensible(sessions)
        let given = manifest.given
        if let other = stored ?? start {
            ManifestKey.fill(&alignment, from: other.alignment, StitchKeys.alignment, except: given.alignment)
            ManifestKey.fill(&model, from: other.model, StitchKeys.model, except: given.model)
        }
        if let stored {
            ManifestKey.fill(&training, from: stored.training, StitchKeys.training, except: given.training)
        }
        if stored == nil {
            // Of a model that was there before, nothing is open.
            let open = start == nil ? given : given.withWholeModel
            let choices = try SettingsFromData(
                given: open, sessions, alignment, &model, &training, threads: threads)
            if !choices.choices.isEmpty { report(choices) }
        }
        model.binCount = first.binCount
        model.encodedBinCount = model.encodedBinCount > 0 ? model.encodedBinCount : first.encodedBinCount
        model.externalInputCount = first.externalInputNames.count
        let components = alignment.components ?? model.factorCount
        alignment.components = components
        model.readIn = .affine(dimensions: components)
        try model.validate(sessionCount: sessions.count)
        try training.validate(for: model)
    }

    /// A gamma density has no zero, a zero-inflated one no negative value.
    static func requireSuitableValues(
        _ session: PreparedSession, _ observation: ObservationModel
    ) throws {
        let expected: String
        switch observation {
        case .poisson, .gaussian: return
        case .gamma: expected = "values above 0"
        case .zeroInflatedGamma: expected = "values of 0 and above"
        }
        // What was not observed is suitable.
        let isAllowed: (Float) -> Bool =
            observation == .gamma ? { $0 > 0 || $0.isNaN } : { $0 >= 0 || $0.isNaN }
        let trials = session.trials.counts
        guard !(0..<trials.trialCount).allSatisfy({ trials[trial: $0].allSatisfy(isAllowed) }) else { return }
        let counts = session.countsInRecordingOrder
        guard let place = counts.firstPlace(where: { !isAllowed($0) }) else { return }
        throw StitchingError.unsuitableValue(
            session: session.name, trial: place.trial, bin: place.bin,
            unit: counts.columns.names[place.column],
            value: counts[place.trial, place.bin, place.column], expected: expected)
    }
}
