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

    @Test(
        "a setting in the wrong place is told its own",
        arguments: [
            ("fac_dim: 24", "fac_dim", "model.fac_dim"),
            ("train: {dropout_rate: 0.3}", "train.dropout_rate", "model.dropout_rate"),
            ("model: {lr_init: 0.01}", "model.lr_init", "train.lr_init"),
            ("train: {seed: 3}", "train.seed", "seed"),
            ("trian: {}", "trian", "train"),
        ])
    func misplaced(_ line: String, _ key: String, _ place: String) throws {
        let lab = try Lab.withSessions([])
        try lab.write("run: a\nsessions: all\n\(line)\n", to: "m.yaml")
        let outcome = try lab.run("stitch", "m.yaml")
        #expect(outcome.status == 78)
        #expect(
            outcome.errors.hasPrefix(
                "error: m.yaml, line 3: unknown key \"\(key)\"; did you mean \"\(place)\"?"),
            "\(outcome.errors)")
    }
}
