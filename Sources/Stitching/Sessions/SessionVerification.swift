public import Registry

/// Whether the file of a registered session is still what was registered.
public struct SessionVerification: Sendable, Equatable, Codable {
    public let session: String
    public let revision: Int
    public let file: String
    /// `nil` when the file is sound; otherwise what is wrong with it.
    public let problem: String?

    /// Hashes the bytes of every revision's file again.
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
