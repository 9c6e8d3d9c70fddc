import Foundation
import TestSupport
import Testing

/// The job script is run by a shell, with programs in Slurm's place that do what matters of it.
@Suite(.timeLimit(.minutes(5))) struct SlurmScriptTests {
    private func lab(epochs: Int) throws -> Lab {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch(epochs: epochs)
        let text = try lab.text("toy.stitch.yaml")
        try lab.write(text + "\nsearch: {members: 4, generations: 4}\n", to: "toy.stitch.yaml")
        try FileManager.default.createDirectory(
            atPath: lab.location("bin"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: lab.location("bin/neurostitch"), withDestinationPath: Program.executable.path)
        try program("scontrol", "echo \"$@\" >> scontrol.log", in: lab)
        return lab
    }

    private func program(_ name: String, _ body: String, in lab: Lab) throws {
        try lab.write("#!/bin/bash\n\(body)\n", to: "bin/\(name)")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: lab.location("bin/\(name)"))
    }

    private static let drop = "while [[ $1 == --* ]]; do shift; done\n"

    private func turn(_ lab: Lab) throws -> Program.Outcome {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return try Program.Running(
            URL(fileURLWithPath: "/bin/bash"), ["job.sbatch"], in: lab.path,
            variables: ["PATH": lab.location("bin") + ":" + path, "SLURM_JOB_ID": "7"]
        ).finish()
    }

    @Test func itGoesOnTurnByTurnUntilItIsDone() throws {
        let alone = try lab(epochs: 2000)
        try alone.succeed("search", "toy.stitch.yaml")
        let lab = try lab(epochs: 2000)
        let script = try lab.succeed(
            "search", "toy.stitch.yaml", "--slurm", "--slurm-ranks", "3", "--slurm-threads", "2",
            "--slurm-time",
            "1-00:00:00"
        ).output
        #expect(script.contains("#SBATCH --ntasks=3\n#SBATCH --cpus-per-task=2\n#SBATCH --time=1-00:00:00\n"))
        #expect(script.contains("#SBATCH --signal=TERM@120\n#SBATCH --requeue\n"))
        try lab.write(script, to: "job.sbatch")
        // The time is over while it works.
        try program(
            "srun", Self.drop + "\"$@\" & sleep 0.7; kill -TERM $!; wait $!", in: lab)
        let first = try turn(lab)
        #expect(first.status == 0, "\(first.errors)")
        #expect(try lab.text("scontrol.log") == "requeue 7\n")
        #expect(try lab.succeed("runs", "list").output.contains("interrupted"))
        // Killed: the machine is gone.
        try program("srun", Self.drop + "\"$@\" & sleep 0.5; kill -KILL $!; wait $!", in: lab)
        let second = try turn(lab)
        #expect(second.status == 0, "\(second.errors)")
        #expect(try lab.text("scontrol.log") == "requeue 7\nrequeue 7\n")
        // Time enough.
        try program("srun", Self.drop + "exec \"$@\"", in: lab)
        let third = try turn(lab)
        #expect(third.status == 0, "\(third.errors)")
        #expect(
            try lab.bytes("sessions/runs/toy/checkpoint.h5")
                == alone.bytes("sessions/runs/toy/checkpoint.h5"))
        // One turn too many has nothing to do.
        try program("srun", "exit 99", in: lab)
        #expect(try turn(lab).status == 0)
        #expect(try lab.text("scontrol.log") == "requeue 7\nrequeue 7\n")
    }

    @Test func whatIsWrongEndsTheJob() throws {
        let lab = try lab(epochs: 2)
        try lab.write(try lab.succeed("search", "toy.stitch.yaml", "--slurm").output, to: "job.sbatch")
        try program("srun", Self.drop + "exec \"$@\"", in: lab)
        #expect(try turn(lab).status == 78)
        #expect(!lab.exists("scontrol.log"))
        // A manifest that can't be read is found out before the queue.
        #expect(try lab.run("search", "absent.yaml", "--slurm").status == 66)
        #expect(try lab.run("search", "toy.stitch.yaml", "--slurm", "--slurm-time", "2h").status == 64)
    }

    /// Names and paths as people have them, through the shell and back.
    @Test func wordsStayWords() throws {
        let lab = try lab(epochs: 4)
        try FileManager.default.moveItem(
            atPath: lab.location("sessions"), toPath: lab.location("John's $HOME"))
        try FileManager.default.moveItem(
            atPath: lab.location("toy.stitch.yaml"), toPath: lab.location("a b;c.yaml"))
        try lab.write(
            try lab.succeed("search", "a b;c.yaml", "--workspace", "John's $HOME", "--slurm").output,
            to: "job.sbatch")
        try program("srun", Self.drop + "exec \"$@\"", in: lab)
        let outcome = try turn(lab)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(lab.exists("John's $HOME/runs/toy/checkpoint.h5"))
    }
}
