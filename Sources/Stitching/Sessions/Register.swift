public import Recordings
public import Registry

/// The journey of a recording day into the registry.
///
/// The canonical file is complete on the disk under a temporary name before the transaction that renames it
/// into place and commits the row: an interruption leaves neither half.
public enum RegisterJourney {
    /// Reads a recording as a manifest says, writes the canonical file and enters it.
    ///
    /// - Parameters:
    ///   - path: the manifest, a YAML file.
    ///   - registry: where it is entered.
    ///   - asNewRevision: keep what is registered under this name, and put other content before it.
    ///   - place: in which process the recording is read.
    /// - Throws: `ManifestError`, `RecordingError`, `ReadingFailure`, `ReadingProcessError`, `ArrayFileError`
    ///   or `RegistryError`.
    public static func register(
        manifest path: String, in registry: SessionRegistry, asNewRevision: Bool = false,
        reading place: ReadingPlace = .separateProcess()
    ) throws -> Registration {
        try register(
            RecordingManifest(contentsOf: path), in: registry, asNewRevision: asNewRevision, reading: place)
    }

    /// Reads a recording as a manifest says, writes the canonical file and enters it. Otherwise as for the
    /// path of a manifest.
    public static func register(
        _ manifest: RecordingManifest, in registry: SessionRegistry, asNewRevision: Bool = false,
        reading place: ReadingPlace = .separateProcess()
    ) throws -> Registration {
        switch place {
        case .thisProcess:
            return try register(
                Recording.read(manifest.source), in: registry, asNewRevision: asNewRevision)
        case .separateProcess(let program):
            return try RecordingReading.withCanonicalFile(
                of: manifest.source, in: registry.workspace, program: program
            ) { file in
                let hashed = try RecordingFile.readHashed(file)
                return try unchanged(hashed, in: registry, asNewRevision)
                    ?? registry.register(hashed, canonicalFile: file, asNewRevision: asNewRevision)
            }
        }
    }

    /// Writes the canonical file of a recording in memory and enters it.
    ///
    /// - Parameters:
    ///   - recording: the recording.
    ///   - registry: where it is entered.
    ///   - asNewRevision: keep what is registered under this name, and put other content before it.
    /// - Throws: `RecordingError`, `ArrayFileError` or `RegistryError`.
    public static func register(
        _ recording: Recording, in registry: SessionRegistry, asNewRevision: Bool = false
    ) throws -> Registration {
        let hashed = HashedRecording(recording)
        if let unchanged = try unchanged(hashed, in: registry, asNewRevision) { return unchanged }
        let folder = try RecordingReading.workplace(for: recording.session, in: registry.workspace)
        defer { folder.remove() }
        let temporary = "\(folder.path)/day.h5"
        try RecordingFile.write(hashed, to: temporary)
        return try registry.register(hashed, canonicalFile: temporary, asNewRevision: asNewRevision)
    }

    private static func unchanged(
        _ hashed: HashedRecording, in registry: SessionRegistry, _ asNewRevision: Bool
    ) throws -> Registration? {
        guard
            case .unchanged(let session) = try registry.decision(
                for: hashed.recording.session, contentHash: hashed.contentHash,
                asNewRevision: asNewRevision)
        else { return nil }
        return .unchanged(session)
    }
}
