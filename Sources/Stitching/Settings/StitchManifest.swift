public import Alignment
public import LFADS
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
public struct StitchManifest: Sendable {
    /// Name of the run. [`run`]
    public var run: String
    /// The sessions that become one model. [`sessions`]
    public var sessions: SessionSelection
    /// Of all random draws. [`seed`]
    public var seed: UInt64
    /// Short starts, from this seed on, of which the best is trained. [`restarts`]
    public var restarts: Int
    /// A run of the same days whose parameters training starts from. [`start_from`]
    public var startFrom: String?
    /// What is kept back to test the run on. [`held_out_units`, `exclude_conditions`]
    public var holdOut: HoldOut
    /// How days come into one space. [`alignment`]
    public var alignment: AlignmentSettings { didSet { given.alignment = GivenKeys.all.alignment } }
    /// The model. Settings that a file does not name follow from the recordings (`SettingsFromData`), and so does
    /// everything as long as a program leaves the model alone: what it sets, it sets as a whole. The number of
    /// bins and external inputs come from the recordings in any case, and so does that of encoded bins where it
    /// is 0.
    public var model: ModelConfiguration { didSet { given.model = GivenKeys.all.model } }
    /// How the model is trained; some of what a file does not name follows from the recordings
    /// (``SettingsFromData``). [`train`]
    public var training: TrainingConfiguration { didSet { given.training = GivenKeys.all.training } }
    /// What was asked for, as opposed to left at its default.
    var given = GivenKeys()

    /// A manifest made in a program; everything that isn't said has the default of a manifest in a file.
    ///
    /// - Parameters:
    ///   - run: name of the run; letters, digits, `.`, `_` and `-`.
    ///   - sessions: those of a subject, all, or by name.
    ///   - seed: of all random draws.
    ///   - restarts: short starts, of which the best is trained.
    ///   - startFrom: a run of the same days whose parameters training starts from.
    ///   - holdOut: what is kept back to test the run on.
    ///   - alignment: how days come into one space.
    ///   - model: the model; `nil` = it follows from the recordings.
    ///   - training: how the model is trained.
    public init(
        run: String, sessions: SessionSelection, seed: UInt64 = 1, restarts: Int = 1,
        startFrom: String? = nil, holdOut: HoldOut = HoldOut(),
        alignment: AlignmentSettings? = nil, model: ModelConfiguration? = nil,
        training: TrainingConfiguration? = nil
    ) {
        self.run = run
        self.sessions = sessions
        self.seed = seed
        self.restarts = restarts
        self.startFrom = startFrom
        self.holdOut = holdOut
        self.alignment = alignment ?? AlignmentSettings()
        self.model = model ?? ModelConfiguration(encodedBinCount: 0, binCount: 0)
        self.training = training ?? TrainingConfiguration()
        if alignment != nil { given.alignment = GivenKeys.all.alignment }
        if model != nil { given.model = GivenKeys.all.model }
        if training != nil { given.training = GivenKeys.all.training }
    }

    /// Reads a manifest from a YAML file.
    ///
    /// - Throws: `ManifestError`, naming file and line.
    public init(contentsOf path: String) throws {
        try self.init(ManifestDocument(contentsOf: path))
    }

    /// Reads a manifest from YAML.
    ///
    /// - Throws: `ManifestError`
    public init(_ document: ManifestDocument) throws {
        // Whoever searches reads that section; to a stitch it says nothing.
        try self.init(document) { _ = $0.optional("search") }
    }

    /// Reads a manifest from YAML, of which a caller reads a section too.
    ///
    /// - Throws: `ManifestError`, and what the caller throws.
    package init(_ document: ManifestDocument, alsoReading more: (ManifestMapping) throws -> Void) throws {
        let root = document.root
        self.init(
            run: try root.required("run").runName(),
            sessions: try SessionSelection(root.required("sessions")))
        if let value = root.optional("seed") { seed = UInt64(try value.integer(in: 0...)) }
        if let value = root.optional("restarts") { restarts = try value.integer(in: 1...1000) }
        startFrom = try root.optional("start_from")?.runName()
        if let value = root.optional("held_out_units") { holdOut.units = try Self.units(value) }
        if let value = root.optional("exclude_conditions") { holdOut.conditions = try value.texts() }
        var keys = GivenKeys()
        keys.alignment = try ManifestKey.read(
            StitchKeys.alignment, from: root.optional("alignment")?.mapping(), into: &alignment)
        keys.model = try ManifestKey.read(
            StitchKeys.model, from: root.optional("model")?.mapping(), into: &model)
        keys.training = try ManifestKey.read(
            StitchKeys.training, from: root.optional("train")?.mapping(), into: &training)
        // Reading into a section counted it as given as a whole.
        given = keys
        try more(root)
        // Of what stands at the root without its section, or in another one.
        try root.finish { name in
            SettingName.all.first { $0.split(separator: ".").last.map(String.init) == name }
        }
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

/// Names of the keys, section by section, that a manifest has.
struct GivenKeys: Sendable {
    var alignment: Set<String> = []
    var model: Set<String> = []
    var training: Set<String> = []

    static let all = GivenKeys(
        alignment: Set(StitchKeys.alignment.map(\.name)), model: Set(StitchKeys.model.map(\.name)),
        training: Set(StitchKeys.training.map(\.name)))

    /// Keys of the model that are left open.
    var openModelKeys: Set<String> { Self.all.model.subtracting(model) }
    /// These, and every key of the model.
    var withWholeModel: GivenKeys {
        GivenKeys(alignment: alignment, model: Self.all.model, training: training)
    }
    /// Keys of the training that are left open.
    var openTrainingKeys: Set<String> { Self.all.training.subtracting(training) }
}
