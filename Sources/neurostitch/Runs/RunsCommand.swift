import ArgumentParser
import Registry

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Show, verify, rename and delete what has been trained.",
        discussion: """
            Example:
              neurostitch runs
              neurostitch runs show lorenz
              neurostitch runs verify
              neurostitch runs delete lorenz --dry-run
            """,
        subcommands: [
            RunsListCommand.self, RunsShowCommand.self, RunsVerifyCommand.self, RunsRenameCommand.self,
            RunsDeleteCommand.self,
        ],
        defaultSubcommand: RunsListCommand.self)
}

struct RunsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List all runs, the first one started coming first.",
        discussion: "Example:\n  neurostitch runs list --json")

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let runs = try options.registry().runs()
        guard !options.json else {
            print(try Terminal.json(runs.map(RunSummary.init)))
            return
        }
        guard !runs.isEmpty else {
            print("no run has been started yet; `neurostitch stitch MANIFEST` starts one")
            return
        }
        print(
            Terminal.table(
                ["run", "status", "sessions", "epochs", "best epoch", "seed", "started"],
                runs.map(RunSummary.init).map {
                    [
                        $0.name, $0.status.rawValue, "\($0.sessions)", "\($0.epochs)",
                        $0.bestEpoch.map(String.init) ?? "–", "\($0.seed)", $0.startedAt,
                    ]
                }))
    }
}

struct RunsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one run: sessions, settings, how training went.",
        discussion: "Example:\n  neurostitch runs show lorenz")

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "run"))
    var runName: String

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try options.registry()
        let details = try RunDetails(
            try registry.run(named: runName), try registry.sessions(ofRun: runName),
            try registry.epochMetrics(ofRun: runName),
            registered: Set(try registry.sessions(matching: .all).map(\.name)))
        print(options.json ? try Terminal.json(details) : details.text)
    }
}
