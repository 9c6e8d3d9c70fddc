public import Recordings
import Registry

/// The trials that figures of unseen trials are of. One part for all sessions of an evaluation, so that medians
/// and differences never mix parts.
public enum EvaluatedPart: String, Sendable, Codable, CaseIterable {
    /// The held-out trials: no gradient has seen them, but they chose the best epoch.
    case valid
    /// The test trials, which neither training nor any choice has seen.
    case test

    /// What the part's trials or windows are, in a word: `held-out` or `test`.
    public var adjective: String {
        switch self {
        case .valid: "held-out"
        case .test: "test"
        }
    }

    /// The part's trials, as a table says them: `held-out trials (valid)`.
    public var title: String {
        switch self {
        case .valid: "held-out trials (valid)"
        case .test: "test trials"
        }
    }

    /// The same as a part of a recording.
    public var split: Recording.Split {
        switch self {
        case .valid: .valid
        case .test: .test
        }
    }

    /// Names of a run's sessions that have no test trials to evaluate on: none, or none of a condition that
    /// takes part.
    ///
    /// - Throws: `RegistryError`
    static func sessionsWithoutTest(
        _ sessions: [SessionRecord], excluding conditions: [String], in registry: SessionRegistry
    ) throws -> [String] {
        let excluded = Set(conditions)
        return try sessions.filter { session in
            guard session.testTrialCount > 0 else { return true }
            return try !registry.trials(of: session).contains { trial in
                trial.split == .test && !(trial.condition.map(excluded.contains) ?? false)
            }
        }.map(\.name)
    }
}
