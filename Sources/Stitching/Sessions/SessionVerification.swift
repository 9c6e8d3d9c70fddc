public import Registry

/// Whether the file of a registered session is still what was registered.
public struct SessionVerification: Sendable, Equatable, Codable {
    /// Name of the session.
    public let session: String
    /// The revision whose file it is.
    public let revision: Int
    /// Path of the file within the workspace.
    public let file: String
    /// `nil` when the file is sound; otherwise what is wrong with it.
    public let problem: String?

    /// Hashes the bytes of every revision's file again.
    ///
    /// - Parameters:
    ///   - registry: whose files are looked at.
    ///   - names: of sessions; all if empty.
    /// - Throws: `RegistryError.unknownSessions`; damage to a file is not thrown, but told.
    public static func all(
        in registry: SessionRegistry, names: [String]
    ) throws
        -> [SessionVerification]
    {
        let selection: SessionSelection = names.isEmpty ? .all : .names(names)
        return try registry.sessions(matching: selection).flatMap { session in
            try registry.revisions(ofSession: session.name)
        }.map { session in
            // One file that can't be read mustn't hide what is wrong with the others.
            SessionVerification(
                session: session.name, revision: session.revision, file: session.file,
                problem: registry.problem(withFileOf: session))
        }
    }
}
