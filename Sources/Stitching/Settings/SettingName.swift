import LFADS

/// A setting of a stitch manifest by its name with the section, such as `train.lr_init`: how settings are
/// changed one at a time, by a search for instance.
package enum SettingName {
    /// `seed`, and all keys of `alignment`, `model` and `train`, with their sections.
    package static var all: [String] {
        ["seed"] + StitchKeys.alignment.map { "alignment.\($0.name)" }
            + StitchKeys.model.map { "model.\($0.name)" }
            + StitchKeys.training.map { "train.\($0.name)" }
    }

    /// Whether a setting can change between two epochs of a training: rates, penalties and shares. Sizes, and
    /// what a training is long, can't.
    package static func canChange(_ name: String) -> Bool {
        name == "model.dropout_rate" || (name.hasPrefix("train.") && !fixedOfTraining.contains(name))
    }

    private static let fixedOfTraining: Set = [
        "train.epochs", "train.batch_size", "train.lr_schedule", "train.loss_scale",
        "train.recon_reduce_mean",
    ]

    fileprivate static func split(_ name: String) -> (section: String, key: String) {
        let parts = name.split(separator: ".", maxSplits: 1)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : ("", name)
    }
}

/// Puts a value under a key of a section.
///
/// - Returns: what was expected instead, where there is no such key or it can't have that value.
private func put<Section>(
    _ value: SettingValue, _ key: String, _ keys: [ManifestKey<Section>], _ section: inout Section
) -> String? {
    guard let known = keys.first(where: { $0.name == key }) else { return "the name of a setting" }
    return known.take(value, &section)
}

private func seed(_ value: SettingValue) -> UInt64? {
    value.wholeNumber.flatMap { $0 >= 0 ? UInt64($0) : nil }
}

extension StitchManifest {
    /// Asks for a setting; what follows from it, as long as nothing else says it, follows from the new value.
    ///
    /// - Parameter name: with the section, such as `train.lr_init`.
    /// - Returns: what was expected instead, where the setting can't have that value.
    package mutating func set(_ name: String, to value: SettingValue) -> String? {
        let (section, key) = SettingName.split(name)
        var keys = given
        var problem: String?
        switch section {
        case "alignment":
            problem = put(value, key, StitchKeys.alignment, &alignment)
            keys.alignment.insert(key)
        case "model":
            problem = put(value, key, StitchKeys.model, &model)
            keys.model.insert(key)
        case "train":
            problem = put(value, key, StitchKeys.training, &training)
            keys.training.insert(key)
        default:
            guard name == "seed" else { return "the name of a setting" }
            guard let number = Stitching.seed(value) else { return "a whole number from 0 on" }
            seed = number
        }
        // Writing into a section counted it as given as a whole.
        given = keys
        return problem
    }
}

extension StitchSettings {
    /// Changes a setting of a training that goes on.
    ///
    /// - Parameter name: of a setting that `SettingName.canChange`, or `seed`.
    /// - Returns: what was expected instead, where the setting can't have that value.
    package mutating func change(_ name: String, to value: SettingValue) -> String? {
        let (section, key) = SettingName.split(name)
        switch section {
        case "model" where SettingName.canChange(name): return put(value, key, StitchKeys.model, &model)
        case "train" where SettingName.canChange(name): return put(value, key, StitchKeys.training, &training)
        default:
            guard name == "seed", let number = Stitching.seed(value) else {
                return "a setting that can change while a model is trained"
            }
            seed = number
            return nil
        }
    }

    /// The value of a setting, as a manifest would say it; `nil` where it is left open.
    package func value(of name: String) -> SettingValue? {
        let (section, key) = SettingName.split(name)
        switch section {
        case "alignment": return StitchKeys.alignment.first { $0.name == key }?.show(alignment)
        case "model": return StitchKeys.model.first { $0.name == key }?.show(model)
        case "train": return StitchKeys.training.first { $0.name == key }?.show(training)
        default: return name == "seed" ? .whole(Int(seed)) : nil
        }
    }
}
