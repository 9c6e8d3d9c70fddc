import Testing

/// Values that no run can have, refused with their line before anything is read.
@Suite(.timeLimit(.minutes(5))) struct StitchManifestTests {
    @Test(
        arguments: [
            ("train: {lr_init: 1e39}", "train.lr_init", "a number that fits into a float", "1e39"),
            ("model: {cell_clip: -4e38}", "model.cell_clip", "a number that fits into a float", "-4e38"),
            (
                "train: {epochs: 9223372036854775807}", "train.epochs",
                "a whole number from 0 to 10000000", "9223372036854775807"
            ),
            (
                "train: {kl_start_epoch: 10000001}", "train.kl_start_epoch",
                "a whole number from 0 to 10000000", "10000001"
            ),
            (
                "train: {l2_increase_epoch: -1}", "train.l2_increase_epoch",
                "a whole number from 0 to 10000000", "-1"
            ),
            (
                "model: {gen_dim: 16385}", "model.gen_dim", "a whole number from 0 to 16384", "16385"
            ),
            (
                "alignment: {components: 0}", "alignment.components", "a whole number from 1 to 16384",
                "0"
            ),
            ("model: {encod_seq_len: 0}", "model.encod_seq_len", "a whole number of at least 1", "0"),
        ])
    func refused(_ line: String, _ key: String, _ expected: String, _ found: String) throws {
        let lab = try Lab.withSessions([])
        try lab.write("run: a\nsessions: all\n\(line)\n", to: "m.yaml")
        let outcome = try lab.run("stitch", "m.yaml")
        #expect(outcome.status == 78)
        #expect(
            outcome.errors
                == "error: m.yaml, line 3: \"\(key)\" should be \(expected), but is \"\(found)\".\n")
    }
}
