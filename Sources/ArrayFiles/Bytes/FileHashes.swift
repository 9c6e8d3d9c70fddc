import Foundation
import Synchronization

/// Hashes of files' bytes, taken once as long as a file stays what it is: the same file of the disk, of the
/// same size, not modified since. A file keeps its hash when it is renamed.
public final class FileHashes: Sendable {
    private let known = Mutex<[FileIdentity: String]>([:])

    /// Begins with no file that is known.
    public init() {}

    /// SHA-256 of a file's bytes, 64 hexadecimal digits; reads the file only if it isn't known as it is now.
    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`
    public func hash(ofFile path: String) throws -> String {
        let identity = try FileIdentity(path)
        if let hash = known.withLock({ $0[identity] }) { return hash }
        let isSettled = identity.isSettled
        let hash = try ContentHash.ofFile(path)
        // A file that was changed while it was read has a hash of nothing.
        if isSettled, try FileIdentity(path) == identity { known.withLock { $0[identity] = hash } }
        return hash
    }
}

/// What tells a file from another, and from itself after a change.
struct FileIdentity: Hashable {
    let device: UInt64
    let file: UInt64
    let byteCount: Int64
    let modifiedSeconds: Int
    let modifiedNanoseconds: Int

    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`
    init(_ path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw FileProblem.reading(path) }
        device = UInt64(status.st_dev)
        file = UInt64(status.st_ino)
        byteCount = Int64(status.st_size)
        modifiedSeconds = Int(status.st_mtim.tv_sec)
        modifiedNanoseconds = Int(status.st_mtim.tv_nsec)
    }

    /// Whether another change would show in the time of the last one: the kernel's clock for files goes
    /// in steps of up to 10 ms.
    var isSettled: Bool {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let nanoseconds =
            (Int(now.tv_sec) - modifiedSeconds) * 1_000_000_000
            + Int(now.tv_nsec) - modifiedNanoseconds
        return nanoseconds > 20_000_000
    }
}
