import ArgumentParser
import Stitching

/// What importing runs in a process of its own: from a model file to one that this program wrote.
struct ReadModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read-model",
        abstract: "Read a model file and write down what was read.",
        discussion: "Example:\n  neurostitch read-model state.h5 --output model.h5 --parent 4242",
        shouldDisplay: false)

    @Argument(help: "Model file (HDF5).")
    var model: String

    @Option(name: .shortAndLong, help: "File to write.")
    var output: String

    @Option(name: .long, help: "Number of the process that waits for it.")
    var parent: Int32

    func run() throws {
        if let refusal = try ModelReading.answer(model: model, output: output, parent: parent) {
            throw ExitCode(ExitStatus.code(for: refusal.category))
        }
    }
}
