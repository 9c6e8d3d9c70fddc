import ArgumentParser
import Stitching

struct RunsRenameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename",
        abstract: "Give a run another name.",
        discussion: """
            Registry, folder and checkpoint get the new name, and so do the models of its single days, \
            RUN-single-SESSION. The numbers stay the same. A report keeps the old name until it is written again.

            Example:
              neurostitch runs rename lorenz lorenz-first
            """)

    @Argument(help: ArgumentHelp("Name of the run.", valueName: "old"))
    var oldName: String

    @Argument(help: ArgumentHelp("What it is to be called.", valueName: "new"))
    var newName: String

    @Flag(name: .long, help: "Only say what would be renamed.")
    var dryRun = false

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try options.registry()
        let renamings =
            try dryRun
            ? RunRenaming.preview(oldName, to: newName, in: registry)
            : RunRenaming.rename(oldName, to: newName, in: registry)
        guard !options.json else {
            print(try Terminal.json(renamings))
            return
        }
        print(
            Terminal.table(
                ["run", dryRun ? "would be called" : "is called", "files", "room"],
                renamings.map {
                    [$0.run, $0.newName, "\($0.room.files)", Terminal.room($0.room.bytes)]
                }))
    }
}
