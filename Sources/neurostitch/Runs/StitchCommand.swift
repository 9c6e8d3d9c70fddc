import ArgumentParser
import Foundation
import Stitching

struct StitchCommand: ParsableCommand, WorksOnManyRanks {
    static let configuration = CommandConfiguration(
        commandName: "stitch", abstract: "Train one model across the sessions of a stitch manifest.",
        discussion: """
            Ctrl-C finishes the epoch, saves a checkpoint and leaves; --resume goes on exactly there, and \
            ends with the same bits as a run that was never stopped. So does `mpirun`, which shares the days out \
            among processes, on other machines as well (docs/cluster.md).

            Example:
              neurostitch stitch manifests/lorenz.stitch.yaml
              neurostitch stitch manifests/lorenz.stitch.yaml --resume
              neurostitch stitch manifests/lorenz.stitch.yaml --single
              neurostitch stitch manifests/lorenz.stitch.yaml --restarts 4
              neurostitch stitch manifests/lorenz.stitch.yaml --run lorenz-on --start-from lorenz
              mpirun -n 4 neurostitch stitch manifests/lorenz.stitch.yaml
            """)

    @Argument(help: "Stitch manifest (YAML).")
    var manifest: String

    @Flag(name: .long, help: "Go on with a run that was stopped or killed.")
    var resume = false

    @Flag(name: .long, help: "Train one model per session instead, with the same settings.")
    var single = false

    @Option(name: .customLong("run"), help: "Name of the run instead of the manifest's.")
    var runName: String?

    @Option(name: .long, help: "Seed instead of the manifest's.")
    var seed: UInt64?

    @Option(
        name: .long,
        help: "Try so many short starts, from the seed on, and train the one whose days agree best.")
    var restarts: Int?

    @Option(
        name: .long,
        help: "Start from the parameters of a run of the same days in place of an alignment.")
    var startFrom: String?

    @Option(name: .long, help: "Seconds between checkpoints.")
    var checkpointSeconds: Double = 10

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    func validate() throws {
        // The registry and YAML hold signed numbers.
        if let seed, seed > UInt64(Int.max) {
            throw ValidationError("--seed must be at most \(Int.max).")
        }
        if let restarts, !(1...1000).contains(restarts) {
            throw ValidationError("--restarts must be between 1 and 1000.")
        }
        if startFrom != nil, single {
            throw ValidationError("--start-from needs the run's own days; leave --single out.")
        }
        if !(checkpointSeconds >= 0) {
            throw ValidationError("--checkpoint-seconds must be 0 or more.")
        }
    }

    func run() throws {
        try onRanks { job, interruption in
            try TrainingServer.serve(job, threads: threads.count) { interruption.isRequested }
        } first: { job, interruption in
            let ranks = job.map { TrainingRanks($0, threads: threads.count) }
            defer { ranks?.dismiss() }
            try stitch(ranks, interruption)
        }
    }

    private func stitch(_ ranks: TrainingRanks?, _ interruption: Interruption) throws {
        if single, ranks != nil {
            throw ValidationError(
                "--single trains models that have nothing to share; start it without mpirun or srun.")
        }
        let registry = try options.registry()
        var plan = try StitchManifest(contentsOf: manifest)
        if let runName { plan.run = runName }
        if let seed { plan.seed = seed }
        if let restarts { plan.restarts = restarts }
        if let startFrom { plan.startFrom = startFrom }
        let plans = single ? plan.singles(try registry.sessions(matching: plan.sessions)) : [plan]
        var reports: [StitchProgress.Report] = []
        for plan in plans {
            // One model per day: those that are done are done.
            let known = try registry.runs().first {
                // One whose folder is gone is trained anew.
                $0.name == plan.run
                    && FileManager.default.fileExists(atPath: registry.workspace.runFolder($0.name))
            }
            if single, resume, known?.status == .finished {
                if !options.json { print("run \(plan.run) is finished") }
                continue
            }
            let outcome = try StitchProgress.run(
                plan, registry: registry,
                options: StitchJourney.Options(
                    threads: threads.count, resume: single ? resume && known != nil : resume,
                    checkpointSeconds: checkpointSeconds),
                ranks: ranks, interruption: interruption, quiet: options.json)
            reports.append(StitchProgress.Report(outcome))
            if !outcome.isFinished { break }
        }
        if options.json {
            print(single ? try Terminal.json(reports) : try Terminal.json(reports.first))
        }
        if reports.contains(where: { !$0.finished }) { throw ExitCode(ExitStatus.interrupted) }
    }
}
