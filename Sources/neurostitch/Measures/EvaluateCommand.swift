import ArgumentParser
import Evaluation
import Messages

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate", abstract: "Show how good a run is, session by session.",
        discussion: """
            Bits per spike, PSTHs, decoding within and across days, rotations, agreement of the days, truth \
            where it is known, inferred inputs: every figure is defined in docs/evaluation.md. What is \
            found goes into the registry as well. A run whose single-day models were trained (stitch \
            --single) is compared with them.

            Example:
              neurostitch evaluate lorenz
              neurostitch evaluate jango --behavior force_x,force_y --lag-ms 100 --history-ms 200
              neurostitch evaluate lorenz --units 10,20
              neurostitch evaluate lorenz --against lorenz-seed-2
            """)

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "run"))
    var runName: String

    @OptionGroup var wanted: EvaluationOptions

    @Option(
        name: .long,
        help: "Run to compare with, or single: one model per session. (default: single, if trained)")
    var against: String?

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try options.registry()
        let reference = against.map { name -> EvaluationJourney.Reference in
            name == RunComparison.single ? .singles : .run(name)
        }
        let outcome = try EvaluationJourney.evaluate(
            run: runName, in: registry, options: try wanted.options(threads: threads.count),
            against: reference ?? .singlesIfTrained)
        if options.json {
            print(try Terminal.json(outcome))
        } else {
            print(EvaluationTable.text(outcome.evaluation, outcome.comparison))
        }
        for remark in outcome.evaluation.remarks + (outcome.comparison?.remarks ?? []) {
            Terminal.printError("warning: \(remark)")
        }
    }
}
