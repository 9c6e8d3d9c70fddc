import LFADS
import Registry

/// One key of a section of a stitch manifest: how it is read, and how what it set is shown.
struct ManifestKey<Section> {
    let name: String
    /// - Throws: `ManifestError`, naming file and line.
    let read: (ManifestValue, inout Section) throws -> Void
    /// `nil` for what is left open.
    let show: (Section) -> SettingValue?
    /// Takes what `show` gave, or what a model file says, without a manifest around it.
    ///
    /// - Returns: what was expected instead, where it can't be taken.
    let take: (SettingValue, inout Section) -> String?

    /// Reads the keys that are there; the others keep what they have.
    ///
    /// - Throws: `ManifestError`
    static func read(
        _ keys: [ManifestKey], from mapping: ManifestMapping?, into section: inout Section
    ) throws {
        guard let mapping else { return }
        for key in keys {
            if let value = mapping.optional(key.name) { try key.read(value, &section) }
        }
    }

    static func show(_ keys: [ManifestKey], of section: Section) -> [StitchSettings.Entry] {
        keys.compactMap { key in key.show(section).map { .init(key: key.name, value: $0) } }
    }
}

// One constructor for each type of value.
extension ManifestKey {
    static func count(
        _ name: String, _ path: WritableKeyPath<Section, Int>, in range: some RangeExpression<Int>
    ) -> ManifestKey {
        ManifestKey(name: name) { value, section in
            section[keyPath: path] = try value.integer(in: range)
        } show: {
            .whole($0[keyPath: path])
        } take: { value, section in
            guard let whole = value.wholeNumber, range.contains(whole) else {
                return "a whole number that a manifest may have there"
            }
            section[keyPath: path] = whole
            return nil
        }
    }

    static func count(
        _ name: String, _ path: WritableKeyPath<Section, Int?>, in range: some RangeExpression<Int>
    ) -> ManifestKey {
        ManifestKey(name: name) { value, section in
            section[keyPath: path] = try value.integer(in: range)
        } show: {
            $0[keyPath: path].map { .whole($0) }
        } take: { value, section in
            guard let whole = value.wholeNumber, range.contains(whole) else {
                return "a whole number that a manifest may have there"
            }
            section[keyPath: path] = whole
            return nil
        }
    }

    static func number(
        _ name: String, _ path: WritableKeyPath<Section, Double>,
        in range: some RangeExpression<Double>
    ) -> ManifestKey {
        ManifestKey(name: name) { value, section in
            section[keyPath: path] = try value.number(in: range)
        } show: {
            .double($0[keyPath: path])
        } take: { value, section in
            guard let number = value.number, number.isFinite, range.contains(number) else {
                return "a number that a manifest may have there"
            }
            section[keyPath: path] = number
            return nil
        }
    }

    /// A number that the model or its training keeps in single precision.
    static func number(_ name: String, _ path: WritableKeyPath<Section, Float>) -> ManifestKey {
        ManifestKey(name: name) { value, section in
            let number = Float(try value.number())
            guard number.isFinite else {
                throw value.outOfRange(expected: "a number that fits into a float")
            }
            section[keyPath: path] = number
        } show: {
            .single($0[keyPath: path])
        } take: { value, section in
            guard let number = value.number.map({ Float($0) }), number.isFinite else {
                return "a number that fits into a float"
            }
            section[keyPath: path] = number
            return nil
        }
    }

    static func flag(_ name: String, _ path: WritableKeyPath<Section, Bool>) -> ManifestKey {
        ManifestKey(name: name) { value, section in
            section[keyPath: path] = try value.boolean()
        } show: {
            .flag($0[keyPath: path])
        } take: { value, section in
            guard let whole = value.wholeNumber, (0...1).contains(whole) else { return "0 or 1" }
            section[keyPath: path] = whole == 1
            return nil
        }
    }

    static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ path: WritableKeyPath<Section, Word>
    ) -> ManifestKey {
        ManifestKey(name: name) { value, section in
            section[keyPath: path] = try value.oneOf(Word.self)
        } show: {
            .word($0[keyPath: path].rawValue)
        } take: { value, section in
            guard case .word(let text) = value, let word = Word(rawValue: text) else {
                return Word.allCases.map(\.rawValue).joined(separator: " or ")
            }
            section[keyPath: path] = word
            return nil
        }
    }
}
