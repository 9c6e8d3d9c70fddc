public import Messages

/// What can go wrong while settings are searched.
public enum SearchError: ReportedError, Equatable {
    /// A key of the manifest that a population can't have.
    case doesNotSearch(key: String, reason: String)
    /// A value that a member was to have, and can't.
    case unsuitableValue(name: String, value: String, expected: String)
    /// Nothing in the space.
    case emptySpace
    /// More generations than epochs, or a population of one.
    case tooSmall(what: String, expected: String)
    /// Every member's training failed.
    case nothingFound(run: String, reason: String)
    /// Asked to go on with a run that no search looks for.
    case noSearch(run: String)
    /// Asked to go on under another plan.
    case planDiffers(run: String)
    /// The file in which a search keeps where it stands.
    case notAPopulation(path: String, what: String)

    public var category: ErrorCategory {
        switch self {
        case .doesNotSearch, .unsuitableValue, .emptySpace, .tooSmall, .planDiffers: .badConfiguration
        case .nothingFound: .noResult
        case .noSearch: .usage
        case .notAPopulation: .badData
        }
    }

    public var description: String {
        switch self {
        case .doesNotSearch(let key, let reason):
            "a search can't have `\(key)`: \(reason)"
        case .unsuitableValue(let name, let value, let expected):
            "search: \(name) can't be \(value); expected \(expected)"
        case .emptySpace:
            "search: the space has no settings; name some under `space`, or leave `space` out for the default"
        case .tooSmall(let what, let expected):
            "search: \(what) leaves nothing to decide; expected \(expected)"
        case .nothingFound(let run, let reason):
            "search \(run): no member's training had a result; the first one: \(reason)"
        case .noSearch(let run):
            "run \(run) comes from no search that could go on"
        case .planDiffers(let run):
            "search \(run) was begun with other settings; go on with the manifest that it was begun with, or "
                + "begin another search under a new name"
        case .notAPopulation(let path, let what):
            "\(path) is not what a search keeps: \(what); remove the run's folder and begin anew"
        }
    }
}
