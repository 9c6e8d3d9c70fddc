import ArgumentParser
import Stitching

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Enter a model from a file, trained by lfads-torch or exported here.",
        discussion: """
            What comes of it is a run: it can be queried, evaluated, drawn, extended by new days, and training \
            can start from it (`stitch --start-from RUN`). Its sessions have to be registered; their units and \
            bins are checked against the file's tensors.

            Example:
              neurostitch import model.h5 --as lorenz-again
              neurostitch import state.h5 --as torch --sessions lorenz-2024-01-15,lorenz-2024-03-16
            """)

    @Argument(help: ArgumentHelp("Model file (HDF5).", valueName: "file"))
    var model: String

    @Option(name: .customLong("as"), help: "Name of the new run.")
    var newName: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Registered sessions, comma-separated, in the order of readout.0, readout.1, …; needed where "
                + "the file does not name them."))
    var sessions: String?

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    private struct Report: Encodable {
        struct Session: Encodable {
            let name: String
            let position: Int
            let bitsPerSpike: Double?
        }
        let run: String
        let file: String
        let fileHash: String
        let parameters: Int
        let sessions: [Session]
        let agreement: Double?
        let warnings: [String]

        init(_ outcome: ImportJourney.Outcome) {
            run = outcome.run
            file = outcome.file
            fileHash = outcome.fileHash
            parameters = outcome.parameters
            sessions = outcome.sessions.map {
                Session(name: $0.name, position: $0.position, bitsPerSpike: $0.bitsPerSpike)
            }
            agreement = outcome.agreement
            warnings = outcome.warnings
        }
    }

    func run() throws {
        let names = try sessions.map { text in
            try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
                let name = part.filter { $0 != " " }
                guard !name.isEmpty else {
                    throw ValidationError("--sessions is \"\(text)\"; expected names such as day1,day2.")
                }
                return String(name)
            }
        }
        let outcome = try ImportJourney.importModel(
            from: model, as: newName, sessions: names, in: try options.registry(),
            threads: threads.count)
        for warning in outcome.warnings { Terminal.printError("warning: \(warning)") }
        guard !options.json else {
            print(try Terminal.json(Report(outcome)))
            return
        }
        print(
            Terminal.table(
                ["session", "in the file", "bits/spike"],
                outcome.sessions.map {
                    [$0.name, "readout.\($0.position)", Terminal.number($0.bitsPerSpike, 4)]
                }))
        print(
            "run \(outcome.run): \(outcome.parameters) parameters from \(outcome.file)"
                + (outcome.agreement.map { ", agreement \(Terminal.number($0))" } ?? ""))
    }
}
