import ArrayFiles
import Foundation
import Messages

/// The lines of a manifest, with what the file says and what has to be filled in.
struct ManifestDraft {
    /// What the file doesn't say and nobody else can guess; no value of any key, so that it can't be
    /// registered as it is.
    static let open = "_"

    private(set) var lines: [String] = []

    /// A line `key: value`, with a comment after it.
    mutating func add(_ key: String, _ value: String, _ comment: String = "") {
        lines.append("\(key): \(value)" + (comment.isEmpty ? "" : "   # \(Self.oneLine(comment))"))
    }

    mutating func comment(_ text: String) { lines.append("# \(Self.oneLine(text))") }

    mutating func addSubject(_ subject: String?) {
        if let subject {
            add("subject", Self.quoted(subject))
        } else {
            add("subject", Self.open, "the animal or the participant; the file doesn't say")
        }
    }

    mutating func addDate(_ date: String?, _ comment: String = "") {
        if let date, date.wholeMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/) != nil {
            add("date", date, comment)
        } else {
            add("date", Self.open, "the day, YYYY-MM-DD; the file doesn't say")
        }
    }

    /// Which part of a trial: around an event, or one that has to be filled in.
    mutating func addWindow(event: String?, others: [String], before: Int = 250, after: Int = 450) {
        add(
            "align",
            "{event: \(event.map(Self.quoted) ?? Self.open), before_ms: \(before), after_ms: \(after)}",
            others.isEmpty
                ? (event == nil ? "the column with an event's time in seconds" : "")
                : "or " + others.joined(separator: ", "))
    }

    /// The file, by a path that leads to it wherever the manifest is put.
    mutating func addRecording(_ path: String) {
        add("recording", Self.quoted(URL(filePath: path).standardizedFileURL.path))
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    /// Lower-case letters, digits and dashes.
    static func sessionName(_ parts: [String]) -> String {
        let joined = parts.joined(separator: "-").lowercased()
        let kept = joined.unicodeScalars.map { scalar -> Character in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "-"
        }
        let name = String(kept).split(separator: "-").joined(separator: "-")
        return quoted(name.isEmpty ? "session" : String(name.prefix(100)))
    }

    /// As every reader of YAML reads it back as text.
    static func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            isLetter(scalar) || ("0"..."9").contains(scalar) || "_-./".unicodeScalars.contains(scalar)
        }
        let beginsAsText = text.unicodeScalars.first.map { isLetter($0) || $0 == "/" } ?? false
        if isPlain, beginsAsText, !otherWords.contains(text.lowercased()) { return text }
        let escaped = text.unicodeScalars.map { scalar -> String in
            switch scalar {
            case "\"": return "\\\""
            case "\\": return "\\\\"
            case _ where isInvisible(scalar):
                let digits = String(scalar.value, radix: 16, uppercase: true)
                return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: return String(scalar)
            }
        }
        return "\"" + escaped.joined() + "\""
    }

    /// What a reader of YAML 1.1 or 1.2 takes for nothing, truth or a number, though it begins as a word.
    private static let otherWords: Set<String> = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n",
    ]

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }

    /// Ends of lines and what a terminal obeys: in a comment the one would begin another line.
    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isInvisible($0) ? " " : $0 }))
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isControl
            || [.format, .privateUse, .unassigned].contains(scalar.properties.generalCategory)
    }
}
