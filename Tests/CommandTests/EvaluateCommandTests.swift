import Foundation
import Registry
import Testing

/// A run `toy` of two days with a controller, held-out units, an unseen condition and bins beyond the
/// encoded ones.
private enum HeldBackLab {
    private static let lab = Result { () throws -> Lab in
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch(model: ", ci_enc_dim: 4, con_dim: 4, co_dim: 2, encod_seq_len: 8")
        try lab.write(
            try lab.text("toy.stitch.yaml")
                + "\nheld_out_units: 0.3\nexclude_conditions: [c3]\n", to: "toy.stitch.yaml")
        try lab.succeed("stitch", "toy.stitch.yaml")
        return lab
    }

    static func get() throws -> Lab { try lab.get() }
}

/// `evaluate` through the program: what goes into JSON, table and registry, and properties that every
/// evaluation has.
@Suite(.timeLimit(.minutes(5))) struct EvaluateCommandTests {
    private func evaluate(_ lab: Lab, _ arguments: String...) throws -> [String: Any] {
        let all = try #require(
            try lab.succeed(["evaluate"] + arguments + ["--json"]).json() as? [String: Any])
        return all
    }

    private func figures(_ report: [String: Any]) throws -> [[String: Double]] {
        let evaluation = try #require(report["evaluation"] as? [String: Any])
        let sessions = try #require(evaluation["sessions"] as? [[String: Any]])
        return try sessions.map { try #require($0["figures"] as? [String: Double]) }
    }

    @Test func everyKindOfFigureIsThere() throws {
        let lab = try HeldBackLab.get()
        let sessions = try figures(try evaluate(lab, "toy"))
        #expect(sessions.count == 2)
        for figures in sessions {
            for name in [
                "bits_per_spike", "co_smoothing", "forward_prediction",
                "within_factors", "within_factors/x", "within_rates", "within_counts", "across_factors",
                "across_factors/y", "excluded_bits_per_spike", "excluded_psth_r2", "excluded_factors",
                "jpca_skew_factors", "jpca_full_factors", "jpca_skew_trials", "jpca_skew_counts",
                "agreement", "agreement_shuffled", "initial_condition_distance", "factor_distance",
                "input_size", "input_peak_ms", "input_bits_per_spike", "condition_from_ic",
                "condition_from_ic_and_inputs",
            ] { #expect(figures[name] != nil, "\(name)") }
            // No fit is better than the unconstrained one.
            #expect((figures["jpca_skew_factors"] ?? 1) <= (figures["jpca_full_factors"] ?? 0))
            #expect(figures["rate_r2"] == nil, "nobody knows the true rates of these days")
        }
    }

    @Test func theRegistryKeepsWhatWasFound() throws {
        let lab = try HeldBackLab.get()
        let sessions = try figures(try evaluate(lab, "toy"))
        let stored = try SessionRegistry.open(lab.location("sessions")).evaluation(ofRun: "toy")
        #expect(stored.map(\.session) == ["day0", "day1"])
        for (found, kept) in zip(sessions, stored) {
            #expect(found.keys.sorted() == kept.figures.keys.sorted())
            // Reading a decimal number may miss the last place.
            for (name, value) in found {
                let stored = kept.figures[name] ?? .nan
                #expect(abs(stored - value) <= 1e-14 * abs(value), "\(name)")
            }
        }
    }

    @Test func threadsAndRepetitionChangeNothing() throws {
        let lab = try HeldBackLab.get()
        let once = try lab.succeed("evaluate", "toy", "--json", "--threads", "1").output
        #expect(try lab.succeed("evaluate", "toy", "--json", "--threads", "2").output == once)
    }

    @Test func aRunIsNoBetterThanItself() throws {
        let lab = try HeldBackLab.get()
        let report = try evaluate(lab, "toy", "--against", "toy")
        let comparison = try #require(report["comparison"] as? [String: Any])
        let summaries = try #require(comparison["summaries"] as? [[String: Any]])
        #expect(!summaries.isEmpty)
        for summary in summaries {
            #expect(summary["medianDifference"] as? Double == 0)
            #expect(summary["better"] as? Int == 0 && summary["sessions"] as? Int == 2)
        }
    }

    /// Maps that were never trained are those of the alignment, so the subset of all units is the day
    /// itself.
    @Test func allUnitsTogetherAreTheDayItself() throws {
        let lab = try TrainedLab.get()
        let report = try evaluate(lab, "toy", "--units", "2,5")
        let whole = try #require(try figures(report).first)
        let evaluation = try #require(report["evaluation"] as? [String: Any])
        let population = try #require(evaluation["populationSize"] as? [[String: Any]])
        // Three draws of two units on both days; five are all of day0 and three subsets of day1.
        #expect(population.count == 6 + 1 + 3)
        let all = try #require(
            population.first { $0["units"] as? Int == 5 && $0["session"] as? String == "day0" })
        let bits = try #require(all["bitsPerSpike"] as? Double)
        #expect(abs(bits - (whole["bits_per_spike"] ?? 0)) < 1e-6)
        let within = try #require(all["withinFromFactors"] as? Double)
        #expect(abs(within - (whole["within_factors"] ?? 0)) < 1e-5)
    }

    @Test func singleDayModelsAreComparedWithoutBeingAskedFor() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        #expect(try evaluate(lab, "toy")["comparison"] == nil)
        let missing = try lab.run("evaluate", "toy", "--against", "single")
        #expect(missing.status == 66)
        #expect(missing.errors.contains("neurostitch stitch MANIFEST --single"))
        try lab.succeed("stitch", "toy.stitch.yaml", "--single")
        let comparison = try #require(try evaluate(lab, "toy")["comparison"] as? [String: Any])
        #expect(comparison["other"] as? String == "single")
        let text = try lab.succeed("evaluate", "toy").output
        #expect(text.contains("against one model per session"))
        #expect(text.contains("bits/spike"))
    }

    @Test func whatCannotBeIsRefused() throws {
        let lab = try TrainedLab.get()
        for (arguments, message) in [
            (
                ["--behavior", "z"],
                "there is no behaviour channel z in all sessions of the run; they share x, y"
            ),
            (["--lag-ms", "60", "--history-ms", "50"], "session day0 has trials of 10 bins"),
            (["--units", "6"], "session day0 has 5 units that the encoder sees, fewer than the 6"),
            (["--units", "2,x"], "\"x\" is none"), (["--lag-ms=-1"], "--lag-ms must be between 0"),
            (["--against", "toi"], "toi"),
        ] {
            let outcome = try lab.run(["evaluate", "toy"] + arguments)
            #expect(outcome.status != 0 && outcome.status != 1, "\(arguments)")
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
        }
    }

    @Test func restartsTrainTheSeedThatAgreesBest() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch(epochs: 4)
        let shown = try lab.succeed("stitch", "toy.stitch.yaml", "--restarts", "3").output
        let lines = shown.split(separator: "\n").filter { $0.hasPrefix("start with seed") }
        #expect(lines.count == 3)
        let best = try #require(lines.last { $0.hasSuffix("best so far") })
        let seed = try #require(best.firstMatch(of: /seed (\d+),/)?.1)
        let text = try lab.succeed("runs", "show", "toy").output
        #expect(text.contains("seed \(seed) (the best of 3 starts from seed 1)"))
        #expect(text.contains("\nrestarts: 3\n"))
        // The same as a run with that seed from the beginning.
        try lab.succeed(
            "stitch", "toy.stitch.yaml", "--run", "alone", "--seed", String(seed))
        let metrics = try lab.text("sessions/runs/toy/metrics.csv")
        #expect(try lab.text("sessions/runs/alone/metrics.csv") == metrics)
    }
}
