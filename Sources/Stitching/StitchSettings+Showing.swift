/// A setting as a manifest would say it.
public enum SettingValue: Sendable, Equatable {
    case whole(Int)
    case single(Float)
    case double(Double)
    case flag(Bool)
    case word(String)
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
        }
    }
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
        }
    }
}

extension StitchSettings {
    public struct Entry: Sendable, Equatable {
        public let key: String
        public let value: SettingValue
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
