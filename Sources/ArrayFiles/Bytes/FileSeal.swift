import Foundation
import Synchronization

/// The SHA-256 of a file's bytes, behind them in the file itself: one flipped bit is found before any library reads
/// the file, and a file and its digest can't come apart.
///
/// 85 bytes: `\nneurostitch-sha256:`, 64 hexadecimal digits, `\n`. HDF5 doesn't look at what stands behind its own end.
public enum FileSeal {
    /// What a file's seal says of it.
    public enum State: Sendable {
        /// The bytes are those that were sealed.
        case sound
        /// There is no seal.
        case unsealed
        /// The bytes, or the seal, are not what they were.
        case broken
    }

    private static let mark = "\nneurostitch-sha256:"
    private static let byteCount = mark.utf8.count + 65
    /// Files are hashed once for as long as they stay what they are.
    private static let known = Mutex<[FileIdentity: State]>([:])

    /// Seals a file that is complete.
    /// - Throws: `ArrayFileError.cannotRead`, `.cannotWrite`
    static func append(to path: String, reportedAs reported: String) throws {
        let seal = mark + (try ContentHash.ofFile(path)) + "\n"
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw AtomicFile.failure(at: reported) }
        defer { close(descriptor) }
        try AtomicFile.Writer(descriptor: descriptor, path: reported).append(Array(seal.utf8))
    }

    /// Compares a file's bytes with its seal. It is read as a whole, though once only as long as it is not touched.
    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`
    public static func state(of path: String) throws -> State {
        let identity = try FileIdentity(path)
        if let state = known.withLock({ $0[identity] }) { return state }
        let isSettled = identity.isSettled
        let state = try read(path)
        if isSettled, try FileIdentity(path) == identity { known.withLock { $0[identity] = state } }
        return state
    }

    /// As `state(of:)`, but reads the file however often it has been read before.
    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`
    public static func read(_ path: String) throws -> State {
        let file = try RegularFile(path)
        let end = file.byteCount - byteCount
        guard end >= 0 else { return .unsealed }
        let seal = try file.bytes(from: end, atMost: byteCount)
        // A seal with a flipped bit is one all the same; what is none has hardly a byte of it.
        let likeness = zip(seal, mark.utf8).count { $0 == $1 }
        guard likeness > mark.utf8.count / 2 else { return .unsealed }
        let digest = try ContentHash.ofBytes(of: file, upTo: end)
        return seal.elementsEqual((mark + digest + "\n").utf8) ? .sound : .broken
    }
}
