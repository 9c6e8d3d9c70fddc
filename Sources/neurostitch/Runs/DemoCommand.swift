import ArgumentParser
import Evaluation
import Foundation
import LFADS
import Registry
import Report
import Stitching

struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "The whole journey on the three sample days.",
        discussion: """
            Registers the sample days, aligns and stitches them, trains a model of each single day beside, \
            compares both with the true rates, queries the factors of one session and draws a picture. \
            Runs that are there already are used as they are. Where the sample days are not at hand, as in a \
            folder of your own, they are made in sample-days.

            Example:
              neurostitch demo
            """)

    @Option(
        name: .long,
        help:
            "Stitch manifest; the days' manifests lie beside it. (default: \(Self.own), or one that is made)")
    var manifest: String?

    /// In the project's folder.
    private static let own = "manifests/lorenz.stitch.yaml"

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    private struct Row: Encodable {
        let session: String
        let stitched: Double?
        let single: Double?
    }

    func run() throws {
        let manifest = try manifest ?? sampleManifest()
        let plan = try StitchManifest(contentsOf: manifest)
        let registry = try SessionRegistry.create(at: options.workspace)
        say("1. register the sample days")
        for path in try recordingManifests(beside: manifest) {
            let session = try RegisterJourney.register(manifest: path, in: registry).session
            say(
                "   \(session.name): \(session.trialCount) trials, \(session.unitCount) units, "
                    + "\(session.conditionCount) conditions")
        }
        say("2. stitch them")
        try train(plan, registry)
        let sessions = try registry.sessions(ofRun: plan.run)
        say("3. one model per day, for comparison")
        for single in plan.singles(sessions) { try train(single, registry, quiet: true) }

        say("4. R² of the inferred against the true rates, held-out trials")
        let wanted = RunEvaluation.Options(threads: threads.count)
        let outcome = try EvaluationJourney.evaluate(run: plan.run, in: registry, options: wanted)
        // A single day has no comparison of its own.
        let comparison =
            try outcome.comparison
            ?? EvaluationJourney.compare(
                outcome.evaluation, with: plan.singles(sessions).map(\.run), named: RunComparison.single,
                in: registry, options: wanted)
        let singles = comparison.rows(of: .rateR2)
        let rows = outcome.evaluation.sessions.map { session in
            Row(
                session: session.name, stitched: session[.rateR2],
                single: singles.first { $0.session == session.name }?.other)
        }
        if !options.json {
            print(
                Terminal.table(
                    ["session", "R² stitched", "R² single day"],
                    rows.map {
                        [$0.session, Terminal.number($0.stitched), Terminal.number($0.single)]
                    }))
        }

        let folder = registry.workspace.runFolder(plan.run)
        if let session = sessions.first {
            say("5. factors of \(session.name)")
            let day = try TrainedRun(plan.run, in: registry, threads: threads.count).day(session.name)
            let file = "\(folder)/\(session.name).h5"
            try FactorFile(
                day, trials: Array(day.recording.trials.indices),
                quantities: [.factors, .rates, .initialConditions]
            ).write(to: file, as: .hdf5)
            say("   \(file)")
        }
        let page = try RunReport.page(
            outcome, in: registry, threads: threads.count, PlotlyLibrary())
        let report = RunReport.location(ofRun: plan.run, in: registry.workspace)
        try ReportFile.write(page, to: report)
        say("6. report: \(report)")
        if options.json { print(try Terminal.json(rows)) }
    }

    private func say(_ text: String) {
        if !options.json { print(text) }
    }

    private func sampleManifest() throws -> String {
        guard !FileManager.default.fileExists(atPath: Self.own) else { return Self.own }
        say("0. make the sample days in \(SampleDays.folder)")
        return try SampleDays.write()
    }

    /// Manifests beside the stitch manifest that describe a recording day.
    private func recordingManifests(beside manifest: String) throws -> [String] {
        let folder = (manifest as NSString).deletingLastPathComponent
        let path = folder.isEmpty ? "." : folder
        return try FileManager.default.contentsOfDirectory(atPath: path)
            .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".stitch.yaml") }
            .sorted().map { "\(path)/\($0)" }
    }

    private func train(
        _ plan: StitchManifest, _ registry: SessionRegistry, quiet: Bool = false
    ) throws {
        let known = try registry.runs().first {
            $0.name == plan.run
                && FileManager.default.fileExists(atPath: registry.workspace.runFolder($0.name))
        }
        if known?.status == .finished {
            say("   run \(plan.run) is there already")
            return
        }
        let interruption = Interruption()
        defer { interruption.end() }
        let outcome = try StitchProgress.run(
            plan, registry: registry,
            options: StitchJourney.Options(threads: threads.count, resume: known != nil),
            interruption: interruption, quiet: quiet || options.json)
        guard outcome.isFinished else { throw ExitCode(ExitStatus.interrupted) }
        if quiet {
            say("   \(plan.run): \(outcome.epochsDone) epochs in \(Terminal.duration(outcome.seconds))")
        }
    }
}
