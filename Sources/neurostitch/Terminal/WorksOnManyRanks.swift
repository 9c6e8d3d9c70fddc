import ArgumentParser
import Ranks

/// A command that several processes do together when `mpirun` or `srun` start it: rank 0 speaks, the others serve it.
protocol WorksOnManyRanks {}

extension WorksOnManyRanks {
    /// Does this process's part of the command.
    ///
    /// - Parameters:
    ///   - serve: of a rank above 0, until it is sent home.
    ///   - first: of rank 0; of a process that works alone, without a job.
    func onRanks(
        serve: (ParallelJob, Interruption) throws -> Void,
        first: (ParallelJob?, Interruption) throws -> Void
    ) throws {
        let job = try LaunchedProcess.current.flatMap { $0.count > 1 ? try ParallelJob($0) : nil }
        let interruption = Interruption(isSilent: job.map { $0.rank > 0 } ?? false)
        defer { interruption.end() }
        guard let job, job.rank > 0 else { return try first(job, interruption) }
        defer { job.end() }
        try serve(job, interruption)
        if interruption.isRequested { throw ExitCode(ExitStatus.interrupted) }
    }
}
