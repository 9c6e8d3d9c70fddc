import ArrayFiles
import Foundation
import Messages
import Recordings
import Yams

/// One value of a manifest with the way to it. Asked for a type, it either gives that
/// or throws a `ManifestError` that says what was expected on which line.
public struct ManifestValue {
    /// What kind of YAML a value is.
    public enum Kind: Sendable { case scalar, list, mapping, nothing }

    /// The way here from the root, e.g. `units.min_rate_hz` or `behavior[2]` (counted from 1).
    public let key: String
    /// Line of the file, from 1.
    public let line: Int
    private let node: Node
    private let ledger: ManifestLedger

    init(node: Node, key: String, line: Int, ledger: ManifestLedger) {
        self.node = node
        self.key = key
        self.line = line
        self.ledger = ledger
    }

    /// For keys that take either a word or a mapping, such as `split: file` and `split: {…}`.
    public var kind: Kind {
        switch node {
        case .mapping: .mapping
        case .sequence: .list
        default: Self.isNothing(node) ? .nothing : .scalar
        }
    }

    /// What stands there, in words, for an error message.
    public var found: String { Self.description(of: node) }

    /// An error that says that the value is of another type than is expected.
    public func wrongType(expected: String) -> ManifestError {
        .wrongType(path: ledger.path, line: line, key: key, expected: expected, found: found)
    }

    /// An error that says that the value is not one of those that can be.
    public func outOfRange(expected: String) -> ManifestError {
        .outOfRange(path: ledger.path, line: line, key: key, expected: expected, found: found)
    }

    // MARK: Scalars

    /// Text as it stands in the file: `2016-06-26`, `12` and `yes` are text as well; `_` without quotes is
    /// none, it stands for what has to be filled in.
    ///
    /// - Parameter expected: in words, for the error.
    public func text(expected: String = "text") throws -> String {
        guard case .scalar(let scalar) = node, kind == .scalar, !scalar.string.isEmpty,
            !Self.isOpen(node)
        else { throw wrongType(expected: expected) }
        return scalar.string
    }

    /// A whole number in decimal digits.
    public func integer() throws -> Int {
        guard let text = plainText, text.wholeMatch(of: /[-+]?[0-9]+/) != nil else {
            throw wrongType(expected: "a whole number")
        }
        guard let value = Int(text) else {
            throw outOfRange(expected: "a whole number between -2^63 and 2^63 - 1")
        }
        return value
    }

    /// The value as a whole number within a range.
    public func integer(in range: some RangeExpression<Int>) throws -> Int {
        let value = try integer()
        guard range.contains(value) else {
            throw outOfRange(expected: "a whole number \(Self.description(of: range))")
        }
        return value
    }

    /// A finite decimal number; `1e-4` is one (to other readers of YAML it needs a dot).
    ///
    /// - Parameter unit: of measure, for the error.
    public func number(of unit: String? = nil) throws -> Double {
        guard let text = plainText,
            text.wholeMatch(of: /[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?/) != nil,
            let value = Double(text.hasSuffix(".") ? text + "0" : text)
        else { throw wrongType(expected: "a number" + (unit.map { " of \($0)" } ?? "")) }
        guard value.isFinite else { throw outOfRange(expected: "a number that fits into a double") }
        return value
    }

    /// The value as a number within a range.
    public func number(in range: some RangeExpression<Double>) throws -> Double {
        let value = try number()
        guard range.contains(value) else {
            throw outOfRange(expected: "a number \(Self.description(of: range))")
        }
        return value
    }

    /// The value as a number above 0.
    public func positiveNumber(of unit: String? = nil) throws -> Double {
        let value = try number(of: unit)
        guard value > 0 else { throw outOfRange(expected: "a number above 0") }
        return value
    }

    /// `true` or `false`, and not the other words that YAML once knew for them.
    public func boolean() throws -> Bool {
        switch plainText {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default: throw wrongType(expected: "true or false")
        }
    }

    /// A day, `YYYY-MM-DD`.
    public func date() throws -> String {
        guard case .scalar(let scalar) = node, CalendarDay(scalar.string) != nil else {
            throw ManifestError.notDate(path: ledger.path, line: line, key: key, found: found)
        }
        return scalar.string
    }

    /// The value as one of some words.
    public func oneOf(_ choices: [String]) throws -> String {
        if case .scalar(let scalar) = node, choices.contains(scalar.string) { return scalar.string }
        var nearest: String?
        if case .scalar(let scalar) = node {
            nearest = NearestName.nearest(to: scalar.string, among: choices)
        }
        throw ManifestError.notOneOf(
            path: ledger.path, line: line, key: key, expected: choices, found: found, nearest: nearest)
    }

    /// The value as one of the words of an enumeration.
    public func oneOf<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type
    ) throws -> Choice {
        let word = try oneOf(type.allCases.map(\.rawValue))
        guard let choice = Choice(rawValue: word) else { throw wrongType(expected: "\(type)") }
        return choice
    }

    /// The name of a run, which becomes the name of a folder.
    public func runName() throws -> String {
        let name = try text()
        return try suitable(name, FileSafeName.problem(with: name))
    }

    /// The name of a session, which becomes the name of a file.
    public func sessionName() throws -> String {
        let name = try text()
        return try suitable(name, FileSafeName.problem(withSession: name))
    }

    /// A path, relative to the manifest's folder unless it begins with `/`.
    public func filePath() throws -> String {
        let file = try text()
        if file.hasPrefix("/") { return file }
        let folder = (ledger.path as NSString).deletingLastPathComponent
        return folder.isEmpty ? file : (folder as NSString).appendingPathComponent(file)
    }

    // MARK: Lists and mappings

    /// The elements of a list.
    public func elements() throws -> [ManifestValue] {
        guard case .sequence(let sequence) = node else { throw wrongType(expected: "a list") }
        return sequence.enumerated().map { index, element in
            ManifestValue(
                node: element, key: "\(key)[\(index + 1)]", line: element.mark?.line ?? line,
                ledger: ledger)
        }
    }

    /// The elements of a list, as texts.
    public func texts() throws -> [String] { try elements().map { try $0.text() } }

    /// The elements of a list, as numbers.
    public func numbers() throws -> [Double] { try elements().map { try $0.number() } }

    /// Opens a nested mapping; `finish()` on the root looks into it from now on.
    public func mapping() throws -> ManifestMapping {
        guard case .mapping(let mapping) = node else {
            throw wrongType(expected: "keys with values")
        }
        return try ManifestMapping(mapping, key: key, ledger: ledger)
    }

    private func suitable(_ name: String, _ problem: String?) throws -> String {
        guard let problem else { return name }
        throw ManifestError.unsuitableName(
            path: ledger.path, line: line, key: key, found: name, problem: problem)
    }

    /// The text of a scalar without quotes: `"5"` in quotes is text and no number.
    private var plainText: String? {
        guard case .scalar(let scalar) = node, scalar.style == .plain else { return nil }
        return scalar.string
    }
}
