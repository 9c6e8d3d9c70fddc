public import Alignment
import Foundation
public import LFADS
import Recordings
public import Registry

/// What a stitch manifest asks for, before the recordings have been looked at.
///
/// ```yaml
/// run: jango-2days
/// sessions: {subject: Jango}       # or all, a list of names, a range of dates
/// seed: 1
/// restarts: 1                      # short starts of which the best is trained
/// start_from: other-run            # parameters to begin with, in place of an alignment
/// held_out_units: 0.2              # a share of every session's units, or names, or names by session
/// exclude_conditions: [3, 7]
/// alignment: {components: 16, smoothing_ms: 60, unlabelled: refuse}
/// model: {ic_enc_dim: 64, ic_dim: 32, gen_dim: 64, fac_dim: 16, co_dim: 0}
/// train: {epochs: 400, batch_size: 128, lr_init: 4.0e-3}
/// ```
public struct StitchManifest {
    public var run: String
    public var sessions: SessionSelection
    public var seed: UInt64
    /// Short starts, from this seed on, of which the best is trained. [`restarts`]
    public var restarts: Int
    /// A run of the same days whose parameters training starts from. [`start_from`]
    public var startFrom: String?
    public var holdOut: HoldOut
    public var alignment: AlignmentSettings
    /// Changes to the default model; sequence lengths and external inputs come from the recordings.
    public var model: ModelConfiguration
    public var training: TrainingConfiguration
    /// `encod_seq_len`, where the manifest shortens what the encoder sees.
    public var encodedBins: Int?

    /// - Throws: `ManifestError`, naming file and line.
    public init(contentsOf path: String) throws {
        try self.init(ManifestDocument(contentsOf: path))
    }

    /// - Throws: `ManifestError`
    public init(_ document: ManifestDocument) throws {
        let root = document.root
        run = try root.required("run").runName()
        sessions = try SessionSelection(root.required("sessions"))
        seed = UInt64(try root.optional("seed")?.integer(in: 0...) ?? 1)
        restarts = try root.optional("restarts")?.integer(in: 1...1000) ?? 1
        startFrom = try root.optional("start_from")?.runName()
        holdOut = HoldOut()
        if let value = root.optional("held_out_units") { holdOut.units = try Self.units(value) }
        if let value = root.optional("exclude_conditions") { holdOut.conditions = try value.texts() }
        alignment = AlignmentSettings()
        try ManifestKey.read(
            StitchKeys.alignment, from: root.optional("alignment")?.mapping(), into: &alignment)
        // No bins: only the recordings know how many there are.
        model = ModelConfiguration(encodedBinCount: 0, binCount: 0)
        try ManifestKey.read(
            StitchKeys.model, from: root.optional("model")?.mapping(), into: &model)
        encodedBins = model.encodedBinCount == 0 ? nil : model.encodedBinCount
        training = TrainingConfiguration()
        try ManifestKey.read(
            StitchKeys.training, from: root.optional("train")?.mapping(), into: &training)
        try root.finish()
    }

    private static func units(_ value: ManifestValue) throws -> HoldOut.Units {
        switch value.kind {
        case .list:
            let names = try value.texts()
            return names.isEmpty ? .none : .named(names)
        case .scalar:
            let share = try value.number(in: 0...)
            guard share < 1 else { throw value.outOfRange(expected: "a share below 1, such as 0.2") }
            return share > 0 ? .share(share) : .none
        case .mapping:
            let names = try value.mapping().all().map { ($0.name, try $0.value.texts()) }
                .filter { !$0.1.isEmpty }
            // A key given twice was refused before.
            return names.isEmpty ? .none : .namedBySession(Dictionary(names) { first, _ in first })
        case .nothing:
            throw value.wrongType(
                expected: "a share such as 0.2, a list of units, or such a list for each session")
        }
    }
}

/// Settings with nothing left open: what a run is made of, stored with it and compared on resuming.
public struct StitchSettings: Sendable, Equatable, Codable {
    /// Of the model that is trained; with restarts, the seed of the best start.
    public var seed: UInt64
    /// That of the first start.
    public var firstSeed: UInt64
    public var restarts: Int
    public var holdOut: HoldOut
    public var alignment: AlignmentSettings
    public var model: ModelConfiguration
    public var training: TrainingConfiguration
    /// Of a run that is another one extended by a day.
    public var joined: JoinedDay?
    /// The run from whose parameters training started, in place of an alignment. [`start_from`]
    public var startFrom: String?
    /// Of a run whose parameters came from a file.
    public var imported: ImportedModel?

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
    /// - Throws: `StitchingError.sessionsDiffer` when bins or external inputs are not the same in all
    ///   sessions; `LFADSError.invalidConfiguration` for values that can't be.
    public init(_ manifest: StitchManifest, _ sessions: [PreparedSession]) throws {
        seed = manifest.seed
        firstSeed = manifest.seed
        restarts = manifest.restarts
        holdOut = manifest.holdOut
        startFrom = manifest.startFrom
        alignment = manifest.alignment
        model = manifest.model
        training = manifest.training
        guard let first = sessions.first?.recording else { throw StitchingError.noSessions }
        for session in sessions.map(\.recording) {
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
            try Self.requireSuitableValues(session, model.observation)
        }
        try holdOut.requireSensible(sessions)
        model.binCount = first.binCount
        model.encodedBinCount = manifest.encodedBins ?? first.encodedBinCount
        model.externalInputCount = first.externalInputNames.count
        let components = manifest.alignment.components ?? model.factorCount
        alignment.components = components
        model.readIn = .affine(dimensions: components)
        try model.validate(sessionCount: sessions.count)
        try training.validate()
    }

    /// A gamma density has no zero, a zero-inflated one no negative value.
    static func requireSuitableValues(
        _ recording: Recording, _ observation: ObservationModel
    ) throws {
        let expected: String
        switch observation {
        case .poisson, .gaussian: return
        case .gamma: expected = "values above 0"
        case .zeroInflatedGamma: expected = "values of 0 and above"
        }
        let isAllowed: (Float) -> Bool = observation == .gamma ? { $0 > 0 } : { $0 >= 0 }
        guard let place = recording.values.firstIndex(where: { !isAllowed($0) }) else { return }
        let units = recording.units.count
        throw StitchingError.unsuitableValue(
            session: recording.session, trial: place / (recording.binCount * units),
            bin: place / units % recording.binCount, unit: recording.units[place % units].name,
            value: recording.values[place], expected: expected)
    }

    /// Sorted keys: the same settings give the same bytes.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Reads what `json()` wrote, also by an older version: a key that it did not know has the value
    /// that stands for what that version did.
    public init(json: String) throws {
        let stored = try JSONSerialization.jsonObject(with: Data(json.utf8))
        guard var settings = stored as? [String: Any] else {
            throw CocoaError(.propertyListReadCorrupt)
        }
        let added: [(section: String?, key: String, value: Any)] = [
            (nil, "firstSeed", settings["seed"] ?? 0), (nil, "restarts", 1),
            (nil, "holdOut", try Self.object(HoldOut())),
            ("alignment", "readOutStart", AlignmentSettings.ReadOutKind.regression.rawValue),
            ("training", "agreementTolerance", 2),
        ]
        for (section, key, value) in added {
            if let section {
                guard var inner = settings[section] as? [String: Any] else { continue }
                if inner[key] == nil { inner[key] = value }
                settings[section] = inner
            } else if settings[key] == nil {
                settings[key] = value
            }
        }
        self = try JSONDecoder().decode(
            StitchSettings.self, from: try JSONSerialization.data(withJSONObject: settings))
    }

    private static func object(_ value: some Encodable) throws -> Any {
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    }
}
