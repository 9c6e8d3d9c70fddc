import Foundation
import Testing

/// The same run in the same state, whatever happened on the way. Checkpoints hold no times and no
/// paths, so "the same" is: byte by byte.
@Suite(.timeLimit(.minutes(5))) struct InterruptionTests {
    /// Enough for a signal to arrive in the middle: with a checkpoint after every epoch, they take
    /// seconds; without, a fraction of one.
    private static let epochs = 250
    private static let checkpoint = "sessions/runs/toy/checkpoint.h5"

    private static let uninterrupted = Result { () throws -> Data in
        let lab = try Lab.withSessions([0, 1, 2])
        try lab.writeStitch(epochs: epochs)
        try lab.succeed("stitch", "toy.stitch.yaml", "--threads", "1", "--checkpoint-seconds", "1000")
        return try lab.bytes(checkpoint)
    }

    /// Starts a stitch and sends it a signal once a few epochs are on the disk.
    private func interrupt(_ lab: Lab, with signal: Int32) throws -> Program.Outcome {
        try lab.writeStitch(epochs: Self.epochs)
        let running = try lab.start([
            "stitch", "toy.stitch.yaml", "--threads", "2", "--checkpoint-seconds", "0",
        ])
        let deadline = Date().addingTimeInterval(30)
        while running.process.isRunning, Date() < deadline {
            let rows = (try? lab.text("sessions/runs/toy/metrics.csv"))?.split(separator: "\n").count
            if let rows, rows > 4 { break }
            usleep(2000)
        }
        running.send(signal)
        return try running.finish()
    }

    private func run(_ lab: Lab) throws -> (status: String?, epochs: Int) {
        let details = try lab.succeed("runs", "show", "toy", "--json").json() as? [String: Any]
        let run = try #require(details?["run"] as? [String: Any])
        return (run["status"] as? String, try #require(run["epochs"] as? Int))
    }

    @Test func killedInTheMiddleAndResumed() throws {
        let lab = try Lab.withSessions([0, 1, 2])
        let killed = try interrupt(lab, with: SIGKILL)
        #expect(killed.status == SIGKILL)
        let left = try run(lab)
        #expect(left.status == "running")
        #expect(left.epochs < Self.epochs)

        let resumed = try lab.succeed("stitch", "toy.stitch.yaml", "--resume", "--threads", "2")
        #expect(resumed.output.contains("\nresumed after epoch "))
        #expect(try lab.bytes(Self.checkpoint) == Self.uninterrupted.get())
        let finished = try run(lab)
        #expect(finished.status == "finished")
        // Every epoch is in the registry and in the table, those before the kill too.
        let rows = try lab.text("sessions/runs/toy/metrics.csv").split(separator: "\n")
        #expect(rows.count == finished.epochs + 1)
    }

    /// What a cluster sends before it ends a job, and a terminal that goes, is the same request.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func stoppedWithASignalAndResumed(signal: Int32) throws {
        let lab = try Lab.withSessions([0, 1, 2])
        let stopped = try interrupt(lab, with: signal)
        #expect(stopped.status == 130)
        #expect(stopped.errors.contains("\nstopping after this epoch; press Ctrl-C again to stop at once\n"))
        #expect(stopped.output.contains("; go on with --resume\n"))
        let left = try run(lab)
        #expect(left.status == "interrupted")
        #expect(left.epochs < Self.epochs)
        #expect(try lab.files(in: "sessions/runs/toy") == [".lock", "checkpoint.h5", "metrics.csv"])

        // Factors of what there is can be asked for already.
        try lab.succeed("factors", "toy", "day1", "-o", "early.h5")
        try lab.succeed("stitch", "toy.stitch.yaml", "--resume", "--threads", "1")
        #expect(try lab.bytes(Self.checkpoint) == Self.uninterrupted.get())
        #expect(try run(lab).status == "finished")
    }

    /// Training goes on without its audience.
    @Test func nobodyHasToListen() throws {
        let lab = try Lab.withSessions([0, 1, 2])
        try lab.writeStitch(epochs: Self.epochs)
        let program = Program.executable.path
        let unheard = Process()
        unheard.executableURL = URL(fileURLWithPath: "/bin/sh")
        unheard.arguments = [
            "-c", "'\(program)' stitch toy.stitch.yaml --threads 1 > /dev/null 2> /dev/full",
        ]
        unheard.currentDirectoryURL = URL(fileURLWithPath: lab.path)
        try unheard.run()
        unheard.waitUntilExit()
        #expect(unheard.terminationStatus == 0 && unheard.terminationReason == .exit)
        #expect(try lab.bytes(Self.checkpoint) == Self.uninterrupted.get())
    }

    @Test func threadsAndTheOrderOfRegistrationChangeNoBit() throws {
        let lab = try Lab.withSessions([2, 0, 1])
        try lab.writeStitch(epochs: Self.epochs)
        try lab.succeed("stitch", "toy.stitch.yaml", "--threads", "2")
        #expect(try lab.bytes(Self.checkpoint) == Self.uninterrupted.get())
    }

    @Test func anotherSeedIsAnotherRun() throws {
        let lab = try Lab.withSessions([0, 1, 2])
        try lab.writeStitch(epochs: Self.epochs)
        try lab.succeed("stitch", "toy.stitch.yaml", "--seed", "2")
        #expect(try lab.bytes(Self.checkpoint) != Self.uninterrupted.get())
    }

    @Test func aRunIsTrainedByOneProcessAtATime() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch(epochs: 20_000)
        let running = try lab.start([
            "stitch", "toy.stitch.yaml", "--threads", "1", "--checkpoint-seconds", "0",
        ])
        let deadline = Date().addingTimeInterval(30)
        while running.process.isRunning, !lab.exists(Self.checkpoint), Date() < deadline {
            usleep(2000)
        }
        let attempt = Result { try lab.run("stitch", "toy.stitch.yaml", "--resume") }
        running.send(SIGKILL)
        #expect(try running.finish().status == SIGKILL)
        let second = try attempt.get()
        #expect(second.status == 75)
        #expect(
            second.errors
                == "error: run toy is being trained by another process; wait for it or stop it first\n")
    }
}
