import Foundation
import Testing

/// One model trained by several processes: the bits of one, whatever happens to them.
@Suite(.enabled(if: ParallelLaunch.isThere, "mpirun of Open MPI is not installed"), .timeLimit(.minutes(10)))
struct StitchRanksTests {
    private static let checkpoint = "sessions/runs/toy/checkpoint.h5"
    private static let metrics = "sessions/runs/toy/metrics.csv"

    private func lab(epochs: Int) throws -> Lab {
        let lab = try Lab.withSessions([0, 1, 2])
        try lab.writeStitch(epochs: epochs)
        return lab
    }

    @Test(arguments: [2, 3, 5]) func anyNumberOfRanksHasTheBitsOfOne(ranks: Int) throws {
        let alone = try lab(epochs: 12)
        let single = try alone.succeed("stitch", "toy.stitch.yaml")
        let lab = try lab(epochs: 12)
        let outcome = try ParallelLaunch.start(
            ["stitch", "toy.stitch.yaml", "--threads", "1"], ranks: ranks, in: lab
        ).finish()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("\(ranks) ranks with \(ranks) threads: 1, 1"))
        // One process speaks, and says the same.
        #expect(outcome.output.components(separatedBy: "run toy: 3 sessions").count == 2)
        for line in single.output.split(separator: "\n").suffix(5) where !line.contains("finished after") {
            #expect(outcome.output.contains(line))
        }
        #expect(try lab.bytes(Self.checkpoint) == alone.bytes(Self.checkpoint))
        #expect(try lab.bytes(Self.metrics) == alone.bytes(Self.metrics))
    }

    /// A rank or the whole job, at any moment; taken up by another number of ranks.
    @Test func killedAtRandomMomentsAndResumedByOthers() throws {
        let epochs = 3000
        let alone = try lab(epochs: epochs)
        try alone.succeed("stitch", "toy.stitch.yaml")
        let lab = try lab(epochs: epochs)
        let kills = try ParallelLaunch.killAndResume(
            ["stitch", "toy.stitch.yaml", "--checkpoint-seconds", "0.1"], in: lab, turns: 6,
            milliseconds: 50...700)
        #expect(kills > 0)
        #expect(try lab.bytes(Self.checkpoint) == alone.bytes(Self.checkpoint))
        #expect(try lab.bytes(Self.metrics) == alone.bytes(Self.metrics))
    }

    /// Whichever of them is asked to stop.
    @Test(arguments: [0, 1]) func stoppedByASignalToOneRank(rank: Int) throws {
        let lab = try lab(epochs: 100_000)
        let running = try ParallelLaunch.start(
            ["stitch", "toy.stitch.yaml", "--threads", "1", "--checkpoint-seconds", "0"], ranks: 2, in: lab)
        while running.process.isRunning, !lab.exists(Self.checkpoint) { usleep(10_000) }
        let ranks = ParallelLaunch.ranks(of: running).sorted()
        try #require(ranks.count == 2)
        kill(ranks[rank], SIGTERM)
        let outcome = try running.finish()
        #expect(outcome.status == 130)
        #expect(outcome.output.contains("run toy stopped after epoch"))
        #expect(try lab.succeed("runs", "list").output.contains("interrupted"))
        // Found out when the others wait for what comes next.
        try lab.write("damaged", to: Self.checkpoint)
        let damaged = try ParallelLaunch.start(
            ["stitch", "toy.stitch.yaml", "--resume"], ranks: 3, in: lab
        ).finish()
        #expect(damaged.status == 65)
        #expect(damaged.errors.components(separatedBy: "error: ").count == 2, "\(damaged.errors)")
    }

    /// What is wrong is said once, by rank 0, and nobody waits for ever.
    @Test func mistakesEndAllProcesses() throws {
        let lab = try lab(epochs: 3)
        func fails(_ arguments: [String], _ status: Int32, _ message: String) throws {
            let outcome = try ParallelLaunch.start(arguments, ranks: 3, in: lab).finish()
            #expect(outcome.status == status, "\(outcome.errors)")
            #expect(outcome.errors.components(separatedBy: message).count == 2, "\(outcome.errors)")
        }
        try fails(["stitch", "absent.yaml"], 66, "there is no such file")
        try fails(["stitch", "toy.stitch.yaml", "--single"], 64, "--single trains models that have nothing")
        try fails(["stitch", "toy.stitch.yaml", "--resume"], 66, "There is no run \"toy\"")
        try lab.succeed("stitch", "toy.stitch.yaml")
        try fails(["stitch", "toy.stitch.yaml"], 65, "There is a run \"toy\" already")
    }
}
