import ArgumentParser
import Foundation
import Ranks
import Search
import Stitching

struct SearchCommand: ParsableCommand, WorksOnManyRanks {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find settings for the sessions of a stitch manifest.",
        discussion: """
            A population of models is trained side by side; bad ones become copies of good ones with changed \
            settings, and the best one becomes the run. What is searched, and how, stands in the manifest's \
            section `search`; without it, what users of AutoLFADS search (docs/search.md).

            Ctrl-C leaves; --resume goes on after the last complete generation, and ends with the same bits as \
            a search that was never stopped. So does `mpirun`, which makes members train on other machines as well \
            (docs/cluster.md).

            Example:
              neurostitch search manifests/jango.stitch.yaml
              neurostitch search manifests/jango.stitch.yaml --run jango-searched --seed 2
              neurostitch search manifests/jango.stitch.yaml --resume
              mpirun -n 8 neurostitch search manifests/jango.stitch.yaml
              neurostitch search manifests/jango.stitch.yaml --slurm > jango.sbatch
            """)

    @Argument(help: "Stitch manifest (YAML).")
    var manifest: String

    @Flag(name: .long, help: "Go on with a search that was stopped or killed.")
    var resume = false

    @Option(name: .customLong("run"), help: "Name of the run instead of the manifest's.")
    var runName: String?

    @Option(name: .long, help: "Seed instead of the manifest's.")
    var seed: UInt64?

    @OptionGroup(title: "Slurm") var slurm: SlurmOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var options: WorkspaceOptions

    func validate() throws {
        // The registry and YAML hold signed numbers.
        if let seed, seed > UInt64(Int.max) {
            throw ValidationError("--seed must be at most \(Int.max).")
        }
    }

    func run() throws {
        if slurm.isAsked {
            print(try slurmScript())
            return
        }
        try onRanks { job, interruption in
            try MemberServer.serve(job, threads: threads.count) { interruption.isRequested }
        } first: { job, interruption in
            try search(job, interruption)
        }
    }

    private func search(_ job: ParallelJob?, _ interruption: Interruption) throws {
        let ranks = job.map { SearchRanks($0) { interruption.isRequested } }
        defer { ranks?.dismiss() }
        let registry = try options.registry()
        let search = try asked()
        var progress = SearchProgress(quiet: options.json)
        let outcome = try progress.leaving {
            try SearchJourney.search(
                search, in: registry, threads: threads.count, resume: resume, ranks: ranks,
                report: { progress.show($0) }, shouldStop: { interruption.isRequested })
        }
        if options.json {
            print(try Terminal.json(SearchProgress.Report(outcome)))
        } else {
            print(SearchProgress.text(outcome))
        }
        if !outcome.isFinished { throw ExitCode(ExitStatus.interrupted) }
    }

    private func asked() throws -> SearchManifest {
        var search = try SearchManifest(contentsOf: manifest)
        if let runName { search.stitch.run = runName }
        if let seed { search.stitch.seed = seed }
        return search
    }

    /// The same command, as a job of a cluster. A manifest that can't be read is found out here, not in the queue.
    private func slurmScript() throws -> String {
        var arguments = ["search", manifest]
        if let runName { arguments += ["--run", runName] }
        if let seed { arguments += ["--seed", "\(seed)"] }
        arguments += ["--threads", "\(slurm.threads)", "--workspace", options.workspace]
        return SlurmScript(
            run: try asked().stitch.run, workspace: options.workspace, arguments: arguments,
            ranks: slurm.ranks, threads: slurm.threads, time: slurm.time
        ).text
    }
}
