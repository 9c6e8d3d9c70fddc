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
    /// What a stored run has that was made before there was this key: the value that stands for what
    /// that version did. `nil` for keys that were there from the beginning.
    var before: SettingValue?

    /// Reads the keys that are there; the others keep what they have.
    ///
    /// - Returns: names of the keys that were there.
    /// - Throws: `ManifestError`
    static func read(
        _ keys: [ManifestKey], from mapping: ManifestMapping?, into section: inout Section
    ) throws -> Set<String> {
        var given: Set<String> = []
        guard let mapping else { return given }
        for key in keys {
            guard let value = mapping.optional(key.name) else { continue }
            try key.read(value, &section)
            given.insert(key.name)
        }
        return given
    }

    /// Takes from another section all that isn't given.
    static func fill(
        _ section: inout Section, from other: Section, _ keys: [ManifestKey], except given: Set<String>
    ) {
        for key in keys where !given.contains(key.name) {
            if let value = key.show(other) { _ = key.take(value, &section) }
        }
    }

    /// Takes stored values; a key that isn't there has the value from before there was one.
    ///
    /// - Throws: `StitchSettings.UnsuitableSetting`
    static func take(
        _ keys: [ManifestKey], from values: [String: SettingValue], into section: inout Section
    ) throws {
        for key in keys {
            guard let value = values[key.name] ?? key.before else {
                throw StitchSettings.UnsuitableSetting(
                    key: key.name, found: "missing", expected: "a value")
            }
            if let expected = key.take(value, &section) {
                throw StitchSettings.UnsuitableSetting(
                    key: key.name, found: "\(value)", expected: expected)
            }
        }
    }

    static func show(_ keys: [ManifestKey], of section: Section) -> [StitchSettings.Entry] {
        keys.compactMap { key in key.show(section).map { .init(key: key.name, value: $0) } }
    }
}

// One constructor for each type of value.
extension ManifestKey {
    static func count(
        _ name: String, _ path: WritableKeyPath<Section, Int>, in range: some RangeExpression<Int>,
        before: Int? = nil
    ) -> ManifestKey {
        var key = ManifestKey(name: name) { value, section in
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
        key.before = before.map { .whole($0) }
        return key
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
    static func number(
        _ name: String, _ path: WritableKeyPath<Section, Float>, before: Float? = nil
    ) -> ManifestKey {
        var key = ManifestKey(name: name) { value, section in
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
        key.before = before.map { .single($0) }
        return key
    }

    /// The same, or a word for no number at all.
    static func number(
        _ name: String, _ path: WritableKeyPath<Section, Float?>, none: String, before: SettingValue
    ) -> ManifestKey {
        var key = ManifestKey(name: name) { value, section in
            if (try? value.text()) == none {
                section[keyPath: path] = nil
                return
            }
            let number = Float(try value.number())
            guard number.isFinite else {
                throw value.outOfRange(expected: "a number that fits into a float, or \(none)")
            }
            section[keyPath: path] = number
        } show: {
            $0[keyPath: path].map { .single($0) } ?? .word(none)
        } take: { value, section in
            if value.text == none {
                section[keyPath: path] = nil
                return nil
            }
            guard let number = value.number.map({ Float($0) }), number.isFinite else {
                return "a number that fits into a float, or \(none)"
            }
            section[keyPath: path] = number
            return nil
        }
        key.before = before
        return key
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
        _ name: String, _ path: WritableKeyPath<Section, Word>, before: Word? = nil
    ) -> ManifestKey {
        var key = ManifestKey(name: name) { value, section in
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
        key.before = before.map { .word($0.rawValue) }
        return key
    }
}
