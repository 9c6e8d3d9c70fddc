import ArgumentParser
import ArrayFiles
import Evaluation
import Foundation
import Registry
import Report

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Draw a run.",
        discussion: """
            Factor trajectories of all days in one plane, averaged by condition, as SVG: one colour a \
            condition, one dash a day. Where the stitch holds, curves of one colour lie on each other.

            Example:
              neurostitch report lorenz --output trajectories.svg
            """)

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "run"))
    var runName: String

    @Option(name: .long, help: "File. (default: runs/RUN/trajectories.svg in the workspace)")
    var output: String?

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try options.registry()
        let path = try Self.draw(
            runName, in: registry, threads: threads.count,
            to: output ?? "\(registry.workspace.runFolder(runName))/trajectories.svg")
        print(options.json ? try Terminal.json(["picture": path]) : path)
    }

    static func draw(
        _ run: String, in registry: SessionRegistry, threads: Int, to path: String
    ) throws -> String {
        let picture = TrajectoryPicture(
            try ConditionTrajectories(run: run, in: registry, threads: threads),
            title: "Condition-averaged factors of run \(run)")
        try AtomicFile.write(Data(picture.svg.utf8), to: path)
        return path
    }
}
