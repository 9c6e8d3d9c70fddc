import Foundation
import Testing

/// What is printed must arrive, or the exit code says that it didn't.
@Suite(.timeLimit(.minutes(5))) struct LostOutputTests {
    /// Runs the program by a shell, `$0` in the command.
    private func shell(_ command: String, in lab: Lab) throws -> Program.Outcome {
        try Program.Running(
            URL(fileURLWithPath: "/bin/sh"), ["-c", command, Program.executable.path], in: lab.path
        ).finish()
    }

    static let commands = [
        "--help", "--version", "help stitch", "init", "sessions", "sessions list --json",
        "sessions show day0",
        "sessions verify", "runs", "runs show toy", "runs show toy --json", "runs verify",
        "runs delete toy --dry-run", "factors toy day0 -o lost.h5", "register day0.session.yaml",
        "inspect day0.h5", "export toy -o lost.model.h5", "align toy.stitch.yaml", "evaluate toy",
        "synthesize lorenz --sessions 1 --conditions 2 --trials 5 --bins 5 --units 3 --output lost",
        "monitor toy day1",
    ]

    @Test(arguments: commands) func aFullDiskUnderStandardOutput(_ command: String) throws {
        let lab = try TrainedLab.get()
        let outcome = try shell("\"$0\" \(command) > /dev/full", in: lab)
        #expect(outcome.status == 74)
        let errors = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("error: ") }
        #expect(
            errors == [
                "error: the standard output can't be written: No space left on device; what was printed is "
                    + "incomplete, while files and the registry are as the command left them. Make room, or direct "
                    + "the output elsewhere, and ask again"
            ])
    }

    @Test func whatWentWrongBeforeKeepsItsCode() throws {
        let lab = try TrainedLab.get()
        let outcome = try shell("\"$0\" runs show nobody > /dev/full", in: lab)
        #expect(outcome.status == 66)
        #expect(!outcome.errors.contains("standard output"))
    }

    @Test func aStreamEndsWithOneMessageWhenNobodyTakesItsAnswers() throws {
        let lab = try TrainedLab.get()
        let request = "{\"bins\": [[1, 1, 1, 1, 1]]}\\n"
        for output in ["> /dev/full", "| true"] {
            // The shell leaves SIGPIPE ignored to the program, as some servers do.
            let outcome = try shell(
                "trap '' PIPE; { printf '\(request)'; sleep 1; printf '\(request)\(request)'; } "
                    + "| { \"$0\" infer toy day0 --stream; echo $? >&2; } \(output)", in: lab)
            // The shell itself may complain of a stream that nobody reads to its end.
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines.contains("74"), "\(outcome.errors)")
            #expect(lines.count { $0.hasPrefix("error: the standard output can't be written: ") } == 1)
        }
    }

    @Test func aDiskThatIsFullUnderACheckpoint() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch(to: "big.yaml")
        let text = try lab.text("big.yaml").replacingOccurrences(of: "gen_dim: 6", with: "gen_dim: 200")
        try lab.write(text, to: "big.yaml")
        // A limit of a file's size, as far as the program can tell, above the registry's.
        let outcome = try shell(
            "trap '' XFSZ; ulimit -f 800; \"$0\" stitch big.yaml", in: lab)
        #expect(outcome.status == 73)
        let error = outcome.errors.split(separator: "\n").last ?? ""
        #expect(
            error.hasPrefix("error: sessions/runs/toy/checkpoint.h5 can't be written: "), "\(outcome.errors)")
        #expect(error.hasSuffix("File too large."))
        #expect(try lab.files(in: "sessions/runs/toy") == [".lock"])
    }

    /// The mathematics library would ask for more for ever.
    @Test func tooLittleMemory() throws {
        let lab = try TrainedLab.get()
        let outcome = try shell("ulimit -v 300000; \"$0\" stitch toy.stitch.yaml --run small", in: lab)
        #expect(outcome.status == 75)
        #expect(outcome.errors.hasPrefix("error: this process may take 292 MB of addresses (ulimit -v)"))
        #expect(try shell("ulimit -v 8000000; \"$0\" align toy.stitch.yaml", in: lab).status == 0)
    }

    @Test func tooFewOpenFiles() throws {
        let lab = try TrainedLab.get()
        for limit in [8, 12, 16, 64, 255] {
            let outcome = try shell("ulimit -n \(limit); \"$0\" register day0.session.yaml", in: lab)
            #expect(outcome.status == 75, "\(limit): \(outcome.errors)")
            #expect(
                outcome.errors.hasPrefix(
                    "error: The process that reads recordings can't be started: it needs 256"))
        }
        #expect(try shell("ulimit -S -n 64; \"$0\" register day0.session.yaml", in: lab).status == 0)
    }
}
