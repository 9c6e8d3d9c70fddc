import Foundation
import Recordings
import Registry
import Search
import Stitching
import TestSupport
import Testing

/// What the documentation says is what the program does: its commands run, its tables of keys and
/// defaults are the program's, its links lead somewhere.
///
/// A fence's words after `sh` say when it is run: `sh` always; `sh real-days` where
/// NEUROSTITCH_RECORDINGS_DIR names the folder of the two real days; `sh long` where
/// NEUROSTITCH_LONG_COMMANDS is set, otherwise its options are compared with the help texts;
/// `sh install` never. Lines that call `make` are checked for their target only.
///
/// `python` blocks are run in between, where there is a Python with what they import; a `sh python` block
/// goes on from the files of the one before it.
struct DocumentedCommandsTests {
    private static let environment = ProcessInfo.processInfo.environment
    static let documents = DocumentationFile.all.filter {
        !$0.blocks(languages: ["sh", "python"]).isEmpty
    }

    @Test(arguments: documents)
    func commandsRun(_ document: DocumentationFile) throws {
        let workspace = try DocumentationWorkspace(realDays: Self.environment["NEUROSTITCH_RECORDINGS_DIR"])
        defer { workspace.remove() }
        var isPythonMissing = false
        for block in document.blocks(languages: ["sh", "python"]) {
            if block.language == "python" {
                isPythonMissing = !Python.hasModules(block.importedModules)
                if isPythonMissing { continue }
                let (status, output) = try workspace.runPython(block.lines.joined(separator: "\n"))
                #expect(status == 0, "\(document.name), line \(block.line):\n\(output)")
                if status != 0 { return }
                continue
            }
            if block.words.contains("python"), isPythonMissing { continue }
            try requireMakeTargets(block)
            if block.words.contains("install") { continue }
            if block.words.contains("real-days"), !workspace.hasRealDays { continue }
            if block.words.contains("long"), Self.environment["NEUROSTITCH_LONG_COMMANDS"] == nil {
                try requireKnownOptions(block, workspace)
                continue
            }
            let (status, output) = try workspace.run(block.textWithoutMake)
            #expect(status == 0, "\(document.name), line \(block.line):\n\(output)")
            // What follows would only repeat the complaint.
            if status != 0 { return }
        }
    }

    private func requireMakeTargets(_ block: DocumentationFile.Block) throws {
        let makefile = try String(
            contentsOf: DocumentationFile.root.appending(path: "Makefile"), encoding: .utf8)
        let targets = makefile.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^([a-z-]+):/).map { String($0.1) }
        }
        for line in block.lines where line.hasPrefix("make") {
            // Variables are set beside targets.
            for target in line.split(separator: " ").dropFirst() where !target.contains("=") {
                #expect(targets.contains(String(target)), "line \(block.line): make \(target)")
            }
        }
    }

    private func requireKnownOptions(
        _ block: DocumentationFile.Block, _ workspace: DocumentationWorkspace
    ) throws {
        for line in block.lines where line.hasPrefix("neurostitch ") {
            let words = line.split(separator: " ").map(String.init)
            let (status, help) = try workspace.run("neurostitch \(words[1]) --help")
            #expect(status == 0, "line \(block.line): \(line)\n\(help)")
            for word in words where word.hasPrefix("--") {
                #expect(help.contains(word), "line \(block.line): \(word) in \(line)")
            }
        }
    }

    // MARK: Keys

    /// Every documented key with its default, by its path: `train.epochs`.
    private func documentedKeys(
        _ heading: String, of page: String = "manifests.md"
    ) throws -> [(key: String, value: String)] {
        let document = try #require(DocumentationFile.all.first { $0.name == "docs/\(page)" })
        let sections = document.text.components(separatedBy: "\n## ")
        let section = try #require(sections.first { $0.hasPrefix(heading) })
        return section.split(separator: "\n").compactMap { line in
            line.firstMatch(of: /^\| `([a-z0-9_.]+)` \| (?:`([^`]*)`|[^|]*) \|/).map {
                (String($0.1), $0.2.map(String.init) ?? "")
            }
        }
    }

    /// The keys of a part of a manifest as an error message about an unknown key lists them.
    private func knownKeys(_ read: () throws -> Void) throws -> Set<String> {
        do {
            try read()
            Issue.record("a key that nobody knows was accepted")
        } catch ManifestError.unknownKey(_, _, let key, _, let known) {
            let part = key.split(separator: ".").dropLast().map { $0 + "." }.joined()
            return Set(known.map { part + $0 })
        }
        return []
    }

    @Test func recordingManifestKeys() throws {
        let required = "session: a\nsubject: b\ndate: 2024-01-15\nrecording: c.h5\nformat: binned-hdf5\n"
        func manifest(_ more: String) throws -> RecordingManifest {
            try RecordingManifest(ManifestDocument(text: required + more, path: "a.yaml"))
        }
        let documented = try documentedKeys("Recording manifest")
        var known = try knownKeys { _ = try manifest("unheard: 1") }
        known.formUnion(try knownKeys { _ = try manifest("units: {unheard: 1}") })
        known.formUnion(
            try knownKeys { _ = try manifest("split: {valid_every: 5, test_every: 5, unheard: 1}") })
        known.formUnion(try knownKeys { _ = try manifest("chop: {window_ms: 9, unheard: 1}") })
        known.formUnion(try knownKeys { _ = try manifest("event: {name: a, at_ms: 1, unheard: 1}") })
        known.formUnion(
            try knownKeys {
                _ = try manifest(
                    "spikes: {times: a, units: b, unheard: 1}\nalign: {event: a, before_ms: 1, after_ms: 1}")
            })
        let nwb = required.replacingOccurrences(of: "binned-hdf5", with: "nwb")
        for part in ["align: {event: a, before_ms: 1, after_ms: 1, unheard: 1}", "trials: {unheard: 1}"] {
            known.formUnion(
                try knownKeys {
                    _ = try RecordingManifest(ManifestDocument(text: nwb + part, path: "a.yaml"))
                })
        }
        let matlab = required.replacingOccurrences(of: "binned-hdf5", with: "mat") + "trials: R\n"
        known.formUnion(
            try knownKeys {
                _ = try RecordingManifest(
                    ManifestDocument(text: matlab + "bins: {unheard: 1}", path: "a.yaml"))
            })
        #expect(Set(documented.map(\.key)) == known)

        let defaults = documented.filter { !$0.value.isEmpty }.map { "\($0.key): \($0.value)\n" }.joined()
        #expect(try manifest(defaults).source == manifest("").source)
    }

    @Test func stitchManifestKeys() throws {
        func manifest(_ more: String, sessions: String = "all") throws -> StitchManifest {
            try StitchManifest(
                ManifestDocument(text: "run: a\nsessions: \(sessions)\n" + more, path: "a.yaml"))
        }
        let documented = try documentedKeys("Stitch manifest")
        var known = try knownKeys { _ = try manifest("unheard: 1") }
        known.formUnion(try knownKeys { _ = try manifest("", sessions: "{unheard: 1}") })
        for part in ["alignment", "model", "train"] {
            known.formUnion(try knownKeys { _ = try manifest("\(part): {unheard: 1}") })
        }
        #expect(Set(documented.map(\.key)) == known)

        var defaults = ""
        for part in ["", "alignment", "model", "train"] {
            let own = documented.filter {
                !$0.value.isEmpty && $0.key.split(separator: ".").dropLast().joined() == part
            }
            defaults += part.isEmpty ? "" : "\(part):\n"
            for (key, value) in own {
                let name = key.split(separator: ".").last.map(String.init) ?? key
                defaults += (part.isEmpty ? "" : "  ") + "\(name): \(value)\n"
            }
        }
        let (stated, own) = (try manifest(defaults), try manifest(""))
        #expect(stated.seed == own.seed)
        #expect(stated.alignment == own.alignment)
        #expect(stated.model == own.model)
        #expect(stated.training == own.training)
    }

    @Test func searchKeys() throws {
        func manifest(_ more: String) throws -> SearchManifest {
            try SearchManifest(
                ManifestDocument(text: "run: a\nsessions: all\n" + more, path: "a.yaml"))
        }
        let documented = try documentedKeys("The section `search`", of: "search.md")
        #expect(try Set(documented.map(\.key)) == knownKeys { _ = try manifest("search: {unheard: 1}") })
        let defaults = documented.filter { !$0.value.isEmpty }.map {
            "  \($0.key.dropFirst("search.".count)): \($0.value)\n"
        }.joined()
        #expect(try manifest("search:\n" + defaults).plan == manifest("").plan)
    }

    // MARK: Links

    @Test(arguments: DocumentationFile.all)
    func linksLeadSomewhere(_ document: DocumentationFile) throws {
        for match in document.textOutsideFences.matches(of: /\]\(([^)\s]+)\)/) {
            let link = String(match.1)
            if link.contains("://") { continue }
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let file =
                parts[0].isEmpty
                ? document.url
                : document.url.deletingLastPathComponent().appending(path: String(parts[0]))
            #expect(
                FileManager.default.fileExists(atPath: file.path), "\(document.name): \(link)")
            guard parts.count == 2, file.pathExtension == "md" else { continue }
            let target = DocumentationFile(file)
            #expect(target.anchors.contains(String(parts[1])), "\(document.name): \(link)")
        }
    }
}

/// README.md, CONTRIBUTING.md or a page of docs.
struct DocumentationFile: Sendable, CustomTestStringConvertible {
    /// What stands between two fences.
    struct Block: Sendable {
        /// Of the opening fence, from 1.
        let line: Int
        let language: String
        /// After the language.
        let words: [String]
        let lines: [String]

        var textWithoutMake: String {
            lines.filter { !$0.hasPrefix("make") }.joined(separator: "\n")
        }

        /// `import a, b.c as d` and `from e import f` in Python: a, b, e.
        var importedModules: [String] {
            lines.flatMap { line -> [String] in
                if let match = line.firstMatch(of: /^from ([A-Za-z0-9_]+)/) { return [String(match.1)] }
                guard let match = line.firstMatch(of: /^import (.*)$/) else { return [] }
                return match.1.split(separator: ",").compactMap {
                    $0.firstMatch(of: /[A-Za-z0-9_]+/).map { String($0.0) }
                }
            }
        }
    }

    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let all: [DocumentationFile] = {
        let docs = root.appending(path: "docs")
        let pages = (try? FileManager.default.contentsOfDirectory(atPath: docs.path)) ?? []
        return
            (["README.md", "CONTRIBUTING.md", "CHANGELOG.md"].map { root.appending(path: $0) }
            + pages.sorted().filter { $0.hasSuffix(".md") }.map { docs.appending(path: $0) })
            .map { DocumentationFile($0) }
    }()

    let url: URL
    let text: String

    init(_ url: URL) {
        self.url = url
        text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    }

    var name: String { url.path.replacingOccurrences(of: Self.root.path + "/", with: "") }
    var testDescription: String { name }

    private var lines: [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// In the order of the document.
    func blocks(languages: Set<String>) -> [Block] {
        var blocks: [Block] = []
        var open: (line: Int, info: [String], lines: [String])?
        for (index, line) in lines.enumerated() {
            guard line.hasPrefix("```") else {
                open?.lines.append(line)
                continue
            }
            if let block = open {
                if let language = block.info.first, languages.contains(language) {
                    blocks.append(
                        Block(
                            line: block.line, language: language,
                            words: Array(block.info.dropFirst()), lines: block.lines))
                }
                open = nil
            } else {
                open = (index + 1, line.dropFirst(3).split(separator: " ").map(String.init), [])
            }
        }
        return blocks
    }

    var textOutsideFences: String {
        var isInside = false
        return lines.filter { line in
            if line.hasPrefix("```") { isInside.toggle() }
            return !isInside
        }.joined(separator: "\n")
    }

    /// Of its headings, as GitHub makes them.
    var anchors: [String] {
        textOutsideFences.split(separator: "\n").filter { $0.hasPrefix("#") }.map { heading in
            heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
                .filter { $0.isLetter || $0.isNumber || $0 == " " || $0 == "-" || $0 == "_" }
                .replacingOccurrences(of: " ", with: "-")
        }
    }
}

/// A temporary folder with the repository's sample days and manifests, in which commands are run with
/// the built `neurostitch` first in PATH.
private struct DocumentationWorkspace {
    let folder: URL
    let hasRealDays: Bool

    init(realDays: String?) throws {
        let manager = FileManager.default
        folder = URL(filePath: try TemporaryFolder().path)
        let incoming = folder.appending(path: "sessions/incoming")
        try manager.createDirectory(
            at: incoming.deletingLastPathComponent(), withIntermediateDirectories: true)
        for part in ["manifests", "sessions/incoming"] {
            let source = DocumentationFile.root.appending(path: part)
            // Copies: a command may write there.
            if manager.fileExists(atPath: source.path) {
                try manager.copyItem(at: source, to: folder.appending(path: part))
            } else {
                try manager.createDirectory(
                    at: folder.appending(path: part), withIntermediateDirectories: true)
            }
        }
        hasRealDays = realDays != nil
        if let realDays {
            for file in try manager.contentsOfDirectory(atPath: realDays) where file.hasSuffix(".h5") {
                try manager.createSymbolicLink(
                    at: incoming.appending(path: file),
                    withDestinationURL: URL(filePath: realDays).appending(path: file))
            }
        }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    func runPython(_ script: String) throws -> (status: Int32, output: String) {
        let file = folder.appending(path: ".block.py")
        try Data(script.utf8).write(to: file)
        return try run("MPLBACKEND=Agg python3 .block.py")
    }

    /// Stops at the first command that fails; the output then ends with that command.
    func run(_ script: String) throws -> (status: Int32, output: String) {
        let file = folder.appending(path: ".output")
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "bash", "-c",
            "set -eEuo pipefail\ntrap 'echo \"failed: $BASH_COMMAND\"' ERR\n" + script,
        ]
        process.currentDirectoryURL = folder
        var environment = PageLibrary.environment
        environment["PATH"] = Self.products.path + ":" + (environment["PATH"] ?? "")
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: file, encoding: .utf8))
    }

    /// Where the tests were built to, and the program beside them.
    private static let products = URL(filePath: CommandLine.arguments[0])
        .resolvingSymlinksInPath().deletingLastPathComponent()
}
