import ArgumentParser
import Stitching

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a run's model for Python, under the names of lfads-torch.",
        discussion: """
            One HDF5 file with the best epoch's parameters under params/ and the hyper-parameters as \
            attributes of config/. Units stand in the recordings' order. `neurostitch import` reads it again.

            Example:
              neurostitch export lorenz --output model.h5
              neurostitch export lorenz --session lorenz-2024-01-15 --output day.h5
            """)

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "run"))
    var runName: String

    @Option(name: .shortAndLong, help: "File to write. (default: RUN-model.h5 in the current folder)")
    var output: String?

    @Option(
        name: .customLong("session"),
        help: "Only this session's maps; can be given several times. (default: all sessions)")
    var sessions: [String] = []

    @OptionGroup var options: WorkspaceOptions

    private struct Report: Encodable {
        let run: String
        let epoch: Int?
        let file: String
        let sessions: [String]
        let parameters: Int

        init(_ outcome: ExportJourney.Outcome) {
            run = outcome.run
            epoch = outcome.epoch
            file = outcome.file
            sessions = outcome.sessions
            parameters = outcome.parameters
        }
    }

    func run() throws {
        let outcome = try ExportJourney.export(
            run: runName, sessions: sessions, to: output ?? "\(runName)-model.h5",
            in: try options.registry())
        guard !options.json else {
            print(try Terminal.json(Report(outcome)))
            return
        }
        print(
            Terminal.table(
                ["session", "read-in", "read-out"],
                outcome.sessions.enumerated().map { [$1, "readin.\($0)", "readout.\($0)"] }))
        print(
            "wrote \(outcome.file): \(outcome.parameters) parameters"
                + (outcome.epoch.map { " of epoch \($0)" } ?? ""))
    }
}
