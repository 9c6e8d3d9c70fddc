import Messages
import Ranks

/// A launcher started several processes of a command that works alone: each would do all of it, in each other's way.
struct StartedTooOften: ReportedError, Equatable {
    let count: Int

    var category: ErrorCategory { .usage }

    var description: String {
        "\(count) processes were started of a command that works alone; start it without mpirun or srun, or with one process. "
            + "`neurostitch search` and `neurostitch stitch` work on many"
    }

    /// - Returns: `nil` where there is nothing wrong with it.
    init?(_ launch: LaunchedProcess?) {
        guard let launch, launch.count > 1 else { return nil }
        count = launch.count
    }
}
