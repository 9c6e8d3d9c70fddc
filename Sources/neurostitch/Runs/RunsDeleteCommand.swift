import ArgumentParser
import Stitching

struct RunsDeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Delete runs: checkpoint, metrics, reports, and all that the registry knows of them.",
        discussion: """
            Recordings stay, and so do runs that extend a deleted one: they have all that they need. A run that \
            is being trained is not deleted, and one that an unfinished run starts from only with --force. A run \
            whose folder is gone, and a folder that something interrupted left, can be deleted too.

            Example:
              neurostitch runs delete lorenz --dry-run
              neurostitch runs delete lorenz --with-singles
            """)

    @Argument(help: ArgumentHelp("Runs.", valueName: "run"))
    var names: [String]

    @Flag(name: .long, help: "Delete the models of their single days, RUN-single-SESSION, too.")
    var withSingles = false

    @Flag(name: .long, help: "Delete runs that unfinished ones start from, too.")
    var force = false

    @Flag(name: .long, help: "Only say what would go, and how much room that would free.")
    var dryRun = false

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try options.registry()
        let singles = try withSingles ? names.flatMap { try RunRemoval.singles(ofRun: $0, in: registry) } : []
        let all = names + singles
        let removals =
            try dryRun
            ? RunRemoval.preview(all, in: registry, evenIfNeeded: force)
            : RunRemoval.remove(all, in: registry, evenIfNeeded: force)
        guard !options.json else {
            print(try Terminal.json(removals))
            return
        }
        print(
            Terminal.table(
                ["run", "status", "files", "room"],
                removals.map {
                    [
                        $0.run, $0.status?.rawValue ?? "left over", "\($0.room.files)",
                        Terminal.room($0.room.bytes),
                    ]
                }))
        let bytes = removals.reduce(0) { $0 + $1.room.bytes }
        print(
            dryRun
                ? "nothing was deleted; it would free \(Terminal.room(bytes))"
                : "deleted; \(Terminal.room(bytes)) are free")
        let staying = removals.flatMap { $0.singles + $0.children }
        if !staying.isEmpty {
            print("\(dryRun ? "would stay" : "stay"), though made of it: \(staying.joined(separator: ", "))")
        }
    }
}
