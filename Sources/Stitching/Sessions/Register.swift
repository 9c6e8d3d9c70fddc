import ArrayFiles
import Foundation
public import Recordings
public import Registry

/// The journey of a recording day into the registry.
public enum RegisterJourney {
    /// Reads a recording as its manifest says, writes the canonical file and enters it.
    ///
    /// The canonical file is complete on the disk under a temporary name before the transaction that
    /// renames it into place and commits the row: an interruption leaves neither half.
    ///
    /// - Parameter read: how the recording is read; whoever reads files from elsewhere may want to do so in
    ///   a process of its own, as libraries for file formats can crash on damaged files.
    /// - Throws: `ManifestError`, `RecordingError`, `ArrayFileError` or `RegistryError`.
    public static func register(
        manifest path: String, in registry: SessionRegistry, asNewRevision: Bool,
        read: (RecordingManifest) throws -> Recording = { try Recording.read($0.source) }
    ) throws -> Registration {
        let manifest = try RecordingManifest(contentsOf: path)
        let recording = try read(manifest)
        return try register(recording, in: registry, asNewRevision: asNewRevision)
    }

    public static func register(
        _ recording: Recording, in registry: SessionRegistry, asNewRevision: Bool = false
    ) throws -> Registration {
        let contentHash = recording.contentHash
        if case .unchanged(let session) = try registry.decision(
            for: recording.session, contentHash: contentHash, asNewRevision: asNewRevision)
        {
            return .unchanged(session)
        }
        let folder = registry.workspace.recordingsFolder
        let temporary = "\(folder)/.\(recording.session).\(ProcessInfo.processInfo.processIdentifier).partial"
        defer { try? FileManager.default.removeItem(atPath: temporary) }
        try RecordingFile.write(recording, to: temporary)
        let fileHash = try ContentHash.ofFile(temporary)
        return try registry.register(
            recording, contentHash: contentHash, fileHash: fileHash, asNewRevision: asNewRevision
        ) { file in
            try AtomicFile.move(temporary, to: registry.workspace.location(of: file))
        }
    }
}
