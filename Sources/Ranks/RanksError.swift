public import Messages

/// What can keep the processes of a job from working together.
public enum RanksError: ReportedError, Equatable {
    /// Open MPI's library is not there, or is another one.
    case noLibrary(tried: [String], reason: String)
    /// A launcher started several processes that know nothing of each other.
    case startedApart(launcher: String, count: Int, expected: String)
    /// A call of MPI failed.
    case failed(call: String, code: Int)

    public var category: ErrorCategory {
        switch self {
        case .noLibrary: .unavailable
        case .startedApart: .usage
        case .failed: .inputOutput
        }
    }

    public var description: String {
        switch self {
        case .noLibrary(let tried, let reason):
            "This process was started as one of several, but Open MPI can't be loaded (\(reason); tried "
                + "\(tried.joined(separator: ", "))). Install it (Debian: libopenmpi3) on every machine of the job, or "
                + "name its library in NEUROSTITCH_MPI_LIBRARY."
        case .startedApart(let launcher, let count, let expected):
            "\(launcher) started \(count) processes that know nothing of each other, and each would do all of the "
                + "work. Expected: \(expected)."
        case .failed(let call, let code):
            "\(call) of Open MPI failed with code \(code)."
        }
    }
}
