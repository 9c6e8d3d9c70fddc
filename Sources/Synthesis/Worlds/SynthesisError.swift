public import Messages

/// What can be wrong with the wish for a synthetic world.
public enum SynthesisError: ReportedError, Equatable {
    /// - Parameter setting: the name that people type, e.g. `conditions`.
    case settingOutOfRange(setting: String, found: String, expected: String)
    /// - Parameter problem: as in `FileSafeName.problem(withSession:)`.
    case badName(setting: String, found: String, problem: String)
    case notADate(String)
    case cannotCreate(folder: String, reason: String)

    public var category: ErrorCategory {
        if case .cannotCreate = self { return .cannotCreate }
        return .usage
    }

    public var description: String {
        switch self {
        case .settingOutOfRange(let setting, let found, let expected):
            "synthetic recordings can't be made with \(setting) \(found); expected \(expected)."
        case .badName(let setting, let found, let problem):
            "the \(setting) \"\(found)\" can't be part of a file's name: \(problem)."
        case .notADate(let text):
            "\"\(text)\" is no date of the first session; expected YYYY-MM-DD, e.g. 2024-01-15."
        case .cannotCreate(let folder, let reason):
            "the folder \(folder) can't be made: \(reason)."
        }
    }
}

extension SynthesisError {
    /// - Parameter setting: the name that people type.
    /// - Throws: `.settingOutOfRange` where what is required isn't met.
    static func require(_ met: Bool, _ setting: String, _ found: Any, _ expected: String) throws {
        guard met else {
            throw settingOutOfRange(setting: setting, found: "\(found)", expected: expected)
        }
    }
}
