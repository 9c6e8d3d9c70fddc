import Foundation
import Testing

/// What is true of every command.
@Suite(.timeLimit(.minutes(5))) struct HelpTests {
    static let commands = [
        ["init"], ["register"], ["sessions"], ["sessions", "list"], ["sessions", "show"],
        ["sessions", "verify"], ["sessions", "remove"], ["align"], ["stitch"], ["search"], ["runs"],
        ["runs", "list"], ["runs", "show"], ["runs", "verify"], ["runs", "rename"], ["runs", "delete"],
        ["factors"], ["evaluate"], ["report"], ["extend"], ["infer"], ["monitor"], ["synthesize"],
        ["synthesize", "lorenz"], ["synthesize", "reaching"], ["synthesize", "months"], ["demo"], ["export"],
        ["import"], ["inspect"],
    ]

    @Test(arguments: commands) func helpShowsAnExampleOfTheCommandItself(
        _ command: [String]
    ) throws {
        let outcome = try Lab().run(command + ["--help"])
        #expect(outcome.status == 0)
        #expect(outcome.errors == "")
        #expect(outcome.output.contains("Example:"))
        #expect(outcome.output.contains("  neurostitch \(command.joined(separator: " "))"))
        #expect(outcome.output.contains("--json") || command.count == 1)
        // A line that was to go on in the next one leaves its indentation in the middle of a sentence.
        for line in outcome.output.split(separator: "\n") where !line.hasPrefix(" ") {
            #expect(!line.contains("   "), "\(line)")
        }
    }

    @Test func mistypedCommandsAreNamedWithTheOneThatWasMeant() throws {
        let mistakes: [(arguments: [String], parent: String, meant: String?)] = [
            (["stich", "toy.stitch.yaml"], "neurostitch", "stitch"),
            (["runs", "lst"], "neurostitch runs", "list"),
            (["synthesize", "lorentz"], "neurostitch synthesize", "lorenz"), (["xyzzy"], "neurostitch", nil),
        ]
        for (arguments, parent, meant) in mistakes {
            let wrong = arguments.first { !["runs", "synthesize"].contains($0) } ?? ""
            let outcome = try Lab().run(arguments)
            #expect(outcome.status == 64 && outcome.output.isEmpty)
            let advice = meant.map { "; did you mean \"\($0)\"?" } ?? "."
            #expect(
                outcome.errors.hasPrefix(
                    "error: \"\(wrong)\" is no command of \(parent)\(advice) Commands: "),
                "\(outcome.errors)")
            #expect(!outcome.errors.contains("read-model"))
        }
    }

    @Test func theVersionSaysWhatResultsDependOn() throws {
        let lines = try Lab().succeed("--version").output.split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(lines.first?.wholeMatch(of: /\d+\.\d+\.\d+/) != nil)
        #expect(lines[1].wholeMatch(of: /products and pointwise loops: (avx512|avx2|baseline)/) != nil)
        #expect(lines[2].wholeMatch(of: /OpenBLAS \d+\.\d+\.\d+, kernels for \w+/) != nil)
        #expect(lines[3].wholeMatch(of: /HDF5 \d+\.\d+\.\d+/) != nil)
    }

    @Test func theListOfCommandsInTheHelpHasEveryCommandThatIsTestedHere() throws {
        let help = try Lab().run("--help").output
        for command in Set(Self.commands.map { $0[0] }) {
            #expect(help.contains("\n  \(command) "), "\(command)")
        }
    }

    @Test(arguments: [
        ["register", "m.yaml"], ["sessions"], ["sessions", "show", "day0"], ["sessions", "verify"],
        ["align", "m.yaml"], ["stitch", "m.yaml"], ["runs"], ["runs", "show", "toy"],
        ["factors", "toy", "day0"], ["evaluate", "toy"], ["extend", "toy", "day2"],
        ["infer", "toy", "day0", "--stream"], ["export", "toy"], ["import", "m.h5", "--as", "toy"],
        ["monitor", "toy", "day0"], ["report"], ["sessions", "remove", "day0"], ["runs", "delete", "toy"],
        ["runs", "rename", "toy", "other"], ["runs", "verify"],
    ]) func withoutARegistryNothingIsMade(_ command: [String]) throws {
        let lab = try Lab()
        let outcome = try lab.run(command)
        #expect(outcome.status == 66)
        #expect(outcome.output == "")
        #expect(
            outcome.errors
                == "error: There is no registry in sessions. Make one, or name the workspace "
                + "that has one.\nhint: `neurostitch init` makes one, and --workspace names one\n")
        #expect(try lab.files() == [])
    }

    @Test func synthesizedDaysCanBeRegistered() throws {
        let lab = try Lab.withSessions([])
        let outcome = try lab.succeed(
            "synthesize", "lorenz", "--output", "in", "--sessions", "2", "--conditions", "3",
            "--trials", "5", "--bins", "10", "--json")
        let report = try #require(try outcome.json() as? [String: Any])
        let days = try #require(report["days"] as? [[String: Any]])
        #expect(days.map { $0["trials"] as? Int } == [15, 15])
        #expect(lab.exists(try #require(report["stitchManifest"] as? String)))
        try lab.succeed(["register"] + days.compactMap { $0["manifest"] as? String })
    }

    @Test(arguments: ["reaching", "months"])
    func reachingDaysCanBeRegistered(_ world: String) throws {
        let lab = try Lab.withSessions([])
        let outcome = try lab.succeed(
            "synthesize", world, "--output", "in", "--sessions", "2", "--trials", "40-50",
            "--units", "10", "--array", "sparse", "--bins", "30", "--sparse-truth", "--json")
        let report = try #require(try outcome.json() as? [String: Any])
        let days = try #require(report["days"] as? [[String: Any]])
        #expect(days.allSatisfy { (40...50).contains($0["trials"] as? Int ?? 0) })
        #expect(lab.exists(try #require(report["stitchManifest"] as? String)))
        try lab.succeed(["register"] + days.compactMap { $0["manifest"] as? String })
    }

    @Test(arguments: [
        (["--array", "round"], "--array is round; expected dense or sparse."),
        (["--trials", "90-80"], "--trials is 90-80; expected a range such as 100-200, or one number."),
        (["--format", "mat"], "--format is mat; expected binned-hdf5 or lfads-hdf5."),
    ])
    func whatAReachingWorldCannotBeIsAUsageError(_ options: [String], _ words: String) throws {
        let lab = try Lab()
        let outcome = try lab.run(["synthesize", "reaching", "--output", "in"] + options)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(words))
        #expect(try lab.files() == [])
    }

    @Test func aWrongOptionIsAUsageError() throws {
        let outcome = try Lab().run("sessions", "--subjects", "Toy")
        #expect(outcome.status == 64)
        #expect(outcome.errors.hasPrefix("Error: Unknown option '--subjects'. Did you mean '--subject'?"))
    }
}
