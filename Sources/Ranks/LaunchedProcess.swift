import Foundation

/// What the launcher of a job (`mpirun`, `srun`) told this process of its place in it.
public struct LaunchedProcess: Sendable, Equatable {
    /// From 0.
    public let rank: Int
    /// Processes of the job.
    public let count: Int
    /// Of these, how many run on this machine; 1 where the launcher doesn't say.
    public let countHere: Int
    /// Why the processes can't talk to each other although there are several; `nil` where they can.
    let problem: RanksError?

    /// Of this process; `nil` where no launcher started it.
    public static let current = LaunchedProcess(ProcessInfo.processInfo.environment)

    /// - Parameter environment: what the launcher left in it.
    init?(_ environment: [String: String]) {
        func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
        if let count = number("OMPI_COMM_WORLD_SIZE"), let rank = number("OMPI_COMM_WORLD_RANK") {
            self.init(
                rank: rank, count: count, countHere: number("OMPI_COMM_WORLD_LOCAL_SIZE") ?? 1, problem: nil)
        } else if let count = number("SLURM_STEP_NUM_TASKS"), let rank = number("SLURM_PROCID") {
            // `srun` gives processes a way to each other only where it is asked for one.
            let here = Self.tasksHere(environment)
            let problem = RanksError.startedApart(
                launcher: "srun", count: count,
                expected: "`srun --mpi=pmix`, or `mpirun` within the job")
            self.init(
                rank: rank, count: count, countHere: here,
                problem: environment["PMIX_RANK"] != nil || count == 1 ? nil : problem)
        } else if let count = number("PMI_SIZE"), let rank = number("PMI_RANK") {
            let problem = RanksError.startedApart(
                launcher: "another launcher than Open MPI's", count: count,
                expected: "`mpirun` of Open MPI")
            self.init(rank: rank, count: count, countHere: 1, problem: count == 1 ? nil : problem)
        } else {
            return nil
        }
    }

    private init(rank: Int, count: Int, countHere: Int, problem: RanksError?) {
        self.rank = rank
        self.count = count
        self.countHere = max(countHere, 1)
        self.problem = problem
    }

    /// Slurm says `2(x3),1`: two tasks on each of three machines, and one on the fourth.
    private static func tasksHere(_ environment: [String: String]) -> Int {
        guard let node = environment["SLURM_NODEID"].flatMap({ Int($0) }),
            let text = environment["SLURM_STEP_TASKS_PER_NODE"] ?? environment["SLURM_TASKS_PER_NODE"]
        else { return 1 }
        var counts: [Int] = []
        for part in text.split(separator: ",") {
            guard let match = part.wholeMatch(of: /(\d+)(?:\(x(\d+)\))?/), let tasks = Int(match.output.1),
                let times = Int(match.output.2 ?? "1"), times <= 1_000_000
            else { return 1 }
            counts += Array(repeating: tasks, count: times)
        }
        return counts.indices.contains(node) ? counts[node] : 1
    }

    /// Threads for this process so that all processes of this machine together keep its cores busy and no more.
    ///
    /// A launcher that binds processes to cores leaves each with its own; otherwise they share all.
    ///
    /// - Parameters:
    ///   - usable: cores that this process may use.
    ///   - all: cores of the machine.
    public func threads(usable: Int, of all: Int) -> Int {
        usable < all ? max(usable, 1) : max(all / countHere, 1)
    }
}
