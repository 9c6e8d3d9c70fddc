import ArgumentParser
import Foundation
import Recordings
import Registry

/// What `register` runs in a process of its own: from a manifest to a canonical file.
struct ReadRecordingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read-recording",
        abstract: "Read a recording as its manifest says and write the canonical file.",
        discussion: "Example:\n  neurostitch read-recording manifests/day.yaml --output day.h5 --parent 4242",
        shouldDisplay: false)

    @Argument(help: "Manifest (YAML).")
    var manifest: String

    @Option(name: .shortAndLong, help: "File to write.")
    var output: String

    @Option(name: .long, help: "Number of the process that waits for it.")
    var parent: Int32

    func run() throws {
        SeparateProcess.endWithParent(parent) { [output] in Self.removeRemains(of: output) }
        let source = try RecordingManifest(contentsOf: manifest).source
        try SeparateProcess.limit(for: source.path)
        try RecordingFile.write(Recording.read(source), to: output)
    }

    /// The recording of a manifest, read by another process.
    /// - Throws: `RecordingError`, `FailedReading`
    static func readSeparately(
        _ manifest: RecordingManifest, in workspace: Workspace
    ) throws -> Recording {
        let name = ".\(manifest.source.session).\(getpid()).read.partial"
        let file = "\(workspace.recordingsFolder)/\(name)"
        removeRemainsOfTheDead(in: workspace.recordingsFolder)
        defer { removeRemains(of: file) }
        try SeparateProcess.run(
            ["read-recording", "--parent", "\(getpid())", "--output", file, "--", manifest.path],
            reading: manifest.source.path)
        return try RecordingFile.read(file)
    }

    /// What registrations left that were killed together with the process that read for them.
    private static func removeRemainsOfTheDead(in folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            guard let match = name.firstMatch(of: /^\..*\.([0-9]+)\.read\.partial/),
                let process = Int32(match.1), kill(process, 0) != 0, errno == ESRCH
            else { continue }
            unlink("\(folder)/\(name)")
        }
    }

    /// The file, and what a process that was ended while writing it left beside it.
    private static func removeRemains(of file: String) {
        let url = URL(fileURLWithPath: file)
        let folder = url.deletingLastPathComponent().path
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where name.hasPrefix(url.lastPathComponent) { unlink("\(folder)/\(name)") }
    }
}
