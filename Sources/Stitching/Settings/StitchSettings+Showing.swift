import Foundation
/// A setting as a manifest would say it.
public enum SettingValue: Sendable, Equatable {
    case whole(Int)
    case single(Float)
    case double(Double)
    case flag(Bool)
    case word(String)
    case list([String])
    /// A list for each name.
    case lists([String: [String]])
}

extension SettingValue: CustomStringConvertible {
    /// As few digits as give the same value back when they are read.
    public var description: String {
        switch self {
        case .whole(let value): "\(value)"
        case .single(let value): "\(value)"
        case .double(let value): "\(value)"
        case .flag(let value): "\(value)"
        case .word(let value): value
        case .list(let values): Self.text(of: values)
        case .lists(let values):
            "{"
                + values.sorted { $0.key < $1.key }.map { "\($0.key): \(Self.text(of: $0.value))" }
                .joined(separator: ", ") + "}"
        }
    }

    /// Quoted: a label such as 3 or no stays text.
    private static func text(of values: [String]) -> String {
        "["
            + values.map { "\"\($0.replacingOccurrences(of: "\"", with: "\\\""))\"" }
            .joined(separator: ", ") + "]"
    }
}

extension SettingValue {
    /// Truth as 0 or 1, as arrays' files store it.
    var number: Double? {
        switch self {
        case .whole(let value): Double(value)
        // As few digits as stand for the same float: 0.1 and not 0.10000000149.
        case .single(let value): Double("\(value)") ?? Double(value)
        case .double(let value): value
        case .flag(let value): value ? 1 : 0
        case .word, .list, .lists: nil
        }
    }

    var wholeNumber: Int? { number.flatMap { Int(exactly: $0) } }
}

extension SettingValue: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .whole(let value): try container.encode(value)
        case .single(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        case .word(let value): try container.encode(value)
        case .list(let values): try container.encode(values)
        case .lists(let values): try container.encode(values)
        }
    }
}

extension StitchSettings {
    public struct Entry: Sendable, Equatable {
        public let key: String
        public let value: SettingValue
    }

    /// What stands at the top of that manifest; keys at their default are left out.
    public var topEntries: [Entry] {
        var entries = [Entry(key: "seed", value: .whole(Int(firstSeed)))]
        if restarts > 1 { entries.append(Entry(key: "restarts", value: .whole(restarts))) }
        if let startFrom { entries.append(Entry(key: "start_from", value: .word(startFrom))) }
        switch holdOut.units {
        case .none: break
        case .share(let share): entries.append(Entry(key: "held_out_units", value: .double(share)))
        case .named(let names): entries.append(Entry(key: "held_out_units", value: .list(names)))
        case .namedBySession(let names):
            entries.append(Entry(key: "held_out_units", value: .lists(names)))
        }
        if !holdOut.conditions.isEmpty {
            entries.append(Entry(key: "exclude_conditions", value: .list(holdOut.conditions)))
        }
        return entries
    }

    /// The sections of the manifest that asks for just these settings, under its keys.
    public var sections: [(name: String, entries: [Entry])] {
        [
            ("alignment", ManifestKey.show(StitchKeys.alignment, of: alignment)),
            ("model", ManifestKey.show(StitchKeys.model, of: model)),
            ("train", ManifestKey.show(StitchKeys.training, of: training)),
        ]
    }
}
