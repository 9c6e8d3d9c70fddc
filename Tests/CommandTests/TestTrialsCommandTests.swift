import Foundation
import Testing

/// A test part from a manifest to tables, files and pages, through the program.
@Suite(.timeLimit(.minutes(5))) struct TestTrialsCommandTests {
    private func registered(_ splits: [String]) throws -> Lab {
        let lab = try Lab()
        try lab.succeed("init")
        for (day, split) in splits.enumerated() { try lab.writeDay(day, manifest: split) }
        try lab.succeed(["register"] + splits.indices.map { "day\($0).session.yaml" })
        return lab
    }

    private let threeParts = "split: {valid_every: 2, test_every: 3}"

    @Test func testTrialsAreShownEvaluatedAndWritten() throws {
        let lab = try registered([threeParts, threeParts])
        // Five trials of each condition: one for the test, two of the others held out.
        #expect(
            try lab.succeed("sessions", "show", "day0").output.contains(
                """
                condition  train  valid  test
                c0             2      2     1
                c1             2      2     1
                c2             2      2     1
                c3             2      2     1
                """))
        #expect(
            try lab.succeed("sessions", "show", "day0").output.contains(
                "\n20 trials, 4 for the test, of 10 bins of 10 ms"))
        #expect(
            try lab.succeed("sessions").output.hasPrefix(
                """
                session  subject  date        trials  test  bins  bin ms  units  conditions  revision
                day0     Toy      2025-01-01      20     4    10      10      5           4         1
                """))
        #expect(
            try lab.succeed("register", "day0.session.yaml").output.contains(": 20 trials (4 for the test), ")
        )
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        #expect(
            try lab.succeed("evaluate", "toy").output.contains(
                "\nfigures of unseen trials are of test trials\n"))
        #expect(
            try lab.succeed("evaluate", "toy", "--part", "valid").output.contains(
                "\nfigures of unseen trials are of held-out trials (valid)\n"))
        try lab.succeed(
            "factors", "toy", "day0", "--trials", "test", "--quantity", "factors", "--output", "f.csv")
        let rows = try lab.text("f.csv").split(separator: "\n").dropFirst()
        #expect(rows.count == 4 * 10 && rows.allSatisfy { $0.split(separator: ",")[3] == "test" })
        // Without, nothing is said of test trials.
        let other = try registered(["split: {valid_every: 2}"])
        #expect(try !other.succeed("sessions", "show", "day0").output.contains("valid  test"))
    }

    @Test func aPartThatNotAllSessionsHaveIsNotMixed() throws {
        let lab = try registered([threeParts, "split: {valid_every: 2}"])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        #expect(
            try lab.succeed("evaluate", "toy").output.contains(
                "figures of unseen trials are of held-out trials (valid): 1 of 2 sessions have no test "
                    + "trials (day1)"))
        let refused = try lab.run("evaluate", "toy", "--part", "test")
        #expect(refused.status == 64)
        #expect(refused.errors.contains("--part valid evaluates held-out trials"))
        #expect(try lab.run("evaluate", "toy", "--part", "train").status == 64)
        let missing = try lab.run("factors", "toy", "day1", "--trials", "test")
        #expect(missing.status == 64 && missing.errors.contains("session day1 has no test trials"))
    }

    @Test func tooFewTrialsForThreePartsAreRefused() throws {
        let lab = try Lab()
        try lab.succeed("init")
        try lab.writeDay(0, manifest: "split: {valid_every: 5, test_every: 5}")
        let refused = try lab.run("register", "day0.session.yaml")
        #expect(refused.status == 65)
        #expect(
            refused.errors.contains(
                "day0: nothing is left for the validation set. With test_every: 5 and valid_every: 5, three "
                    + "parts need 6 trials of one condition; the largest condition, \"c0\", has 5."))
    }
}
