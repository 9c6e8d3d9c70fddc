public import Messages

/// What can be wrong with a manifest. Every case names the file, and the line where there is one.
///
/// `key` is the whole way to the value, e.g. `units.min_rate_hz` or `behavior[2]`.
public enum ManifestError: ReportedError, Equatable {
    case unreadable(path: String, reason: String)
    case empty(path: String)
    /// `problem` is in the words of the YAML parser.
    case notYAML(path: String, line: Int?, problem: String)
    /// The file holds one list or one value instead of keys and values.
    case notMapping(path: String, line: Int, found: String)
    case duplicateKey(path: String, line: Int, key: String)
    case keyNotText(path: String, line: Int, found: String)
    case unknownKey(path: String, line: Int, key: String, nearest: String?, known: [String])
    /// `misspelling` is a key nearby that nothing else has asked for.
    case missingKey(path: String, line: Int, key: String, misspelling: String?)
    case wrongType(path: String, line: Int, key: String, expected: String, found: String)
    case outOfRange(path: String, line: Int, key: String, expected: String, found: String)
    case notOneOf(
        path: String, line: Int, key: String, expected: [String], found: String, nearest: String?)
    case notDate(path: String, line: Int, key: String, found: String)
    case unsuitableName(path: String, line: Int, key: String, found: String, problem: String)
    /// Two values that exclude each other, or that only make sense together.
    case contradiction(path: String, line: Int, key: String, problem: String)
}

extension ManifestError {
    public var category: ErrorCategory {
        if case .unreadable = self { return .missingInput }
        return .badConfiguration
    }

    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            return "The manifest \(path) can't be read: \(reason)."
        case .empty(let path):
            return "The manifest \(path) is empty; expected keys with values, such as \"date: 2016-06-26\"."
        case .notYAML(let path, let line, let problem):
            let place = line.map { "\(path), line \($0)" } ?? path
            return "\(place): this is not valid YAML: \(problem)."
        case .notMapping(let path, let line, let found):
            return "\(path), line \(line): expected keys with values, such as \"date: 2016-06-26\", "
                + "but found \(found)."
        case .duplicateKey(let path, let line, let key):
            return "\(path), line \(line): the key \"\(key)\" is given more than once; keep one."
        case .keyNotText(let path, let line, let found):
            return "\(path), line \(line): a key should be a word, but is \(found)."
        case .unknownKey(let path, let line, let key, let nearest, let known):
            let suggestion = nearest.map { "; did you mean \"\($0)\"?" } ?? "."
            let list =
                known.isEmpty ? "No keys are known here." : "Known keys: \(known.joined(separator: ", "))."
            return "\(path), line \(line): unknown key \"\(key)\"\(suggestion) \(list)"
        case .missingKey(let path, let line, let key, let misspelling):
            let suggestion = misspelling.map { "; is \"\($0)\" meant to be it?" } ?? "."
            return "\(path), line \(line): the key \"\(key)\" is missing\(suggestion)"
        case .wrongType(let path, let line, let key, let expected, let found),
            .outOfRange(let path, let line, let key, let expected, let found):
            return "\(path), line \(line): \"\(key)\" should be \(expected), but is \(found)."
        case .notOneOf(let path, let line, let key, let expected, let found, let nearest):
            let suggestion = nearest.map { " (did you mean \"\($0)\"?)" } ?? ""
            return "\(path), line \(line): \"\(key)\" should be one of \(expected.joined(separator: ", ")), "
                + "but is \(found)\(suggestion)."
        case .notDate(let path, let line, let key, let found):
            return "\(path), line \(line): \"\(key)\" should be a day of the calendar written as "
                + "YYYY-MM-DD, but is \(found)."
        case .unsuitableName(let path, let line, let key, let found, let problem):
            return "\(path), line \(line): \"\(key)\" is \"\(found)\", which can't become a file name: "
                + "\(problem)."
        case .contradiction(let path, let line, let key, let problem):
            return "\(path), line \(line): \"\(key)\" \(problem)."
        }
    }
}
