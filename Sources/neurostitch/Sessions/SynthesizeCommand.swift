import ArgumentParser

struct SynthesizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "synthesize", abstract: "Make recordings whose truth is known.",
        discussion: "Example:\n  neurostitch synthesize lorenz --output incoming --sessions 4",
        subcommands: [Lorenz.self, Reaching.self, Months.self])
}
