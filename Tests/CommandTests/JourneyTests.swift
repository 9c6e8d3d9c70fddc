import ArrayFiles
import Foundation
import Testing

/// From recordings to factors through every command, and the same numbers in every format.
@Suite(.timeLimit(.minutes(5))) struct JourneyTests {
    @Test func registerAlignStitchShowAndExport() throws {
        let lab = try Lab()
        func rows(_ arguments: String...) throws -> Any { try lab.succeed(arguments + ["--json"]).json() }
        let made = try #require(try rows("init") as? [String: String])
        #expect(made == ["workspace": "sessions"])
        for day in 0..<3 { try lab.writeDay(day) }
        let registered = try #require(
            try rows("register", "day0.session.yaml", "day1.session.yaml", "day2.session.yaml")
                as? [[String: Any]])
        #expect(registered.map { $0["outcome"] as? String } == ["registered", "registered", "registered"])
        #expect((try rows("sessions") as? [Any])?.count == 3)
        #expect((try rows("sessions", "verify") as? [Any])?.count == 3)

        try lab.writeStitch(model: ", ci_enc_dim: 4, con_dim: 4, co_dim: 2")
        let alignment = try #require(try rows("align", "toy.stitch.yaml") as? [[String: Any]])
        #expect(alignment.map { $0["session"] as? String } == ["day0", "day1", "day2"])
        for day in alignment {
            // All days are tuned to the same two waves.
            #expect(try #require(day["heldOutR2"] as? Double) > 0.8)
            #expect(try #require(day["conditionAgreement"] as? Double) > 0.99)
        }
        #expect((try rows("runs") as? [Any])?.isEmpty == true)
        let stitched = try #require(try rows("stitch", "toy.stitch.yaml") as? [String: Any])
        #expect(stitched["finished"] as? Bool == true)
        #expect(stitched["epochs"] as? Int == 3)

        #expect((try rows("runs") as? [Any])?.count == 1)
        let shown = try #require(try rows("runs", "show", "toy") as? [String: Any])
        let run = try #require(shown["run"] as? [String: Any])
        #expect(run["status"] as? String == "finished")
        #expect(run["bestEpoch"] as? Int == stitched["bestEpoch"] as? Int)
        let sessions = try #require(shown["sessions"] as? [[String: Any]])
        #expect(sessions.map { $0["revision"] as? Int } == [1, 1, 1])
        #expect((shown["settings"] as? [String: Any])?["seed"] as? Int == 1)
        #expect((shown["lastMetrics"] as? [String: Any])?["valid_recon/day2"] is Double)
        let evaluated = try #require(try rows("evaluate", "toy") as? [String: Any])
        let evaluation = try #require(evaluated["evaluation"] as? [String: Any])
        #expect((evaluation["sessions"] as? [Any])?.count == 3)

        try compareFormats(lab)
        try compareSamples(lab)
    }

    /// Continuous signals have no rates in Hz: what is given is the expected value per bin.
    @Test func continuousSignals() throws {
        let lab = try Lab.withSessions([])
        for day in 0..<2 { try lab.writeDay(day, manifest: "signal: continuous") }
        try lab.succeed("register", "day0.session.yaml", "day1.session.yaml")
        try lab.writeStitch()
        let refused = try lab.run("stitch", "toy.stitch.yaml")
        #expect(refused.status == 78)
        #expect(
            refused.errors
                == "error: session day0 holds continuous signals, which a Poisson model can't describe; "
                + "set `reconstruction: gaussian` under `model`\n")
        try lab.writeStitch(model: ", reconstruction: gaussian")
        try lab.succeed("stitch", "toy.stitch.yaml")
        try lab.succeed("factors", "toy", "day0", "--quantity", "rates", "-o", "g.h5")
        let file = try HDF5File.open(lab.location("g.h5"))
        #expect(try file.stringAttribute("observation") == "gaussian")
        #expect(try file.stringAttribute("units", of: "rates") == "as in the recording")
        #expect(try file.floats("rates") == file.floats("output_params"))
        #expect(!file.exists("factors"))
    }

    private func compareFormats(_ lab: Lab) throws {
        for ending in ["h5", "npy", "csv", "json"] {
            let outcome = try lab.succeed(
                "factors", "toy", "day1", "--quantity", "all", "--trials", "17,0-3", "--output",
                "out.\(ending)", "--json")
            let report = try #require(try outcome.json() as? [String: Any])
            #expect(report["trials"] as? Int == 5)
            for file in try #require(report["files"] as? [String]) { #expect(lab.exists(file)) }
        }
        let file = try HDF5File.open(lab.location("out.h5"))
        #expect(try file.stringAttribute("format") == "neurostitch-factors")
        #expect(try file.numberAttribute("bin_ms") == 10)
        #expect(try file.integers("trial_index").values == [17, 0, 1, 2, 3])
        #expect(try file.integers("trial_id").values == [117, 100, 101, 102, 103])
        #expect(try file.strings("condition").values == ["c1", "c0", "c1", "c2", "c3"])
        #expect(try file.strings("split").values == ["valid", "train", "train", "train", "train"])
        #expect(try file.doubles("time_ms").values == (0..<10).map { Double($0) * 10 })
        #expect(try file.strings("unit_names").values == ["10", "11", "12", "13", "14", "15"])
        #expect(try file.stringAttribute("units", of: "rates") == "Hz")

        let json = try #require(
            try JSONSerialization.jsonObject(with: lab.bytes("out.json")) as? [String: Any])
        let quantities = try #require(json["quantities"] as? [String: [String: Any]])
        let names = [
            "factors", "rates", "initial_condition_mean", "initial_condition_std",
            "inferred_inputs_mean", "inferred_inputs_std", "generator_states",
        ]
        #expect(Set(quantities.keys) == Set(names + ["output_params"]))
        for name in names {
            let array = try file.floats(name)
            // Shortest digits read back as the same single-precision number.
            #expect(Self.numbers(quantities[name]?["values"]) == array.values, "\(name)")
            #expect(quantities[name]?["shape"] as? [Int] == array.shape)
            let bytes = try lab.bytes("out-\(name).npy")
            let raw = array.values.withUnsafeBytes { Data($0) }
            #expect(bytes.suffix(raw.count) == raw, "\(name)")
            #expect(bytes.count % 64 == raw.count % 64)
        }
        try compareTables(lab, file)
        try compareSplits(file)
    }

    private func compareTables(_ lab: Lab, _ file: HDF5File) throws {
        let rates = try lab.text("out-rates.csv").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(
            rates[0]
                == ["trial_index", "trial_id", "condition", "split", "bin", "time_ms"]
                + ["unit_10", "unit_11", "unit_12", "unit_13", "unit_14", "unit_15"])
        #expect(rates.count == 1 + 5 * 10)
        #expect(rates[12].prefix(6) == ["0", "100", "c0", "train", "1", "10.0"])
        #expect(
            rates.dropFirst().flatMap { $0.dropFirst(6).compactMap(Float.init) }
                == (try file.floats("rates").values))
        let inputs = try lab.text("out-inferred-inputs.csv").split(separator: "\n")
        #expect(
            inputs[0]
                == "trial_index,trial_id,condition,split,bin,time_ms,input_0,input_1,input_0_std,input_1_std")
        let conditions = try lab.text("out-initial-conditions.csv").split(separator: "\n")
        #expect(conditions.count == 1 + 5)
    }

    /// What scripts for lfads-torch's output read.
    private func compareSplits(_ file: HDF5File) throws {
        #expect(try file.integers("train_inds").values == [0, 1, 2, 3])
        #expect(try file.integers("valid_inds").values == [17])
        let pairs = [
            ("factors", "factors"), ("output_params", "output_params"),
            ("initial_condition_mean", "ic_mean"), ("initial_condition_std", "ic_std"),
            ("inferred_inputs_mean", "co_means"), ("inferred_inputs_std", "co_stds"),
            ("generator_states", "gen_states"),
        ]
        for (name, torch) in pairs {
            let all = try file.floats(name)
            let size = all.values.count / 5
            #expect(try file.floats("valid_\(torch)").values == Array(all.values[..<size]))
            let train = try file.floats("train_\(torch)")
            #expect(train.values == Array(all.values[size...]))
            #expect(train.shape == [4] + all.shape.dropFirst())
        }
        // 1 spike per bin of 10 ms is 100 Hz; one rounding to single precision.
        let counts = try file.floats("output_params").values
        let rates = try file.floats("rates").values
        #expect(zip(counts, rates).allSatisfy { abs($0 * 100 - $1) <= 1e-6 * $1 })
        #expect(rates.allSatisfy { $0 > 0 && $0 < 1000 })
    }

    private func compareSamples(_ lab: Lab) throws {
        try lab.succeed("factors", "toy", "day1", "--samples", "20", "--trials", "valid", "-o", "s.h5")
        try lab.succeed("factors", "toy", "day1", "--trials", "valid", "-o", "m.h5")
        let sampled = try HDF5File.open(lab.location("s.h5"))
        let pushed = try HDF5File.open(lab.location("m.h5"))
        #expect(try sampled.stringAttribute("posterior") == "mean over 20 posterior samples, seed 1")
        #expect(!pushed.exists("factors_sample_std"))
        #expect(!pushed.exists("train_factors"))
        #expect(try pushed.integers("valid_inds").values == [16, 17, 18, 19])
        let deviations = try sampled.floats("factors_sample_std").values
        #expect(deviations.allSatisfy { $0 > 0 })
        #expect(try sampled.floats("factors").values != pushed.floats("factors").values)
        #expect(
            try sampled.floats("rates_sample_std").shape == pushed.floats("rates").shape)
    }

    private static func numbers(_ value: Any?) -> [Float] {
        if let list = value as? [Any] { return list.flatMap(numbers) }
        return (value as? NSNumber).map { [$0.floatValue] } ?? []
    }
}
