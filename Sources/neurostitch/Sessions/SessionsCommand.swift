public import ArgumentParser
public import Recordings
import Registry
import Stitching

struct SessionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sessions", abstract: "Show, verify and remove the registered recording days.",
        discussion: """
            Example:
              neurostitch sessions --subject Jango --from 2016-06-01
              neurostitch sessions show jango-2016-06-26
              neurostitch sessions verify
              neurostitch sessions remove jango-2016-06-26 --dry-run
            """,
        subcommands: [
            SessionsListCommand.self, SessionsShowCommand.self, SessionsVerifyCommand.self,
            SessionsRemoveCommand.self,
        ],
        defaultSubcommand: SessionsListCommand.self)
}

struct SessionsListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List sessions by date.",
        discussion: "Example:\n  neurostitch sessions list --subject Jango --from 2016-06-01")

    @Option(name: .long, help: "Only this animal or participant.")
    var subject: String?

    @Option(name: .long, help: "Only days from this one on, YYYY-MM-DD.")
    var from: CalendarDay?

    @Option(name: .long, help: "Only days up to this one, YYYY-MM-DD.")
    var to: CalendarDay?

    @OptionGroup var options: WorkspaceOptions

    func validate() throws {
        if let from, let to, from > to {
            throw ValidationError("--to (\(to)) lies before --from (\(from)).")
        }
    }

    func run() throws {
        let sessions = try options.registry().sessions(
            matching: .filter(subject: subject, from: from?.description, to: to?.description))
        guard !options.json else {
            print(try Terminal.json(sessions))
            return
        }
        guard !sessions.isEmpty else {
            let isFiltered = subject != nil || from != nil || to != nil
            print(
                isFiltered
                    ? "no registered session fits"
                    : "no session is registered yet; `neurostitch register MANIFEST` takes one in")
            return
        }
        let hasTest = sessions.contains { $0.testTrialCount > 0 }
        print(
            Terminal.table(
                ["session", "subject", "date", "trials"] + (hasTest ? ["test"] : [])
                    + ["bins", "bin ms", "units", "conditions", "revision"],
                sessions.map {
                    [$0.name, $0.subject, $0.date, "\($0.trialCount)"]
                        + (hasTest ? ["\($0.testTrialCount)"] : [])
                        + [
                            "\($0.binCount)", Terminal.plain($0.binMilliseconds), "\($0.unitCount)",
                            "\($0.conditionCount)", "\($0.revision)",
                        ]
                }))
    }
}

struct SessionsVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hash the files of sessions again and compare with what was registered.",
        discussion: """
            Every revision is checked. The exit code is 65 if anything is wrong.

            Example:
              neurostitch sessions verify
              neurostitch sessions verify jango-2016-06-26
            """)

    @Argument(help: "Sessions; all if none is named.")
    var sessions: [String] = []

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let results = try SessionVerification.all(in: try options.registry(), names: sessions)
        if options.json {
            print(try Terminal.json(results))
        } else if results.isEmpty {
            print("no session is registered yet")
        } else {
            print(
                Terminal.table(
                    ["session", "revision", "file", "state"],
                    results.map { [$0.session, "\($0.revision)", $0.file, $0.problem ?? "sound"] }))
        }
        let broken = results.filter { $0.problem != nil }
        guard broken.isEmpty else {
            Terminal.printError(
                "error: \(broken.count) of \(results.count) files are not what was registered; register the "
                    + "original recordings again to repair them, or restore the files from a backup")
            throw ExitCode(ExitStatus.dataError)
        }
    }
}

extension CalendarDay: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Terminal {
    /// As few digits as say the number: 10, 2.5.
    static func plain(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
