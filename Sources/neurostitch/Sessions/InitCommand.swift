import ArgumentParser
import Registry

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Create an empty workspace; an existing one stays as it is.",
        discussion: "Example:\n  neurostitch init --workspace sessions")

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try SessionRegistry.create(at: options.workspace)
        if options.json {
            print(try Terminal.json(["workspace": registry.workspace.path]))
        } else {
            print("workspace \(registry.workspace.path) is ready")
        }
    }
}
