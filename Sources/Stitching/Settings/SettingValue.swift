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
    package var number: Double? {
        switch self {
        case .whole(let value): Double(value)
        // As few digits as stand for the same float: 0.1 and not 0.10000000149.
        case .single(let value): Double("\(value)") ?? Double(value)
        case .double(let value): value
        case .flag(let value): value ? 1 : 0
        case .word, .list, .lists: nil
        }
    }

    var wholeNumber: Int? {
        if case .whole(let value) = self { return value }
        return number.flatMap { Int(exactly: $0) }
    }

    var text: String? {
        if case .word(let text) = self { return text }
        return nil
    }
}

extension SettingValue: Codable {
    /// A flag is no number here, and a number no flag.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Int.self) {
            self = .whole(value)
        } else if let value = try? container.decode(Double.self) {
            self = .double(value)
        } else if let value = try? container.decode(String.self) {
            self = .word(value)
        } else if let values = try? container.decode([String].self) {
            self = .list(values)
        } else {
            self = .lists(try container.decode([String: [String]].self))
        }
    }

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
