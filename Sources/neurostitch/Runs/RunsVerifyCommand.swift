import ArgumentParser
import Stitching

struct RunsVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Hash the checkpoints of runs and compare with what was written.",
        discussion: """
            Checkpoints of versions up to 0.2.0 have no digest, so that nothing can be said of their bytes. The \
            exit code is 65 if anything is wrong.

            Example:
              neurostitch runs verify
              neurostitch runs verify lorenz
            """)

    @Argument(help: ArgumentHelp("Runs; all if none is named.", valueName: "run"))
    var runs: [String] = []

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let results = try RunVerification.all(in: try options.registry(), names: runs)
        if options.json {
            print(try Terminal.json(results))
        } else if results.isEmpty {
            print("no run has been started yet")
        } else {
            print(
                Terminal.table(
                    ["run", "file", "state"],
                    results.map { result in
                        let state =
                            switch result.state {
                            case .sound: "sound"
                            case .undigested: "without a digest, of an older version"
                            case .none: "no checkpoint yet"
                            case .broken: "broken"
                            }
                        return [result.run, result.file, result.problem ?? state]
                    }))
        }
        let broken = results.filter { $0.problem != nil }
        guard broken.isEmpty else {
            Terminal.printError(
                "error: \(broken.count) of \(results.count) files of runs are not what was written; restore them from a "
                    + "backup, or delete the runs and train them again")
            throw ExitCode(ExitStatus.dataError)
        }
    }
}
