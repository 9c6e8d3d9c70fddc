public import Messages

/// What can be in the way of bringing days into one space.
public enum AlignmentError: ReportedError, Equatable {
    /// `isContinuous`: the trials are windows of a continuous recording, which can have no labels.
    case unlabelledSession(String, trialsWithoutLabel: Int, isContinuous: Bool)
    /// No condition is common to these groups of sessions.
    case conditionsNotConnected(groups: [[String]])
    /// A session without a label in common with what it should be aligned to.
    case nothingInCommon(session: String, isContinuous: Bool)

    public var category: ErrorCategory { .badData }

    private static let registerTrials =
        "register trials of it with their labels (`condition:`) instead of windows (`chop:`)"

    public var description: String {
        switch self {
        case .unlabelledSession(let session, let count, let isContinuous):
            "session \(session): \(count) "
                + (isContinuous ? "windows of a continuous recording have" : "trials have")
                + " no condition label, and alignment compares condition averages between days; "
                + (isContinuous ? Self.registerTrials : "name the field with `condition:` in its manifest")
                + ", or accept a day that is not aligned with `alignment: {unlabelled: own-pca}`"
        case .conditionsNotConnected(let groups):
            "the sessions do not hang together: no condition is common to "
                + groups.map { "{\($0.joined(separator: ", "))}" }.joined(separator: " and ")
                + "; check that condition labels are spelled alike on all days, or stitch the groups separately"
        case .nothingInCommon(let session, let isContinuous):
            "session \(session) has no condition labels in common with the run, so its units can't be "
                + "brought onto the shared trajectories by them; "
                + (isContinuous
                    ? Self.registerTrials
                    : "name the field with `condition:` in its manifest and register it again")
                + ", or let a new day join without labels"
        }
    }
}
