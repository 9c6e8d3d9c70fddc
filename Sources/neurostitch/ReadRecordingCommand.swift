import ArgumentParser
import Foundation
import Recordings
import Registry

/// What `register` runs in a process of its own: from a manifest to a canonical file.
struct ReadRecordingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read-recording",
        abstract: "Read a recording as its manifest says and write the canonical file.",
        discussion: "Example:\n  neurostitch read-recording manifests/day.yaml --output day.h5",
        shouldDisplay: false)

    @Argument(help: "Manifest (YAML).")
    var manifest: String

    @Option(name: .shortAndLong, help: "File to write.")
    var output: String

    func run() throws {
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
        defer { unlink(file) }
        try SeparateProcess.run(
            ["read-recording", "--output", file, "--", manifest.path], reading: manifest.source.path)
        return try RecordingFile.read(file)
    }
}
