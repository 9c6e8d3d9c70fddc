import Foundation
import Testing

/// A search as a user meets it: what is printed, killed at any moment, resumed.
@Suite(.timeLimit(.minutes(5))) struct SearchCommandTests {
    private static let checkpoint = "sessions/runs/toy/checkpoint.h5"

    private func write(_ lab: Lab, epochs: Int, _ more: String = "") throws {
        try lab.writeStitch(epochs: epochs)
        let text = try lab.text("toy.stitch.yaml")
        try lab.write(text + "\nsearch: {members: 6, generations: 4\(more)}\n", to: "toy.stitch.yaml")
    }

    @Test func aSearchShowsItsMembersAndEndsInARun() throws {
        let lab = try Lab.withSessions([0, 1])
        try write(lab, epochs: 12)
        let found = try lab.succeed("search", "toy.stitch.yaml")
        #expect(found.output.contains("search pbt: 2 sessions, 6 members, 4 generations of 12 epochs"))
        #expect(found.output.contains("generation 1, epoch 3 of 12; 6 members go on"))
        #expect(found.output.contains("copies "))
        #expect(found.output.contains("\nrun toy: member "))
        #expect(found.output.contains("of the held-out trials that the search decided by"))
        let shown = try lab.succeed("runs", "show", "toy").output
        #expect(shown.contains("found by a search: member "))
        try lab.succeed("factors", "toy", "day1", "-o", "factors.h5")
        // The same again is refused, and so is a stitch in its place.
        #expect(try lab.run("search", "toy.stitch.yaml").status != 0)
        #expect(
            try lab.run("stitch", "toy.stitch.yaml", "--resume").errors.contains(
                "run toy belongs to a search"))
    }

    @Test func machinesReadWhatPeopleRead() throws {
        let lab = try Lab.withSessions([0, 1])
        try write(lab, epochs: 8)
        let json = try lab.succeed("search", "toy.stitch.yaml", "--json").json() as? [String: Any]
        #expect(json?["finished"] as? Bool == true)
        #expect((json?["generations"] as? [Any])?.count == 4)
        #expect((json?["bitsPerSpike"] as? [Any])?.count == 2)
    }

    /// Wherever it is killed, also several times over: the same bytes in the end.
    @Test func killedAtRandomMomentsAndResumed() throws {
        let whole = try Lab.withSessions([0, 1])
        try write(whole, epochs: 40)
        try whole.succeed("search", "toy.stitch.yaml", "--threads", "2")
        let lab = try Lab.withSessions([0, 1])
        try write(lab, epochs: 40)
        var moments = SystemRandomNumberGenerator()
        var kills = 0
        while kills < 6 {
            // A run that is in the registry is gone on with, also if no generation of it was written yet.
            let known = try lab.succeed("runs", "list", "--json").output.contains("\"toy\"")
            let threads = "\(1 + kills % 3)"
            let running = try lab.start(
                ["search", "toy.stitch.yaml", "--threads", threads] + (known ? ["--resume"] : []))
            usleep(UInt32.random(in: 20_000...400_000, using: &moments))
            running.send(SIGKILL)
            let outcome = try running.finish()
            kills += 1
            if outcome.status == 0 { break }
            #expect(outcome.status == SIGKILL)
        }
        if try !lab.succeed("runs", "list").output.contains("finished") {
            let known = try lab.succeed("runs", "list", "--json").output.contains("\"toy\"")
            try lab.succeed(["search", "toy.stitch.yaml"] + (known ? ["--resume"] : []))
        }
        #expect(try lab.bytes(Self.checkpoint) == whole.bytes(Self.checkpoint))
        #expect(
            try lab.bytes("sessions/runs/toy/search/population.json")
                == whole.bytes("sessions/runs/toy/search/population.json"))
        // Nothing is left of what was half-written, or of members, at the latest when somebody asks to go on.
        #expect(try lab.run("search", "toy.stitch.yaml", "--resume").errors.contains("finished"))
        #expect(try lab.files(in: "sessions/runs/toy/search") == ["population.json"])
    }

    @Test func mistakesHaveTheirCodes() throws {
        let lab = try Lab.withSessions([0, 1])
        try write(lab, epochs: 3)
        let few = try lab.run("search", "toy.stitch.yaml")
        #expect(few.status == 78)
        #expect(few.errors.contains("search: 4 generations of 3 epochs leaves nothing to decide"))
        try write(lab, epochs: 8, ", spice: {}")
        let unknown = try lab.run("search", "toy.stitch.yaml")
        #expect(unknown.errors.contains("unknown key \"search.spice\"; did you mean \"space\"?"))
        let missing = try lab.run("search", "toy.stitch.yaml", "--seed", "18446744073709551615")
        #expect(missing.status == 64)
    }
}
