import Foundation
import Testing

/// The verdict on a day through the program.
@Suite(.timeLimit(.minutes(5))) struct MonitorCommandTests {
    @Test func everyDayGetsAVerdictWithItsNumbers() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        try lab.writeDay(2)
        try lab.succeed("register", "day2.session.yaml")
        let before = try lab.succeed("runs", "--json").output

        let reports = try #require(
            try lab.succeed("monitor", "toy", "day2", "day0", "--json").json() as? [[String: Any]])
        #expect(reports.map { $0["session"] as? String } == ["day2", "day0"])
        #expect(reports.map { $0["membership"] as? String } == ["not in the run", "trained"])
        // Toy days share no electrode; of trained ones the numbers are those of the run.
        #expect(reports[0]["asItStands"] == nil && reports[0]["aligned"] != nil)
        let own = try #require(reports[1]["asItStands"] as? [String: Any])
        let numbers = try #require(own["numbers"] as? [[String: Any]])
        #expect(
            numbers.map { $0["kind"] as? String }
                == ["bits_per_spike", "factor_distance", "decoding_r2", "agreement"])
        let evaluation = try #require(
            (try lab.succeed("evaluate", "toy", "--json").json() as? [String: Any])?["evaluation"]
                as? [String: Any])
        let figures = try #require(
            (evaluation["sessions"] as? [[String: Any]])?.first?["figures"] as? [String: Double])
        for (number, figure) in zip(
            numbers, ["bits_per_spike", "factor_distance", "across_factors", "agreement"])
        {
            let (value, expected) = (number["value"] as? Double ?? .nan, figures[figure] ?? .nan)
            // Two days: means over the other days are of one; the median of two channels is their mean.
            #expect(abs(value - expected) < 1e-9 * max(1, abs(expected)), "\(figure)")
        }

        let text = try lab.succeed("monitor", "toy", "day0", "--behavior", "x").output
        #expect(text.hasPrefix("session  in the run  verdict\nday0     trained     "))
        #expect(text.contains("\nas it stands, through its own maps\nnumber "))
        #expect(text.contains("\nbits/spike, held-out trials "))
        #expect(try lab.succeed("runs", "--json").output == before)
        #expect(!lab.exists("sessions/runs/toy-with-day2"))
    }

    @Test func whatCannotBeIsRefused() throws {
        let lab = try TrainedLab.get()
        for (arguments, status, message) in [
            (["toy", "day9"], 66, "day9"), (["toi", "day0"], 66, "toi"),
            (["toy"], 64, "Missing expected argument"),
            (["toy", "day0", "--behavior", "hand"], 64, "there is no behaviour channel hand"),
            (["toy", "day0", "--lag-ms=-1"], 64, "--lag-ms must be between 0 and 1000000"),
            (["toy", "day0", "--history-ms", "500"], 64, "hint: --lag-ms and --history-ms set them"),
        ] as [([String], Int32, String)] {
            let outcome = try lab.run(["monitor"] + arguments)
            #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
            #expect(outcome.output == "")
        }
    }
}
