import Foundation

/// A regular file that is open for reading.
final class RegularFile {
    let path: String
    let byteCount: Int
    private let descriptor: Int32

    /// - Throws: `ArrayFileError.missingFile`, `.cannotRead`
    init(_ path: String) throws {
        // A pipe would keep the program waiting for somebody who writes to it.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileProblem.reading(path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            throw FileProblem.reading(path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw ArrayFileError.cannotRead(path: path, reason: "it is not a regular file")
        }
        self.path = path
        self.descriptor = descriptor
        byteCount = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Bytes from an offset on, fewer where the file ends before.
    /// - Throws: `ArrayFileError.cannotRead`
    func bytes(from offset: Int, atMost count: Int) throws -> [UInt8] {
        let wanted = max(0, min(count, byteCount - offset))
        return try [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
            while filled < wanted {
                guard let start = buffer.baseAddress else { return }
                let done = pread(descriptor, start + filled, wanted - filled, off_t(offset + filled))
                if done == 0 { return }
                if done < 0 {
                    if errno == EINTR { continue }
                    throw FileProblem.reading(path)
                }
                filled += done
            }
        }
    }
}
