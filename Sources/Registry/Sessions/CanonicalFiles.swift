import ArrayFiles

/// The canonical recordings of a workspace, without its database: for processes that were told what is registered by
/// one that has it open.
public struct CanonicalFiles: Sendable {
    /// Where they are.
    public let workspace: Workspace
    let hashes = FileHashes()

    /// Reads nothing yet.
    public init(_ workspace: Workspace) { self.workspace = workspace }

    /// Whether the canonical file of a session holds the bytes that were registered. They are read once for as long as
    /// this value, or a copy of it, lives and the file is not touched.
    public func isSound(_ session: SessionRecord) -> Bool {
        (try? hashes.hash(ofFile: workspace.location(of: session.file))) == session.fileHash
    }
}
