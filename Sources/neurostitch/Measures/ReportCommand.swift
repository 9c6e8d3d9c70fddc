import ArgumentParser
import Foundation
import Registry
import Report

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write a run, or the workspace, as one HTML page.",
        discussion: """
            With the name of a run: training, alignment, factor trajectories of all days, rates beside \
            spikes, decoded behaviour, all figures, rotations and settings. The run is evaluated on the \
            way. Without a name: all sessions and all runs of the workspace. The page holds all it needs, \
            plotly.js too, and opens without a network; what it shows is described in docs/report.md.

            Example:
              neurostitch report lorenz
              neurostitch report lorenz --figures figures
              neurostitch report
            """)

    @Argument(help: ArgumentHelp("Name of the run. (default: the page of the workspace)", valueName: "run"))
    var runName: String?

    @Option(name: .long, help: "File. (default: runs/RUN/report.html or report.html in the workspace)")
    var output: String?

    @Option(
        name: .long,
        help: "Folder into which Chromium draws the main figures, as SVG and PNG.")
    var figures: String?

    @OptionGroup var wanted: EvaluationOptions

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    func validate() throws {
        if runName == nil, figures != nil {
            throw ValidationError("--figures needs the name of a run.")
        }
    }

    private struct Written: Encodable {
        let report: String
        let figures: [String]
    }

    func run() throws {
        let registry = try options.registry()
        var drawn: [String] = []
        let path: String
        if let runName {
            path = output ?? RunReport.location(ofRun: runName, in: registry.workspace)
            let page = try RunReport.page(
                ofRun: runName, in: registry, options: try wanted.options(threads: threads.count))
            try ReportFile.write(page, to: path)
            if let figures { drawn = try StaticFigures.write(page, to: figures) }
        } else {
            path = output ?? registry.workspace.location(of: "report.html")
            let plotly = try PlotlyLibrary()
            let folder = (path as NSString).deletingLastPathComponent
            let material = try WorkspaceMaterial(registry, page: folder.isEmpty ? "." : folder)
            try ReportFile.write(WorkspaceReport.page(material, plotly), to: path)
        }
        if options.json {
            print(try Terminal.json(Written(report: path, figures: drawn)))
        } else {
            for file in drawn { print(file) }
            print(path)
        }
    }
}
