import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct StitchCommandTests {
    private static let unlabelled =
        "error: session day1: 20 trials have no condition label, and alignment compares condition "
        + "averages between days; name the field with `condition:` in its manifest, or accept a day that "
        + "is not aligned with `alignment: {unlabelled: own-pca}`\n"

    @Test func aDayWithoutConditionsIsRefusedWithTheExplanationAndAcceptedOnRequest() throws {
        let lab = try Lab.withSessions([0])
        try lab.writeDay(1, labelled: false)
        try lab.succeed("register", "day1.session.yaml")
        try lab.writeStitch()
        for command in ["align", "stitch"] {
            let refused = try lab.run(command, "toy.stitch.yaml")
            #expect(refused.status == 65)
            #expect(refused.errors == Self.unlabelled)
            #expect(refused.output == "")
        }
        // A refused run hasn't begun: the same name is free for the corrected manifest.
        #expect(try lab.succeed("runs").output.hasPrefix("no run has been started yet"))

        try lab.writeStitch(alignment: "components: 2, unlabelled: own-pca")
        let accepted = try lab.succeed("stitch", "toy.stitch.yaml")
        #expect(accepted.errors.contains("warning: session day1"))
        #expect(accepted.output.contains("run toy finished after 3 epochs"))
    }

    @Test func aRunsNameIsTakenOnce() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        let before = try lab.bytes("sessions/runs/toy/checkpoint.h5")
        let again = try lab.run("stitch", "toy.stitch.yaml")
        #expect(again.status == 65)
        #expect(
            again.errors
                == "error: There is a run \"toy\" already (finished). Choose another name.\n")
        let resumed = try lab.run("stitch", "toy.stitch.yaml", "--resume")
        #expect(resumed.status == 65)
        #expect(resumed.errors.hasPrefix("error: Run \"toy\" finished at "))
        #expect(
            resumed.errors.hasSuffix("; there is nothing left to resume. Start a run under another name.\n"))
        #expect(try lab.bytes("sessions/runs/toy/checkpoint.h5") == before)
        #expect(try lab.succeed("stitch", "toy.stitch.yaml", "--run", "other").status == 0)
    }

    @Test func resumingWithOtherSettingsIsRefused() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        try lab.writeStitch(epochs: 4)
        let outcome = try lab.run("stitch", "toy.stitch.yaml", "--resume", "--seed", "2")
        #expect(outcome.status == 78)
        #expect(
            outcome.errors
                == "error: run toy was started with other settings (seed, train); restore them in the "
                + "manifest to resume it, or give the run a new name\n")
    }

    @Test func manifestsThatCannotBeMeant() throws {
        let lab = try Lab.withSessions([0, 1])
        func refusal(_ text: String) throws -> Program.Outcome {
            try lab.write(text, to: "m.yaml")
            return try lab.run("stitch", "m.yaml")
        }
        let key = try refusal("run: a\nsessions: all\ntrain:\n  epoch: 3\n")
        #expect(key.status == 78)
        #expect(
            key.errors.hasPrefix(
                "error: m.yaml, line 4: unknown key \"train.epoch\"; did you mean \"epochs\"? Known keys: "))
        let session = try refusal("run: a\nsessions: [day0, day9]\n")
        #expect(session.status == 66)
        #expect(
            session.errors
                == "error: Session \"day9\" is not among the 2 registered; did you mean \"day0\"?\n")
        let none = try refusal("run: a\nsessions: {from: 2026-01-01}\n")
        #expect(none.status == 66)
        #expect(
            none.errors
                == "error: the selection matches none of the registered sessions\n"
                + "hint: `neurostitch sessions` lists what is registered\n")
        let value = try refusal("run: a\nsessions: all\nmodel: {co_dim: 2, con_dim: 0}\n")
        #expect(value.status == 78)
        #expect(
            value.errors
                == "error: co_dim is 2; expected ci_enc_dim and con_dim above 0 as well, or co_dim: 0 for "
                + "a model without a controller\n")
        let large = try refusal("run: a\nsessions: all\nmodel: {fac_dim: 3000000000}\n")
        #expect(large.status == 78)
        #expect(large.errors.hasPrefix("error: m.yaml, line 3: \"model.fac_dim\" should be "))
        let seed = try lab.run("stitch", "m.yaml", "--seed", "18446744073709551615")
        #expect(seed.status == 64)
        #expect(seed.errors.hasPrefix("Error: --seed must be at most 9223372036854775807.\n"))
        #expect(try lab.succeed("runs").output.hasPrefix("no run has been started yet"))
        #expect(try lab.files(in: "sessions/runs") == [])
    }

    @Test func aTrainingThatDivergesLeavesAFailedRunThatSaysWhy() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        let text = try lab.text("toy.stitch.yaml")
        try lab.write(
            text.replacingOccurrences(of: "batch_size: 16", with: "batch_size: 16, lr_init: 1.0e+30"),
            to: "toy.stitch.yaml")
        let outcome = try lab.run("stitch", "toy.stitch.yaml")
        #expect(outcome.status == 65)
        #expect(outcome.errors.contains("error: the training diverged in epoch 1, update 2: "))
        let shown = try lab.succeed("runs", "show", "toy").output
        #expect(shown.hasPrefix("run toy: failed, the training diverged in epoch 1, update 2: "))
        let factors = try lab.run("factors", "toy", "day0")
        #expect(factors.status == 66)
        #expect(
            factors.errors
                == "error: run toy is failed and has no checkpoint yet; resume its training first\n"
                + "hint: `neurostitch stitch MANIFEST --resume` trains it\n")
    }

    @Test func checkpointsThatAreLostOrDamaged() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        let checkpoint = "sessions/runs/toy/checkpoint.h5"
        let bytes = try lab.bytes(checkpoint)
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: lab.location(checkpoint)))
        let damaged = try lab.run("factors", "toy", "day0")
        #expect(damaged.status == 65)
        #expect(
            damaged.errors
                == "error: \(checkpoint) begins like an HDF5 file but can't be opened: it is truncated or "
                + "damaged. Copy it again from its source.\n")
        try lab.bytes("sessions/recordings/day0.h5").write(
            to: URL(fileURLWithPath: lab.location(checkpoint)))
        let other = try lab.run("factors", "toy", "day0")
        #expect(other.status == 65)
        #expect(
            other.errors.hasPrefix(
                "error: \(checkpoint) is no checkpoint of neurostitch: its attribute `format` is not "))
        try FileManager.default.removeItem(atPath: lab.location(checkpoint))
        let lost = try lab.run("factors", "toy", "day0")
        #expect(lost.status == 66)
        #expect(
            lost.errors
                == "error: the checkpoint of run toy is missing, though the run is finished; restore "
                + "runs/toy/checkpoint.h5 from a backup, or train the run again under another name\n")
        #expect(!lab.exists("toy-day0.h5"))
    }

    @Test func unknownRuns() throws {
        let lab = try Lab.withSessions([0, 1])
        for command in [["runs", "show", "toi"], ["factors", "toi", "day0"], ["evaluate", "toi"]] {
            let none = try lab.run(command)
            #expect(none.status == 66)
            #expect(none.errors == "error: There is no run \"toi\": no run has been started yet.\n")
        }
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        let near = try lab.run("runs", "show", "toi")
        #expect(near.status == 66)
        #expect(
            near.errors == "error: There is no run \"toi\" among the 1 there are; nearest: \"toy\".\n")
    }
}
