import Foundation
import Testing

@Suite(.timeLimit(.minutes(5))) struct RunsCommandTests {
    @Test func settingsAreShownUnderTheKeysOfAManifest() throws {
        let lab = try TrainedLab.get()
        let text = try lab.succeed("runs", "show", "toy").output
        #expect(text.contains("\nsettings, as a stitch manifest says them\nseed: 1\nalignment:\n"))
        #expect(
            text.contains(
                "\nalignment:\n  components: 2\n  smoothing_ms: 60.0\n  unlabelled: refuse\n  readout_start: regression\nmodel:\n"
            ))
        for line in [
            "  encod_seq_len: 10", "  ic_enc_dim: 6", "  gen_dim: 6", "  reconstruction: poisson",
            "train:", "  epochs: 3", "  batch_size: 16", "  lr_init: 0.004", "  kl_increase_epoch: 40",
            "  recon_reduce_mean: true",
        ] { #expect(text.contains("\n\(line)\n")) }

        let details = try #require(
            try lab.succeed("runs", "show", "toy", "--json").json() as? [String: Any])
        let settings = try #require(details["settings"] as? [String: Any])
        #expect(settings.keys.sorted() == ["alignment", "model", "seed", "train"])
        #expect((settings["model"] as? [String: Any])?["fac_dim"] as? Int == 3)
        let training = try #require(settings["train"] as? [String: Any])
        #expect(training["recon_reduce_mean"] as? Bool == true)
        #expect(training["lr_init"] as? Double == 0.004)
    }

    /// What is shown is a manifest: it asks for just the same run.
    @Test func theSettingsShownTrainTheSameRunAgain() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        let text = try lab.succeed("runs", "show", "toy").output
        let settings = try #require(
            text.components(separatedBy: "settings, as a stitch manifest says them\n").last)
        try lab.write("run: again\nsessions: all\n" + settings, to: "again.stitch.yaml")
        try lab.succeed("stitch", "again.stitch.yaml")
        #expect(
            try lab.succeed("runs", "show", "again").output
                .components(separatedBy: "settings, as").last
                == text.components(separatedBy: "settings, as").last)
        for name in ["toy", "again"] {
            try lab.succeed("factors", name, "day0", "-o", "\(name).csv", "--quantity", "factors")
        }
        #expect(try lab.bytes("toy.csv") == lab.bytes("again.csv"))
    }
}
