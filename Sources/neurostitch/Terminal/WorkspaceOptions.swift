import ArgumentParser
import Foundation
import Ranks
import Registry

/// Options that every command has.
struct WorkspaceOptions: ParsableArguments {
    @Option(name: .long, help: "Folder of the registry, the recordings and the runs.")
    var workspace = "sessions"

    @Flag(name: .long, help: "Print JSON for machines instead of a table for people.")
    var json = false

    func registry() throws -> SessionRegistry { try SessionRegistry.open(workspace) }
}

struct ThreadOptions: ParsableArguments {
    @Option(name: .long, help: "Threads; the result does not depend on them. (default: all cores)")
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads is \(threads); expected 1 to 1024.")
        }
    }

    /// Processes that share a machine share its cores.
    var count: Int {
        let (usable, all) = (
            ProcessInfo.processInfo.activeProcessorCount, ProcessInfo.processInfo.processorCount
        )
        return threads ?? LaunchedProcess.current?.threads(usable: usable, of: all) ?? usable
    }
}
