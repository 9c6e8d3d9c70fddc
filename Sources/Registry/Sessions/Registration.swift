/// What `SessionRegistry.register` has done.
public enum Registration: Sendable, Hashable {
    case added(SessionRecord)
    /// The same content was registered under this name before; nothing was written.
    case unchanged(SessionRecord)
    /// The same content was registered, but its file was missing or damaged: there is a new one.
    case repaired(SessionRecord)
    case revised(SessionRecord, replacing: SessionRecord)

    public var session: SessionRecord {
        switch self {
        case .added(let session), .unchanged(let session), .repaired(let session),
            .revised(let session, _):
            session
        }
    }
}

/// What `SessionRegistry.register` would do. Files are paths relative to the workspace.
public enum RegistrationDecision: Sendable, Hashable {
    case add(file: String)
    case unchanged(SessionRecord)
    case repair(SessionRecord)
    case revise(SessionRecord, revision: Int, file: String)
}
