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

    @Option(name: .long, help: "Behaviour channels to decode, comma-separated. (default: all)")
    var behavior: String?

    @Option(name: .long, help: "Milliseconds by which behaviour follows what it is decoded from.")
    var lagMs: Double = 0

    @Option(name: .long, help: "Milliseconds before that which are read as well.")
    var historyMs: Double = 0

    @Option(name: .long, help: "Numbers of units to see each day through, comma-separated.")
    var units: String?

    @Option(
        name: .long,
        help: "Run to compare with, or single: one model per session. (default: single, if trained)")
    var against: String?

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    func validate() throws {
        for (name, value) in [("--lag-ms", lagMs), ("--history-ms", historyMs)]
        where !(value >= 0 && value <= 1e6) {
            throw ValidationError("\(name) must be between 0 and 1000000.")
        }
        _ = try unitCounts()
    }

    private func unitCounts() throws -> [Int] {
        guard let units else { return [] }
        return try units.split(separator: ",", omittingEmptySubsequences: false).map { part in
            guard let count = Int(part.trimmingCharacters(in: .whitespaces)), count > 0 else {
                throw ValidationError("--units takes numbers such as 10,25,50; \"\(part)\" is none.")
            }
            return count
        }
    }

    func run() throws {
        let registry = try options.registry()
        var wanted = RunEvaluation.Options(threads: threads.count)
        wanted.channels = behavior?.split(separator: ",").map(String.init) ?? []
        wanted.lagMilliseconds = lagMs
        wanted.historyMilliseconds = historyMs
        wanted.unitCounts = try unitCounts()
        let (evaluation, comparison) = try Self.evaluate(
            runName, in: registry, options: wanted, against: against)
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
            evaluation.sessions.map { ($0.name, $0.figures) }, ofRun: run, version: neurostitchVersion)
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

/// An evaluation as people read it in a terminal: figures downwards, sessions across where they fit.
enum EvaluationTable {
    private static let mostSessions = 6

    static func text(_ evaluation: RunEvaluation, _ comparison: RunComparison?) -> String {
        var parts = [figures(evaluation)]
        if !evaluation.channels.isEmpty {
            parts.append(
                "decoded: \(evaluation.channels.joined(separator: ", ")) (mean over channels; each one "
                    + "is in --json)")
        }
        if !evaluation.populationSize.isEmpty { parts.append(population(evaluation)) }
        if let comparison { parts.append(compared(comparison)) }
        return parts.joined(separator: "\n\n")
    }

    private static func figures(_ evaluation: RunEvaluation) -> String {
        let shown = evaluation.sessions.count <= mostSessions ? evaluation.sessions : []
        let rows = evaluation.figures.map { figure -> [String] in
            let summary = evaluation.summary[figure.rawValue]
            func number(_ value: Double?) -> String { Terminal.number(value, figure.decimals) }
            return [figure.title] + shown.map { number($0[figure]) }
                + [
                    number(summary?.median),
                    "\(number(summary?.lowerQuartile)) – \(number(summary?.upperQuartile))",
                ]
        }
        return Terminal.table(["figure"] + shown.map(\.name) + ["median", "quartiles"], rows)
    }

    private static func population(_ evaluation: RunEvaluation) -> String {
        let counts = Set(evaluation.populationSize.map(\.units)).sorted()
        return "seen through fewer units (median over sessions and draws)\n"
            + Terminal.table(
                ["units", "bits/spike", "R² within, factors"],
                counts.map { count in
                    let own = evaluation.populationSize.filter { $0.units == count }
                    return [
                        "\(count)",
                        Terminal.number(FigureSummary(own.compactMap(\.bitsPerSpike))?.median, 4),
                        Terminal.number(FigureSummary(own.compactMap(\.withinFromFactors))?.median),
                    ]
                })
    }

    private static func compared(_ comparison: RunComparison) -> String {
        let heading =
            comparison.other == RunComparison.single
            ? "against one model per session" : "against run \(comparison.other)"
        return heading + "\n"
            + Terminal.table(
                ["figure", "median difference", "better in"],
                comparison.summaries.compactMap { summary in
                    Figure(rawValue: summary.figure).map { figure in
                        let sign = summary.medianDifference > 0 ? "+" : ""
                        return [
                            figure.title,
                            sign + Terminal.number(summary.medianDifference, figure.decimals),
                            "\(summary.better) of \(summary.sessions)",
                        ]
                    }
                })
    }
}
