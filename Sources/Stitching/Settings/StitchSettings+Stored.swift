import Alignment
import Foundation
import LFADS

/// How settings stand in the registry and in checkpoints: as JSON under the keys of the manifest, whatever the
/// properties are called here. What a version didn't know yet has the value that stands for what it did.
extension StitchSettings {
    /// Sorted keys: the same settings give the same bytes.
    ///
    /// - Throws: `EncodingError` for numbers that JSON doesn't have.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(Storage(self)), as: UTF8.self)
    }

    /// Reads what `json()` wrote, also by an older version.
    ///
    /// - Throws: `DecodingError`, `UnsuitableSetting`
    public init(json: String) throws {
        let data = Data(json.utf8)
        struct Layout: Decodable { let layout: Int? }
        switch try JSONDecoder().decode(Layout.self, from: data).layout {
        case nil: try self.init(PropertyNamedSettings(data).storage())
        case Storage.layout?: try self.init(try JSONDecoder().decode(Storage.self, from: data))
        case let other?:
            throw UnsuitableSetting(
                key: "layout", found: "\(other)",
                expected: "at most \(Storage.layout); a newer neurostitch wrote it")
        }
    }

    /// A stored value that its key can't have.
    struct UnsuitableSetting: Error, CustomStringConvertible {
        let key: String
        let found: String
        let expected: String
        var description: String { "\(key) is \(found); expected \(expected)" }
    }

    private init(_ storage: Storage) throws {
        func required(_ key: String) throws -> SettingValue {
            guard let value = storage.names[key] else {
                throw UnsuitableSetting(key: key, found: "missing", expected: "a value")
            }
            return value
        }
        func whole(_ key: String) throws -> UInt64 {
            let value = try required(key)
            guard let number = value.wholeNumber.flatMap({ UInt64(exactly: $0) }) else {
                throw UnsuitableSetting(key: key, found: "\(value)", expected: "a whole number")
            }
            return number
        }
        self.init(model: ModelConfiguration(encodedBinCount: 0, binCount: 0))
        seed = try whole("seed")
        firstSeed = storage.names["first_seed"] == nil ? seed : try whole("first_seed")
        restarts = storage.names["restarts"] == nil ? 1 : Int(try whole("restarts"))
        startFrom = storage.names["start_from"]?.text
        switch storage.names["held_out_units"] {
        case .list(let names): holdOut.units = .named(names)
        case .lists(let names): holdOut.units = .namedBySession(names)
        case let value?: holdOut.units = value.number.map { .share($0) } ?? .none
        case nil: break
        }
        if case .list(let names) = storage.names["exclude_conditions"] { holdOut.conditions = names }
        try ManifestKey.take(
            StitchKeys.alignment, from: storage.sections["alignment"] ?? [:], into: &alignment)
        try ManifestKey.take(StitchKeys.storedModel, from: storage.sections["model"] ?? [:], into: &model)
        try ManifestKey.take(StitchKeys.training, from: storage.sections["train"] ?? [:], into: &training)
        // A run's read-ins lead to the shared components; only model files know another kind.
        model.readIn = .affine(dimensions: alignment.components ?? model.factorCount)
        joined = storage.joined
        imported = storage.imported
        searched = storage.searched
    }

    /// Names at the top, sections, and where a run came from.
    struct Storage {
        var names: [String: SettingValue] = [:]
        var sections: [String: [String: SettingValue]] = [:]
        var joined: JoinedDay?
        var imported: ImportedModel?
        var searched: SearchedSettings?

        static let layout = 2
        static let sectionNames = ["alignment", "model", "train"]

        init() {}

        init(_ settings: StitchSettings) {
            names = [
                "layout": .whole(Self.layout), "seed": .whole(Int(settings.seed)),
                "first_seed": .whole(Int(settings.firstSeed)), "restarts": .whole(settings.restarts),
            ]
            for entry in settings.topEntries where names[entry.key] == nil {
                names[entry.key] = entry.value
            }
            func values<Section>(
                _ keys: [ManifestKey<Section>], _ section: Section
            ) -> [String: SettingValue] {
                Dictionary(
                    uniqueKeysWithValues: ManifestKey.show(keys, of: section).map { ($0.key, $0.value) })
            }
            sections = [
                "alignment": values(StitchKeys.alignment, settings.alignment),
                "model": values(StitchKeys.storedModel, settings.model),
                "train": values(StitchKeys.training, settings.training),
            ]
            joined = settings.joined
            imported = settings.imported
            searched = settings.searched
        }
    }
}

extension StitchSettings.Storage: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: SettingKey.self)
        for key in container.allKeys {
            switch key.stringValue {
            case "joined": joined = try container.decode(JoinedDay.self, forKey: key)
            case "imported": imported = try container.decode(ImportedModel.self, forKey: key)
            case "searched": searched = try container.decode(SearchedSettings.self, forKey: key)
            case let name where Self.sectionNames.contains(name):
                sections[name] = try container.decode([String: SettingValue].self, forKey: key)
            default:
                names[key.stringValue] = try container.decode(SettingValue.self, forKey: key)
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: SettingKey.self)
        for (name, value) in names { try container.encode(value, forKey: SettingKey(name)) }
        for (name, values) in sections { try container.encode(values, forKey: SettingKey(name)) }
        try container.encodeIfPresent(joined, forKey: SettingKey("joined"))
        try container.encodeIfPresent(imported, forKey: SettingKey("imported"))
        try container.encodeIfPresent(searched, forKey: SettingKey("searched"))
    }
}

/// Any name as a key of JSON.
public struct SettingKey: CodingKey {
    public let stringValue: String
    public var intValue: Int? { nil }
    /// The key of a name.
    public init(_ name: String) { stringValue = name }
    public init?(stringValue: String) { self.init(stringValue) }
    public init?(intValue: Int) { nil }
}
