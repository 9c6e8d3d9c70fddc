/// Names of sessions and runs, which become names of files and folders.
public enum FileSafeName {
    /// Most characters that a name can have.
    public static let longest = 128

    /// What is wrong with `name` as the name of a session or a run, or `nil` if nothing is.
    ///
    /// Letters and digits are those of ASCII: other scripts have several encodings of one spelling,
    /// and file systems disagree about which of them are the same file.
    public static func problem(with name: String) -> String? {
        if name.isEmpty { return "it is empty" }
        if name.utf8.count > longest { return "it is longer than \(longest) characters" }
        if name.hasPrefix(".") { return "it starts with a dot" }
        for character in name where !isAllowed(character) {
            return "\"\(character)\" is none of letters, digits, \".\", \"_\" and \"-\""
        }
        return nil
    }

    /// As `problem(with:)`, for sessions: `jango.r2` would share its file with revision 2 of `jango`.
    public static func problem(withSession name: String) -> String? {
        if let problem = problem(with: name) { return problem }
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let ending = name[name.index(after: dot)...]
        guard ending.first == "r", ending.count > 1, ending.dropFirst().allSatisfy(\.isWholeNumber)
        else { return nil }
        return "the ending \".\(ending)\" is kept for the files of revisions"
    }

    private static func isAllowed(_ character: Character) -> Bool {
        character.isASCII
            && (character.isLetter || character.isNumber || "._-".contains(character))
    }
}
