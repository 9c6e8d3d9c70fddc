/// The conditions of some sessions in the order of their first appearance, sessions in the order given.
///
/// The order depends on the trials and not on what conditions are called.
public struct ConditionList: Sendable {
    /// Labels, each once.
    public let names: [String]
    private let places: [String: Int]

    /// Lists the conditions of sessions.
    public init(_ sessions: [AlignableSession]) {
        var names: [String] = []
        var places: [String: Int] = [:]
        for session in sessions {
            for case let name? in session.conditions where places[name] == nil {
                places[name] = names.count
                names.append(name)
            }
        }
        self.names = names
        self.places = places
    }

    /// Places of a session's trials, `nil` for a trial without a label; `nil` as a whole where no
    /// training trial has one.
    package func labels(of session: AlignableSession) -> [Int?]? {
        let labels = session.conditions.map { $0.flatMap { places[$0] } }
        return session.trainingTrials.contains { labels[$0] != nil } ? labels : nil
    }

    /// A session's training trials by the place of their label, in the session's order; `nil` where none
    /// has one.
    func trainingTrials(of session: AlignableSession) -> [Int: [Int]]? {
        guard let labels = labels(of: session) else { return nil }
        var trials: [Int: [Int]] = [:]
        for trial in session.trainingTrials {
            if let label = labels[trial] { trials[label, default: []].append(trial) }
        }
        return trials
    }
}
