import ArrayFiles
import LFADS

/// The group `config`: every hyper-parameter under the name that the PyTorch implementation has for it,
/// which is that of the manifest; lengths, widths and numbers of units beside them.
extension ModelFile {
    /// Without these the same tensors could be several models.
    private static let requiredOfModel = [
        "encod_seq_len", "ic_enc_dim", "ic_enc_seq_len", "ci_enc_dim", "ci_lag", "con_dim", "co_dim",
        "ic_dim", "gen_dim", "fac_dim", "cell_clip", "ic_post_var_min",
    ]

    // MARK: Writing

    func writeConfiguration(to file: HDF5File) throws {
        func set(_ key: String, _ value: Int) throws { try file.setAttribute(key, to: value, of: "config") }
        try file.createGroup("config")
        let model = settings.model
        var entries = ManifestKey.show(StitchKeys.alignment, of: settings.alignment)
        entries += ManifestKey.show(StitchKeys.model, of: model)
        entries += ManifestKey.show(StitchKeys.training, of: settings.training)
        for entry in entries where !["components", "reconstruction"].contains(entry.key) {
            switch entry.value {
            case .whole(let value): try set(entry.key, value)
            case .flag(let value): try set(entry.key, value ? 1 : 0)
            case .single, .double:
                if let number = entry.value.number {
                    try file.setAttribute(entry.key, to: number, of: "config")
                }
            case .word(let text): try file.setAttribute(entry.key, to: text, of: "config")
            case .list, .lists: continue
            }
        }
        try file.setAttribute("reconstruction", to: model.observation.nameInPyTorch, of: "config")
        try set("recon_seq_len", model.binCount)
        try set("ext_input_dim", model.externalInputCount)
        try set("encod_data_dim", model.encoderInputCount(sessions))
        try set("readin_is_identity", model.readIn == .identity ? 1 : 0)
        try set("n_recon_params", model.observation.parametersPerUnit)
        try set("n_sessions", sessions.count)
        try set("batch_per_session", max(1, settings.training.batchSize / max(1, sessions.count)))
        // At least what a manifest may have; a seed beyond it comes back as another one otherwise.
        try set("seed", Int(clamping: settings.seed))
        for (name, counts) in [
            ("neurons_encod", sessions.map(\.encodedUnitCount)), ("neurons_recon", sessions.map(\.unitCount)),
        ] {
            try file.write(
                ShapedArray(shape: [counts.count], values: counts.map(Int64.init)), to: "config/\(name)")
        }
        switch settings.holdOut.units {
        case .none: break
        case .share(let share): try file.setAttribute("held_out_units", to: share, of: "config")
        case .named(let names): try write(names, to: "config/held_out_units", of: file)
        // Units of a session that stand after its encoded ones are held out, without another word.
        case .namedBySession: break
        }
        if !settings.holdOut.conditions.isEmpty {
            try write(settings.holdOut.conditions, to: "config/exclude_conditions", of: file)
        }
    }

    private func write(_ texts: [String], to dataset: String, of file: HDF5File) throws {
        try file.write(ShapedArray(shape: [texts.count], values: texts), to: dataset)
    }

    // MARK: Reading

    /// - Throws: `ModelFileError.missingSetting`, `.badSetting`
    static func readConfiguration(_ file: HDF5File, isIdentity: Bool) throws -> StitchSettings {
        let path = file.path
        let names = Set(try file.attributeNames(of: "config"))
        func value(_ key: String) throws -> SettingValue? {
            guard names.contains(key) else { return nil }
            if let text = try? file.stringAttribute(key, of: "config") { return .word(text) }
            return try file.numberAttribute(key, of: "config").map { .double($0) }
        }
        func count(_ key: String, in range: some RangeExpression<Int>) throws -> Int {
            guard let value = try value(key) else {
                throw ModelFileError.missingSetting(path: path, key: key)
            }
            guard let count = value.wholeNumber, range.contains(count) else {
                throw ModelFileError.badSetting(
                    path: path, key: key, found: "\(value)", expected: "a whole number that can be one")
            }
            return count
        }
        func take<Section>(
            _ keys: [ManifestKey<Section>], required: [String] = [], into section: inout Section
        ) throws {
            for key in keys where key.name != "reconstruction" {
                guard let value = try value(key.name) else {
                    if required.contains(key.name) {
                        throw ModelFileError.missingSetting(path: path, key: key.name)
                    }
                    continue
                }
                if let expected = key.take(value, &section) {
                    throw ModelFileError.badSetting(
                        path: path, key: key.name, found: "\(value)", expected: expected)
                }
            }
        }
        var model = ModelConfiguration(
            encodedBinCount: 0, binCount: try count("recon_seq_len", in: 1...10_000_000))
        try take(StitchKeys.model, required: requiredOfModel, into: &model)
        model.externalInputCount = try count("ext_input_dim", in: 0...16_384)
        model.observation = try observation(try value("reconstruction"), path)
        let dimensions = try count("encod_data_dim", in: 1...1_000_000)
        if let stated = try value("readin_is_identity"), stated.wholeNumber != (isIdentity ? 1 : 0) {
            throw ModelFileError.badSetting(
                path: path, key: "readin_is_identity", found: "\(stated)",
                expected: isIdentity
                    ? "1, as params/ has no read-in" : "0, as params/ has read-ins")
        }
        model.readIn = isIdentity ? .identity : .affine(dimensions: dimensions)
        var settings = StitchSettings(model: model)
        settings.alignment.components = dimensions
        // The model's space is its own; nothing here is refused for a lack of labels.
        settings.alignment.unlabelled = .ownPCA
        try take(
            StitchKeys.alignment.filter { $0.name != "components" }, into: &settings.alignment)
        try take(StitchKeys.training, into: &settings.training)
        if names.contains("seed") {
            settings.seed = UInt64(try count("seed", in: 0...))
            settings.firstSeed = settings.seed
        }
        if !names.contains("batch_size"), names.contains("batch_per_session") {
            let sessions = names.contains("n_sessions") ? try count("n_sessions", in: 1...10_000_000) : 1
            settings.training.batchSize = try count("batch_per_session", in: 1...10_000_000) * sessions
        }
        return settings
    }

    /// What is kept back, where the file says so.
    ///
    /// - Throws: `ModelFileError.badSetting`
    static func readHoldOut(_ file: HDF5File) throws -> HoldOut {
        var result = HoldOut()
        if file.exists("config/held_out_units") {
            result.units = .named(try file.strings("config/held_out_units").values)
        } else if let share = try file.numberAttribute("held_out_units", of: "config") {
            guard share > 0, share < 1 else {
                throw ModelFileError.badSetting(
                    path: file.path, key: "held_out_units", found: "\(share)",
                    expected: "a share above 0 and below 1, or a dataset of names")
            }
            result.units = .share(share)
        }
        if file.exists("config/exclude_conditions") {
            result.conditions = try file.strings("config/exclude_conditions").values
        }
        return result
    }

    private static func observation(_ value: SettingValue?, _ path: String) throws -> ObservationModel {
        guard let value else { throw ModelFileError.missingSetting(path: path, key: "reconstruction") }
        let all = ObservationModel.allCases
        let found = "\(value)".lowercased()
        guard let model = all.first(where: { [$0.rawValue, $0.nameInPyTorch.lowercased()].contains(found) })
        else {
            throw ModelFileError.badSetting(
                path: path, key: "reconstruction", found: "\(value)",
                expected: all.map(\.nameInPyTorch).joined(separator: " or "))
        }
        return model
    }
}

extension ObservationModel {
    /// The class of the PyTorch implementation.
    var nameInPyTorch: String {
        switch self {
        case .poisson: "Poisson"
        case .gaussian: "Gaussian"
        case .gamma: "Gamma"
        case .zeroInflatedGamma: "ZeroInflatedGamma"
        }
    }
}

extension ModelConfiguration {
    /// What enters the encoders: the read-in's outputs, or the only session's units.
    func encoderInputCount(_ sessions: [ModelFile.Session]) -> Int {
        if case .affine(let dimensions) = readIn { return dimensions }
        return sessions.first?.encodedUnitCount ?? 0
    }
}
