import ArgumentParser
import Evaluation
import Foundation

struct MonitorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor",
        abstract: "Say whether a run still fits a day: use as is, extend, or retrain.",
        discussion: """
            Bits per spike, the distribution of factors, a decoder of the trained days and the agreement of \
            conditions, each beside what the trained days have of it. A day of the run is seen through its own \
            maps, another one through the electrodes that it shares with the run's latest day; where these \
            numbers are not good enough, the day is aligned in memory to find out whether extending would \
            help. Nothing is entered. The rules are in docs/monitor.md.

            Example:
              neurostitch monitor lorenz lorenz-2024-07-15
              neurostitch monitor jango jango-2016-07-12 --behavior force_x,force_y
            """)

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "run"))
    var runName: String

    @Argument(help: "Registered sessions, of the run or not.")
    var sessions: [String]

    @OptionGroup var behavior: BehaviorOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try options.registry()
        // Names that nobody knows are refused before the work.
        let known = Set(try registry.sessions(ofRun: runName).map(\.name))
        for session in sessions where !known.contains(session) {
            _ = try registry.session(named: session)
        }
        var wanted = DriftMonitor.Options(threads: threads.count)
        wanted.channels = behavior.channels
        wanted.lagMilliseconds = behavior.lagMs
        wanted.historyMilliseconds = behavior.historyMs
        let monitor = try DriftMonitor(run: runName, in: registry, options: wanted)
        let reports = try sessions.map { try monitor.judge($0) }
        print(options.json ? try Terminal.json(reports) : DriftTable.text(reports))
    }
}
