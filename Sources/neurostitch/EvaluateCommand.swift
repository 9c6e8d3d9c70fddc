import ArgumentParser
import Evaluation
import Foundation
import Registry
import Stitching

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
        let (evaluation, comparison) = try Self.evaluate(
            runName, in: registry, options: try wanted.options(threads: threads.count),
            against: against)
        if options.json {
            print(try Terminal.json(Report(evaluation: evaluation, comparison: comparison)))
        } else {
            print(EvaluationTable.text(evaluation, comparison))
        }
    }

    struct Report: Encodable {
        let evaluation: RunEvaluation
        let comparison: RunComparison?
    }

    /// Evaluates a run, enters what was found, and compares it.
    static func evaluate(
        _ run: String, in registry: SessionRegistry, options: RunEvaluation.Options, against: String?
    ) throws -> (RunEvaluation, RunComparison?) {
        let evaluation = try RunEvaluation(run: run, in: registry, options: options)
        try registry.recordEvaluation(
            evaluation.sessions.map { ($0.name, $0.metrics.byName) }, ofRun: run, version: neurostitchVersion)
        var others: [String] = []
        var name = RunComparison.single
        if let against, against != RunComparison.single {
            name = against
            others = [try registry.run(named: against).name]
        } else {
            others = try RunComparison.singles(of: run, in: registry)
            if others.isEmpty, against != nil { throw StitchingError.noSingles(run: run) }
        }
        guard !others.isEmpty else { return (evaluation, nil) }
        var same = options
        same.channels = evaluation.channels
        same.unitCounts = []
        let evaluations = try others.map { try RunEvaluation(run: $0, in: registry, options: same) }
        return (evaluation, try RunComparison(evaluation, with: evaluations, named: name))
    }
}
