import Foundation
import TestSupport
import Testing

/// `report`: pages in their places, what is printed, and what stands in the way.
@Suite(.timeLimit(.minutes(5))) struct ReportCommandTests {
    /// The program with other variables than this process has.
    private func run(
        _ arguments: [String], in lab: Lab, _ variables: [String: String]
    ) throws -> Program.Outcome {
        try Program.Running(Program.executable, arguments, in: lab.path, variables: variables).finish()
    }

    @Test func aRunGetsItsPageBesideItsFilesAndItsFiguresIntoTheRegistry() throws {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        let outcome = try lab.succeed("report", "toy")
        #expect(outcome.output == "sessions/runs/toy/report.html\n")
        let page = try lab.text("sessions/runs/toy/report.html")
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
        #expect(page.contains("<title>Run toy</title>"))
        #expect(try lab.files(in: "sessions/runs/toy").filter { $0.contains("partial") } == [])

        let all = try lab.succeed("report")
        #expect(all.output == "sessions/report.html\n")
        let workspace = try lab.text("sessions/report.html")
        #expect(workspace.contains("<a href=\"runs/toy/report.html\">toy</a>"))
        // Evaluated on the way.
        #expect(!workspace.contains("never evaluated"))
        // Both spellings of an option's value are one.
        try lab.succeed("init", "--workspace", "other")
        for value in [["--workspace", "other"], ["--workspace=other"]] {
            #expect(try lab.succeed(["report"] + value + ["--output", "o.html"]).output == "o.html\n")
            #expect(try lab.text("o.html").contains("No run has been started."))
        }
        let json = try lab.succeed("report", "--workspace", "sessions", "--output", "w.html", "--json")
        let written = try #require(try json.json() as? [String: Any])
        #expect(written["report"] as? String == "w.html")
        #expect((written["figures"] as? [Any])?.isEmpty == true)
        #expect(lab.exists("w.html"))
        let elsewhere = try lab.succeed(
            "report", "toy", "--workspace", "sessions", "--units", "2,3", "--output", "r.html")
        #expect(elsewhere.output == "r.html\n")
        #expect(try lab.text("r.html").contains("Size of the population"))
    }

    @Test func anEmptyWorkspaceHasAPageToo() throws {
        let lab = try Lab.withSessions([])
        try lab.succeed("report")
        #expect(try lab.text("sessions/report.html").contains("No run has been started."))
    }

    @Test func withoutPlotlyNothingIsWritten() throws {
        let lab = try TrainedLab.get()
        let outcome = try run(
            ["report", "toy", "--output", "none.html"], in: lab, ["NEUROSTITCH_PLOTLY_JS": "no/plotly.js"])
        #expect(outcome.status == 69)
        #expect(outcome.output == "")
        #expect(outcome.errors.hasPrefix("error: plotly.js can't be read from no/plotly.js: "))
        #expect(outcome.errors.hasSuffix("; name a plotly.min.js in NEUROSTITCH_PLOTLY_JS\n"))
        #expect(!lab.exists("none.html"))
    }

    @Test func withoutChromiumThereAreNoStaticFigures() throws {
        let lab = try TrainedLab.get()
        let outcome = try run(
            ["report", "toy", "--output", "page.html", "--figures", "figures"], in: lab,
            ["PATH": "/nowhere", "NEUROSTITCH_CHROMIUM": ""])
        #expect(outcome.status == 69)
        #expect(
            outcome.errors
                == "error: static figures are drawn by Chromium, which is not on this machine; looked for "
                + "NEUROSTITCH_CHROMIUM, chromium, chromium-browser, google-chrome, google-chrome-stable in "
                + "PATH. Install it (Debian's package chromium), or name the program in "
                + "NEUROSTITCH_CHROMIUM; the report itself needs none of it\n")
        // The page needs no browser of ours.
        #expect(lab.exists("page.html") && !lab.exists("figures"))
    }

    @Test func whatCannotBe() throws {
        let lab = try TrainedLab.get()
        func errors(_ arguments: String..., status: Int32) throws -> String {
            let outcome = try lab.run(["report"] + arguments)
            #expect(outcome.status == status, "\(arguments)")
            #expect(outcome.output == "")
            return outcome.errors
        }
        #expect(
            try errors("--workspace", status: 64).hasPrefix(
                "Error: Missing value for '--workspace <workspace>'"))
        #expect(
            try errors("--figures", "f", status: 64).hasPrefix("Error: --figures needs the name of a run."))
        #expect(
            try errors("toy", "--units", "3,x", status: 64).hasPrefix(
                "Error: --units takes numbers such as 10,25,50; \"x\" is none."))
        #expect(try errors("tyo", status: 66).contains("toy"))
        #expect(
            try errors("toy", "--output", "no/r.html", status: 73)
                == "error: can't write no/r.html: there is no folder no\n")
        #expect(
            try errors("--workspace", "elsewhere", status: 66).hasPrefix(
                "error: There is no registry in elsewhere."))
    }
}
