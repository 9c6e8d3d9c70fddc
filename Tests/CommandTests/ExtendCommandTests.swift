import Foundation
import Testing

/// New days through the program: several in one command, each a run beside the old one.
@Suite(.timeLimit(.minutes(5))) struct ExtendCommandTests {
    @Test func daysJoinOneByOne() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        let before = try lab.bytes("sessions/runs/toy/checkpoint.h5")
        for day in 2...3 { try lab.writeDay(day) }
        try lab.succeed("register", "day2.session.yaml", "day3.session.yaml")
        let reports = try #require(
            try lab.succeed("extend", "toy", "day2", "day3", "--json").json() as? [[String: Any]])
        #expect(reports.map { $0["run"] as? String } == ["toy-with-day2", "toy-with-day3"])
        #expect(reports.allSatisfy { $0["trainingTrials"] as? Int == 16 })
        // What the monitor says of the run is what was said when it was entered.
        for (day, report) in zip(["day2", "day3"], reports) {
            let judged = try #require(
                try lab.succeed("monitor", "toy-with-\(day)", day, "--json").json() as? [[String: Any]])
            #expect(report["verdict"] as? String == judged.first?["verdict"] as? String)
            #expect(report["reasons"] as? [String] == judged.first?["reasons"] as? [String])
            #expect((report["reasons"] as? [String])?.isEmpty == false)
        }
        let unchecked = try #require(
            try lab.succeed("extend", "toy", "day2", "--as", "unchecked", "--unchecked", "--json").json()
                as? [[String: Any]])
        #expect(unchecked.first?["verdict"] == nil)
        #expect(try lab.bytes("sessions/runs/toy/checkpoint.h5") == before)

        let text = try lab.succeed("runs", "show", "toy-with-day3").output
        #expect(text.contains("extends run toy"))
        try lab.succeed("factors", "toy-with-day3", "day3", "--output", "day3.factors.h5")
        try lab.succeed("evaluate", "toy-with-day3")
        // A day can join a run that another day has joined.
        let both = try lab.succeed(
            "extend", "toy-with-day2", "day3", "--as", "four", "--trials", "8", "--epochs", "2")
        #expect(both.output.hasPrefix("four: day3 joined toy-with-day2 with 8 training trials in "))
        #expect(try lab.succeed("runs", "show", "four").output.contains("day2"))

        // What fewer trials would give is only looked at.
        let runs = try lab.succeed("runs", "--json").output
        let curve = try #require(
            try lab.succeed("extend", "toy", "day2", "--trials", "5,9,100", "--json").json()
                as? [[String: Any]])
        #expect(curve.map { $0["trainingTrials"] as? Int } == [5, 9, 16])
        #expect(curve[2]["bitsPerSpike"] as? Double == reports[0]["bitsPerSpike"] as? Double)
        #expect(try lab.succeed("runs", "--json").output == runs)
        try lab.succeed("report", "toy")
        let page = try lab.text("sessions/runs/toy/report.html")
        #expect(page.contains("<section id=\"learning-curve\">"))
        #expect(try lab.files(in: "sessions/runs/toy/learning-curves") == ["day2.json"])

        let again = try lab.run("extend", "toy", "day2")
        #expect(again.status != 0)
        #expect(again.errors.contains("toy-with-day2"))
    }

    @Test func whatCannotBeIsRefused() throws {
        let lab = try TrainedLab.get()
        for (arguments, status, message) in [
            (["toy", "day0"], 64, "session day0 is part of run toy already"),
            (["toy", "day9"], 66, "day9"), (["toi", "day2"], 66, "toi"),
            (["toy", "day2", "day0", "--as", "x"], 64, "--as names one run"),
            (["toy", "day2", "--trials", "0"], 64, "\"0\" is none"),
            (["toy", "day2", "--trials", "4,8", "--as", "x"], 64, "several numbers of trials enter none"),
        ] as [([String], Int32, String)] {
            let outcome = try lab.run(["extend"] + arguments)
            #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
        }
    }
}

/// A run that a day without labels has joined is a run like any other.
@Suite(.timeLimit(.minutes(5))) struct ExtendedRunTests {
    @Test func everythingCanBeAskedOfIt() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        try lab.writeDay(2, labelled: false)
        try lab.succeed("register", "day2.session.yaml")
        let refused = try lab.run("extend", "toy", "day2")
        #expect(refused.status == 65)
        #expect(refused.errors.contains("session day2 has no condition labels in common with the run"))
        try lab.succeed("extend", "toy", "day2", "--as", "blind", "--without-labels", "--epochs", "2")
        let shown = try lab.succeed("runs", "show", "blind").output
        #expect(shown.contains("session day2 joined without labels, fitted on 16 training trials"))
        try lab.succeed("evaluate", "blind")
        try lab.succeed("factors", "blind", "day2", "--output", "blind.h5")
        try lab.succeed("report", "blind")
        #expect(try lab.text("sessions/runs/blind/report.html").contains("<title>Run blind</title>"))
        let resumed = try lab.run("stitch", "toy.stitch.yaml", "--run", "blind", "--resume")
        #expect(resumed.status != 0)
    }
}
