import ArrayFiles
import Foundation

extension SessionRegistry {
    /// What is wrong with the canonical file of a session, in a few words; `nil` when its bytes are those
    /// that were registered. Reads the whole file, however often it has been read before.
    public func problem(withFileOf session: SessionRecord) -> String? {
        do {
            return try ContentHash.ofFile(workspace.location(of: session.file)) == session.fileHash
                ? nil : "the file's bytes have changed since it was registered"
        } catch ArrayFileError.missingFile {
            return "the file is missing"
        } catch ArrayFileError.cannotRead(_, let reason) {
            return "the file can't be read: \(reason)"
        } catch {
            return "the file can't be read: \(error)"
        }
    }

    /// Whether the canonical file of a session holds the bytes that were registered.
    public func isSound(_ session: SessionRecord) -> Bool { files.isSound(session) }
}
