/// What `SessionRegistry.register` has done.
public enum Registration: Sendable, Hashable {
    /// The session is new.
    case added(SessionRecord)
    /// The same content was registered under this name before; nothing was written.
    case unchanged(SessionRecord)
    /// The same content was registered, but its file was missing or damaged: there is a new one.
    case repaired(SessionRecord)
    /// Other content under a name that was registered: a new revision.
    case revised(SessionRecord, replacing: SessionRecord)

    /// The session as it is registered now.
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
    /// Enter a session that is new.
    case add(file: String)
    /// Nothing, for the same content is registered.
    case unchanged(SessionRecord)
    /// Replace the file of this session, which is missing or damaged.
    case repair(SessionRecord)
    /// Enter other content as a new revision of this session.
    case revise(SessionRecord, revision: Int, file: String)
}
