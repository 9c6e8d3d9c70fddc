public import Messages

/// What can go wrong in an evaluation.
public enum EvaluationError: ReportedError, Equatable {
    case unknownChannel(String, known: [String])
    case historyTooLong(session: String, bins: Int, needed: Int)
    case noSessions(run: String)
    case nothingInCommon(run: String, other: String)
    case tooManyUnits(session: String, asked: Int, encoded: Int)
    case noTestTrials(run: String, sessions: [String], of: Int)
    case noFactorAnalysis(reason: String)
    case partsDiffer(run: String, part: EvaluatedPart, other: String, otherPart: EvaluatedPart)

    /// What kind of trouble it is: all of it lies in what was asked for.
    public var category: ErrorCategory {
        .usage
    }

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .unknownChannel(let channel, let known):
            return
                "there is no behaviour channel \(channel) in all sessions of the run; they share "
                + (known.isEmpty ? "none" : known.joined(separator: ", "))
        case .historyTooLong(let session, let bins, let needed):
            return
                "session \(session) has trials of \(bins) bins, and lag and history together need "
                + "\(needed); shorten one of them"
        case .noSessions(let run):
            return "run \(run) has no sessions"
        case .nothingInCommon(let run, let other):
            return
                "runs \(run) and \(other) have no session in common, so there is nothing to compare"
        case .tooManyUnits(let session, let asked, let encoded):
            return
                "session \(session) has \(encoded) units that the encoder sees, fewer than the "
                + "\(asked) asked for; ask for fewer"
        case .noFactorAnalysis(let reason):
            return
                "factor analysis needs `python3` with numpy and scikit-learn, and that gave: \(reason); install them "
                + "(`pip install scikit-learn`) in the Python that comes first on PATH"
        case .partsDiffer(let run, let part, let other, let otherPart):
            return
                "run \(run) was evaluated on \(part.title), and \(other) on \(otherPart.title), which can't "
                + "be compared; evaluate both on the same part"
        case .noTestTrials(let run, let sessions, let count):
            let named = sessions.prefix(5).joined(separator: ", ") + (sessions.count > 5 ? ", …" : "")
            return
                "run \(run) can't be evaluated on test trials: \(sessions.count) of its \(count) sessions "
                + "have none (\(named)); evaluate held-out trials (valid), or train a run of revisions that "
                + "are registered with `split: {test_every: 5}`"
        }
    }
}
