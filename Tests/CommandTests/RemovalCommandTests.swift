import Foundation
import Testing

/// `sessions remove`, `runs delete`, `runs rename` and `runs verify` through the program.
@Suite(.timeLimit(.minutes(5))) struct RemovalCommandTests {
    private func lab() throws -> Lab {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        return lab
    }

    /// Everything in the workspace but the registry, whose pages may move.
    private func everything(_ lab: Lab) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: lab.location("sessions")).sorted()
    }

    @Test func whatWouldGoIsSaidAndNothingGoes() throws {
        let lab = try lab()
        let before = try everything(lab)
        let registry = try lab.bytes("sessions/registry.sqlite")
        let run = try lab.succeed("runs", "delete", "toy", "--dry-run").output
        #expect(run.hasPrefix("run  status    files  room\ntoy  finished      2  "))
        #expect(run.contains("\nnothing was deleted; it would free "))
        let session = try lab.succeed("sessions", "remove", "day0", "--force", "--dry-run")
        #expect(session.output.hasPrefix("session  revisions  files  room\nday0             1      1  "))
        #expect(session.errors.contains("warning: day0 is needed by toy: "))
        let name = try lab.succeed("runs", "rename", "toy", "other", "--dry-run").output
        #expect(name.hasPrefix("run  would be called  files  room\ntoy  other                2  "))
        #expect(try everything(lab) == before)
        #expect(try lab.bytes("sessions/registry.sqlite") == registry)
    }

    @Test func aRunIsDeletedAndItsNameIsFree() throws {
        let lab = try lab()
        try lab.succeed("stitch", "toy.stitch.yaml", "--single")
        let files = ["checkpoint.h5", "metrics.csv"].map { "sessions/runs/toy/\($0)" }
        let bytes = try files.reduce(0) { try $0 + lab.bytes($1).count }
        let deleted = try #require(
            try lab.succeed("runs", "delete", "toy", "--json").json() as? [[String: Any]])
        #expect((deleted.first?["room"] as? [String: Any])?["bytes"] as? Int == bytes)
        #expect(deleted.first?["singles"] as? [String] == ["toy-single-day0", "toy-single-day1"])
        #expect(try lab.files(in: "sessions/runs") == ["toy-single-day0", "toy-single-day1"])
        #expect(try lab.run("runs", "show", "toy").status == 66)
        #expect(try lab.run("runs", "delete", "toy").status == 66)
        try lab.succeed("stitch", "toy.stitch.yaml")
        try lab.succeed("runs", "delete", "toy", "--with-singles")
        #expect(try lab.files(in: "sessions/runs") == [])
        #expect(try lab.succeed("runs").output.hasPrefix("no run has been started yet"))
    }

    @Test func aSessionThatARunNeedsIsKeptUnlessForced() throws {
        let lab = try lab()
        let refused = try lab.run("sessions", "remove", "day0")
        #expect(refused.status == 64)
        #expect(
            refused.errors.hasPrefix(
                "error: Session \"day0\" is needed by run \"toy\", which could no longer be asked about it. ")
        )
        #expect(try lab.files(in: "sessions/recordings") == ["day0.h5", "day1.h5"])
        try lab.succeed("factors", "toy", "day0", "-o", "before.npz")

        try lab.succeed("sessions", "remove", "day0", "--force")
        #expect(try lab.files(in: "sessions/recordings") == ["day1.h5"])
        #expect(try !lab.succeed("sessions").output.contains("day0"))
        #expect(try lab.succeed("runs", "show", "toy").output.contains("day0     1 (removed)"))
        try lab.succeed("factors", "toy", "day1", "-o", "other.npz")
        let gone = try lab.run("factors", "toy", "day0", "-o", "gone.npz")
        #expect(gone.status == 65)
        #expect(gone.errors.contains("register it again with the original recording to repair it"))
        // Nothing is computed from the days that are left as if there had been no other.
        #expect(try lab.run("evaluate", "toy").status == 65)
        #expect(try lab.run("sessions", "remove", "day0").status == 66)

        try lab.succeed("register", "day0.session.yaml")
        try lab.succeed("factors", "toy", "day0", "-o", "after.npz")
        #expect(try lab.bytes("before.npz") == lab.bytes("after.npz"))
        #expect(try lab.succeed("sessions", "verify").output.contains("day0            1"))

        try lab.succeed("runs", "delete", "toy")
        try lab.succeed("sessions", "remove", "day0", "day1")
        #expect(try lab.files(in: "sessions/recordings") == [])
        #expect(try lab.succeed("sessions").output.hasPrefix("no session is registered yet"))
    }

    @Test func aRenamedRunGoesOnUnderItsNewName() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch(epochs: 100_000)
        let training = try lab.start(["stitch", "toy.stitch.yaml", "--checkpoint-seconds", "0"])
        while !lab.exists("sessions/runs/toy/checkpoint.h5"), training.process.isRunning { usleep(10_000) }
        let busy = try lab.run("runs", "delete", "toy")
        #expect(busy.status == 75)
        #expect(
            busy.errors
                == "error: run toy is being trained by another process; wait for it or stop it first\n")
        #expect(try lab.run("runs", "rename", "toy", "other").status == 75)
        training.send(SIGINT)
        #expect(try training.finish().status == 130)
        try lab.succeed("runs", "rename", "toy", "other")
        #expect(try lab.files(in: "sessions/runs") == ["other"])
        let going = try lab.start(["stitch", "toy.stitch.yaml", "--run", "other", "--resume"])
        let before = try lab.bytes("sessions/runs/other/metrics.csv")
        while try lab.bytes("sessions/runs/other/metrics.csv").count <= before.count, going.process.isRunning
        {
            usleep(100_000)
        }
        going.send(SIGINT)
        let outcome = try going.finish()
        #expect(outcome.status == 130)
        #expect(outcome.output.contains("resumed after epoch "))
        #expect(try lab.run("runs", "rename", "other", "a/b").status == 65)
    }

    @Test func aRunWhoseFolderIsGoneStandsInNobodysWay() throws {
        let lab = try lab()
        try FileManager.default.removeItem(atPath: lab.location("sessions/runs/toy"))
        let broken = try lab.run("runs", "verify")
        #expect(broken.status == 65)
        #expect(broken.output.contains("toy  runs/toy  the run's folder is gone\n"))
        try lab.succeed("stitch", "toy.stitch.yaml")
        #expect(
            try lab.succeed("runs", "verify").output
                == "run  file                    state\ntoy  runs/toy/checkpoint.h5  sound\n")
        // A drive that isn't there is another matter.
        try FileManager.default.moveItem(
            atPath: lab.location("sessions/runs"), toPath: lab.location("elsewhere"))
        #expect(try lab.run("stitch", "toy.stitch.yaml").status == 65)
        try FileManager.default.moveItem(
            atPath: lab.location("elsewhere"), toPath: lab.location("sessions/runs"))
        try FileManager.default.removeItem(atPath: lab.location("sessions/runs/toy"))
        try lab.succeed("runs", "delete", "toy")
        #expect(try lab.succeed("runs").output.hasPrefix("no run has been started yet"))
    }

    /// Killed in the midst of it, whatever is left can be removed by giving the command again.
    @Test func killedAnywhereTheCommandCanBeGivenAgain() throws {
        for delay in [0, 2000, 4000, 6000, 8000, 10_000, 14_000, 20_000, 30_000] {
            let lab = try lab()
            let deleting = try lab.start(["runs", "delete", "toy"])
            usleep(useconds_t(delay))
            deleting.send(SIGKILL)
            _ = try deleting.finish()
            let verified = try lab.run("runs", "verify")
            #expect(verified.status == 0 || verified.output.contains("the run's folder is gone"), "\(delay)")
            let again = try lab.run("runs", "delete", "toy")
            #expect([0, 66].contains(again.status), "\(delay): \(again.errors)")
            try lab.succeed("stitch", "toy.stitch.yaml")
            try lab.succeed("runs", "delete", "toy")
            // Hidden remains of the killed one are gone, too.
            #expect(try lab.files(in: "sessions/runs") == [], "\(delay)")
        }
    }
}
