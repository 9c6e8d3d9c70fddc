import Foundation
import Testing

/// A search on several processes: the bits of one, whatever happens to them.
@Suite(.enabled(if: ParallelLaunch.isThere, "mpirun of Open MPI is not installed"), .timeLimit(.minutes(10)))
struct SearchRanksTests {
    private static let checkpoint = "sessions/runs/toy/checkpoint.h5"
    private static let population = "sessions/runs/toy/search/population.json"

    private func lab(epochs: Int) throws -> Lab {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch(epochs: epochs)
        let text = try lab.text("toy.stitch.yaml")
        try lab.write(text + "\nsearch: {members: 7, generations: 4}\n", to: "toy.stitch.yaml")
        return lab
    }

    @Test(arguments: [2, 4]) func anyNumberOfRanksHasTheBitsOfOne(ranks: Int) throws {
        let alone = try lab(epochs: 12)
        try alone.succeed("search", "toy.stitch.yaml")
        let lab = try lab(epochs: 12)
        let outcome = try ParallelLaunch.start(
            ["search", "toy.stitch.yaml", "--threads", "1"], ranks: ranks, in: lab
        ).finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\(ranks) ranks with \(ranks) threads: 1, 1"))
        // One process speaks.
        #expect(outcome.output.components(separatedBy: "search pbt: 2 sessions").count == 2)
        #expect(try lab.bytes(Self.checkpoint) == alone.bytes(Self.checkpoint))
        #expect(try lab.bytes(Self.population) == alone.bytes(Self.population))
    }

    /// A rank or the whole job, at any moment; taken up by another number of ranks.
    @Test func killedAtRandomMomentsAndResumedByOthers() throws {
        let alone = try lab(epochs: 400)
        try alone.succeed("search", "toy.stitch.yaml")
        let lab = try lab(epochs: 400)
        let kills = try ParallelLaunch.killAndResume(
            ["search", "toy.stitch.yaml"], in: lab, turns: 8, milliseconds: 50...600)
        #expect(kills > 0)
        #expect(try lab.bytes(Self.checkpoint) == alone.bytes(Self.checkpoint))
        #expect(try lab.bytes(Self.population) == alone.bytes(Self.population))
    }

    @Test func stoppedByTheLaunchersSignal() throws {
        let lab = try lab(epochs: 100_000)
        let running = try ParallelLaunch.start(["search", "toy.stitch.yaml"], ranks: 2, in: lab)
        while !lab.exists(Self.population) { usleep(10_000) }
        usleep(300_000)
        for process in ParallelLaunch.ranks(of: running) { kill(process, SIGTERM) }
        let outcome = try running.finish()
        #expect(outcome.status == 130)
        #expect(outcome.output.contains("search for toy stopped after generation 0; go on with --resume"))
        #expect(try lab.succeed("runs", "list").output.contains("interrupted"))
    }

    /// What is wrong is said once, by rank 0, and nobody waits for ever.
    @Test func mistakesEndAllProcesses() throws {
        let lab = try lab(epochs: 3)
        let few = try ParallelLaunch.start(["search", "toy.stitch.yaml"], ranks: 2, in: lab).finish()
        #expect(few.status == 78)
        #expect(
            few.errors.components(separatedBy: "4 generations of 3 epochs leaves nothing to decide").count
                == 2)
        let absent = try ParallelLaunch.start(["search", "absent.yaml"], ranks: 3, in: lab).finish()
        #expect(absent.status == 66)
        let unknown = try ParallelLaunch.start(["search", "toy.stitch.yaml", "--bad"], ranks: 3, in: lab)
            .finish()
        #expect(unknown.status == 64)
        #expect(unknown.errors.components(separatedBy: "Unknown option '--bad'").count == 2)
    }

    @Test func withoutTheLibraryItSaysSo() throws {
        let lab = try lab(epochs: 4)
        let variables = [
            "OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0",
            "NEUROSTITCH_MPI_LIBRARY": "/absent/libmpi.so",
        ]
        let outcome = try Program.Running(
            Program.executable, ["search", "toy.stitch.yaml"], in: lab.path, variables: variables
        ).finish()
        #expect(outcome.status == 69)
        #expect(outcome.errors.contains("Open MPI can't be loaded"))
        #expect(outcome.errors.contains("/absent/libmpi.so"))
    }

    @Test func aCommandThatWorksAloneIsNotDoneTwice() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        for rank in 0..<3 {
            let outcome = try Program.Running(
                Program.executable, ["align", "toy.stitch.yaml"], in: lab.path,
                variables: ["OMPI_COMM_WORLD_SIZE": "3", "OMPI_COMM_WORLD_RANK": "\(rank)"]
            ).finish()
            #expect(outcome.status == 64)
            #expect(
                outcome.errors.contains("3 processes were started of a command that works alone")
                    == (rank == 0))
        }
        #expect(!lab.exists("sessions/runs/toy"))
        let alone = try Program.Running(
            Program.executable, ["runs", "list"], in: lab.path,
            variables: ["SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"]
        ).finish()
        #expect(alone.status == 0)
    }

    @Test func startedApartItRefuses() throws {
        let lab = try lab(epochs: 4)
        for rank in ["0", "1"] {
            let outcome = try Program.Running(
                Program.executable, ["search", "toy.stitch.yaml"], in: lab.path,
                variables: ["SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": rank]
            ).finish()
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("srun --mpi=pmix"))
        }
    }
}
