import ArgumentParser
import Messages

/// A command that does not exist, found before the parser sees the arguments, which would only say that it expected none.
struct UnknownCommand: ReportedError, Equatable {
    /// What was asked for.
    let name: String
    /// Of which program or command: `neurostitch runs`.
    let parent: String
    /// Names that exist there.
    let known: [String]

    /// - Returns: `nil` where every command on the way exists.
    static func first(in arguments: [String], of root: any ParsableCommand.Type) -> UnknownCommand? {
        var command = root
        var parent = [root._commandName]
        for argument in arguments {
            let commands = command.configuration.subcommands
            // Options and what they take are the parser's.
            guard !commands.isEmpty, !argument.hasPrefix("-"), argument != "help" else { return nil }
            guard let next = commands.first(where: { $0._commandName == argument }) else {
                return UnknownCommand(
                    name: argument, parent: parent.joined(separator: " "),
                    known: commands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }.sorted()
                )
            }
            command = next
            parent.append(argument)
        }
        return nil
    }

    var category: ErrorCategory { .usage }

    var description: String {
        let meant = NearestName.nearest(to: name, among: known).map { "; did you mean \"\($0)\"?" } ?? "."
        return "\"\(name)\" is no command of \(parent)\(meant) Commands: \(known.joined(separator: ", "))."
    }
}
