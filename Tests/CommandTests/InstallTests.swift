import Foundation
import Testing

/// What `make install` lays down and `make uninstall` takes away, of the program that was built for the tests.
@Suite struct InstallTests {
    private static let stage = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../.ci/stage").standardizedFileURL

    private func stage(_ arguments: [String], in lab: Lab) throws -> Program.Outcome {
        try Program.Running(
            Self.stage, arguments, in: lab.path,
            variables: ["DESTDIR": lab.location("root"), "PREFIX": "/opt/lab"]
        ).finish()
    }

    /// Two pages as they are generated, and one of a command that nobody calls.
    private func writePages(_ lab: Lab) throws {
        for name in ["neurostitch", "neurostitch.runs.show", "neurostitch.read-model"] {
            try lab.write(
                ".Dd November 27, 2026\n.Dt \(name.uppercased()) 1\n.Os\n", to: "pages/\(name).1")
        }
    }

    private func installed(_ lab: Lab) -> [String] {
        (FileManager.default.subpaths(atPath: lab.location("root/opt/lab")) ?? []).filter { name in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(
                atPath: lab.location("root/opt/lab/\(name)"), isDirectory: &isFolder)
            return !isFolder.boolValue
        }.sorted()
    }

    @Test func everythingIsLaidDownAndNothingIsLeft() throws {
        let lab = try Lab()
        try FileManager.default.createDirectory(
            atPath: lab.location("pages"), withIntermediateDirectories: true)
        try writePages(lab)
        let outcome = try stage([Program.executable.path, lab.location("pages")], in: lab)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let files = installed(lab)
        #expect(
            files.filter { !$0.hasPrefix("share/doc/") } == [
                "bin/neurostitch", "share/bash-completion/completions/neurostitch",
                "share/fish/vendor_completions.d/neurostitch.fish", "share/man/man1/neurostitch-runs-show.1",
                "share/man/man1/neurostitch.1", "share/zsh/site-functions/_neurostitch",
            ])
        for document in ["README.md", "LICENSE", "CHANGELOG.md", "docs/tutorial.md"] {
            #expect(files.contains("share/doc/neurostitch/\(document)"))
        }
        let page = try lab.text("root/opt/lab/share/man/man1/neurostitch-runs-show.1")
        #expect(page.contains(".Dt NEUROSTITCH-RUNS-SHOW 1\n"))
        for completion in files where completion.contains("complet") || completion.contains("zsh") {
            #expect(try lab.text("root/opt/lab/\(completion)").contains("stitch"), "\(completion)")
        }
        let program = URL(fileURLWithPath: lab.location("root/opt/lab/bin/neurostitch"))
        let version = try Program.Running(program, ["--version"], in: lab.path).finish()
        #expect(version.output == (try lab.succeed("--version").output))

        // What others have put beside it stays.
        try lab.write("theirs", to: "root/opt/lab/share/man/man1/other.1")
        #expect(try stage(["--remove"], in: lab).status == 0)
        #expect(installed(lab) == ["share/man/man1/other.1"])
        #expect(try lab.files(in: "root/opt/lab") == ["share"])
        // Once more is no mistake.
        #expect(try stage(["--remove"], in: lab).status == 0)
    }

    @Test func whatIsNotBuiltIsNamed() throws {
        let lab = try Lab()
        let outcome = try stage([lab.location("neurostitch"), lab.location("pages")], in: lab)
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "error: \(lab.location("neurostitch")) is not there: build it first with `make installable`"))
        #expect(!lab.exists("root"))
    }

    /// An installed program is far from the project's folder: its demo makes the days that lie there.
    @Test func theDemoMakesTheSampleDaysWhereThereAreNone() throws {
        let lab = try Lab()
        let running = try lab.start(["demo", "--threads", "1"])
        let deadline = Date() + 120
        while !lab.exists("sample-days/lorenz.stitch.yaml") || !lab.exists("sessions/registry.sqlite"),
            running.process.isRunning, Date() < deadline
        { usleep(20_000) }
        running.send(SIGTERM)
        let outcome = try running.finish()
        #expect(
            outcome.output.hasPrefix("0. make the sample days in sample-days\n1. register the sample days\n"))
        let project = Self.stage.deletingLastPathComponent().deletingLastPathComponent()
        for day in ["2024-01-15", "2024-03-16", "2024-05-16"] {
            let own = try Data(
                contentsOf: project.appendingPathComponent("sessions/incoming/lorenz-\(day).h5"))
            #expect(try lab.bytes("sample-days/lorenz-\(day).h5") == own, "\(day)")
        }
        let manifest = try String(
            contentsOf: project.appendingPathComponent("manifests/lorenz.stitch.yaml"), encoding: .utf8)
        #expect(try lab.text("sample-days/lorenz.stitch.yaml") == manifest)
    }
}
