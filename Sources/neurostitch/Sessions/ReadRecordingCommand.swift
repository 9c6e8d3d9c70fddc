import ArgumentParser
import Stitching

/// What registering runs in a process of its own: from a description of the recording to a canonical file.
struct ReadRecordingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read-recording",
        abstract: "Read a recording as the JSON in the standard input says and write the canonical file.",
        discussion: "Example:\n  neurostitch read-recording --output day.h5 --parent 4242 < day.json",
        shouldDisplay: false)

    @Option(name: .shortAndLong, help: "File to write.")
    var output: String

    @Option(name: .long, help: "Number of the process that waits for it.")
    var parent: Int32

    func run() throws {
        if let failure = try RecordingReading.answer(output: output, parent: parent) {
            throw ExitCode(ExitStatus.code(for: failure.category))
        }
    }
}
