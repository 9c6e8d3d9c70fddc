import ArgumentParser
import Evaluation

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Show how good a run is, session by session.",
        discussion: """
            Bits per spike and R² of rates (where the truth is known) on held-out trials; R² of ridge \
            regression from single-trial factors to behaviour, within a day (fitted on its training \
            trials) and across days (fitted on all other days).

            Example:
              neurostitch evaluate lorenz
              neurostitch evaluate jango --behavior force_x,force_y
            """)

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "run"))
    var runName: String

    @Option(name: .long, help: "Behaviour channels to decode, comma-separated. (default: all)")
    var behavior: String?

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let channels = behavior?.split(separator: ",").map(String.init) ?? []
        let evaluation = try RunEvaluation(
            run: runName, channels: channels, in: try options.registry(), threads: threads.count)
        guard !options.json else {
            print(try Terminal.json(evaluation))
            return
        }
        print(
            Terminal.table(
                ["session", "date", "bits/spike", "R² rates", "R² within", "R² across"],
                evaluation.sessions.map {
                    [
                        $0.session, $0.date, Terminal.number($0.bitsPerSpike, 4),
                        Terminal.number($0.rateR2), Terminal.number($0.withinMean),
                        Terminal.number($0.acrossMean),
                    ]
                }))
        if !evaluation.channels.isEmpty {
            print("decoded: \(evaluation.channels.joined(separator: ", ")) (mean over channels)")
        }
    }
}
