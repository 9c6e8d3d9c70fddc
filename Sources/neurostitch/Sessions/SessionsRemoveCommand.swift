import ArgumentParser
import Stitching

struct SessionsRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove sessions and their canonical recordings from the workspace.",
        discussion: """
            All revisions go; the recordings that they were registered from are not touched. A session that a run \
            was trained on is kept, unless --force says otherwise: that run then knows its name and its units \
            still, and can be asked about its other days; registering the same recording again brings the \
            session back.

            Example:
              neurostitch sessions remove jango-2016-06-26 --dry-run
              neurostitch sessions remove jango-2016-06-26
            """)

    @Argument(help: ArgumentHelp("Sessions.", valueName: "name"))
    var names: [String]

    @Flag(name: .long, help: "Remove sessions that runs were trained on, too.")
    var force = false

    @Flag(name: .long, help: "Only say what would go, and how much room that would free.")
    var dryRun = false

    @OptionGroup var options: WorkspaceOptions

    func run() throws {
        let registry = try options.registry()
        let removals =
            try dryRun
            ? SessionRemoval.preview(names, in: registry, evenIfNeeded: force)
            : SessionRemoval.remove(names, in: registry, evenIfNeeded: force)
        guard !options.json else {
            print(try Terminal.json(removals))
            return
        }
        print(
            Terminal.table(
                ["session", "revisions", "files", "room"],
                removals.map {
                    [$0.session, "\($0.revisions)", "\($0.room.files)", Terminal.room($0.room.bytes)]
                }))
        let bytes = removals.reduce(0) { $0 + $1.room.bytes }
        print(
            dryRun
                ? "nothing was removed; it would free \(Terminal.room(bytes))"
                : "removed; \(Terminal.room(bytes)) are free")
        for removal in removals where !removal.neededBy.isEmpty {
            Terminal.printError(
                "warning: \(removal.session) is needed by \(removal.neededBy.joined(separator: ", ")): what they were "
                    + "asked about it needs the recording registered again")
        }
    }
}

extension Terminal {
    /// Bytes as people say them, in powers of 1000: 512 bytes, 12.3 kB, 4.0 MB.
    static func room(_ bytes: Int) -> String {
        if bytes < 1000 { return bytes == 1 ? "1 byte" : "\(bytes) bytes" }
        var value = Double(bytes) / 1000
        for unit in ["kB", "MB", "GB"] {
            if value < 999.95 { return number(value, 1) + " \(unit)" }
            value /= 1000
        }
        return number(value, 1) + " TB"
    }
}
