public import Foundation

/// Files that are either there in full or not at all.
///
/// Everything is written to `<path>.<token>.partial` in the same folder, flushed to the disk, and
/// then renamed over `path`. A reader, or a machine that loses power, sees the old content or the
/// new one; after an error the old file is untouched and the temporary one is gone. What a process that was
/// killed left there goes when `path` is written the next time, see `OwnedTemporary`.
public enum AtomicFile {
    /// Writes through a writer that appends; for content that is produced piece by piece.
    /// - Throws: `ArrayFileError.cannotWrite`, or what `body` throws.
    public static func write(to path: String, _ body: (Writer) throws -> Void) throws {
        try replace(path) { temporary in
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            guard descriptor >= 0 else { throw failure(at: path) }
            defer { close(descriptor) }
            try body(Writer(descriptor: descriptor, path: path))
        }
    }

    /// Writes bytes, all of them or nothing.
    /// - Throws: `ArrayFileError.cannotWrite`
    public static func write(_ bytes: [UInt8], to path: String) throws {
        try write(to: path) { try $0.append(bytes) }
    }

    /// Writes data, all of it or nothing.
    /// - Throws: `ArrayFileError.cannotWrite`
    public static func write(_ data: Data, to path: String) throws {
        try write(to: path) { writer in try data.withUnsafeBytes { try writer.append($0) } }
    }

    /// Lets `body` make the file at a temporary path, then puts it in the place of `path`.
    /// - Throws: `ArrayFileError.cannotWrite`, or what `body` throws.
    public static func replace(_ path: String, _ body: (_ temporary: String) throws -> Void) throws {
        try replaceOwned(path) { try body($0.path) }
    }

    /// As `replace`; `body` may give up the lock on the temporary file.
    static func replaceOwned(_ path: String, _ body: (OwnedTemporary) throws -> Void) throws {
        let name = URL(fileURLWithPath: path).lastPathComponent
        OwnedTemporary.removeAbandoned(in: folder(of: path)) { $0.hasPrefix("\(name).") }
        let temporary = try OwnedTemporary.file(for: path)
        do {
            try body(temporary)
            try synchronize(temporary.path, flags: O_RDONLY, reportedAs: path)
            try move(temporary.path, to: path)
        } catch {
            temporary.remove()
            throw error
        }
    }

    /// Gives a file that is complete and on the disk its final name, in the same file system, for good.
    /// - Throws: `ArrayFileError.cannotWrite`
    public static func move(_ temporary: String, to path: String) throws {
        guard rename(temporary, path) == 0 else { throw failure(at: path) }
        try synchronize(folder: folder(of: path), reportedAs: path)
    }

    /// Flushes the names in a folder to the disk.
    /// - Throws: `ArrayFileError.cannotWrite`
    public static func synchronize(folder: String, reportedAs path: String) throws {
        try synchronize(folder, flags: O_RDONLY | O_DIRECTORY, reportedAs: path)
    }

    private static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    private static func synchronize(
        _ path: String, flags: Int32, reportedAs reported: String
    ) throws {
        let descriptor = open(path, flags)
        guard descriptor >= 0 else { throw failure(at: reported) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure(at: reported) }
    }

    static func failure(at path: String) -> ArrayFileError {
        .cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }

    /// Appends to a file that isn't in its place yet. Valid only inside the call that hands it out.
    public struct Writer {
        let descriptor: Int32
        let path: String

        /// Appends bytes.
        /// - Throws: `ArrayFileError.cannotWrite`
        public func append(_ bytes: [UInt8]) throws {
            try bytes.withUnsafeBytes { try append($0) }
        }

        /// Appends bytes from where they lie.
        /// - Throws: `ArrayFileError.cannotWrite`
        public func append(_ bytes: UnsafeRawBufferPointer) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Foundation.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 {
                    if errno == EINTR { continue }
                    throw AtomicFile.failure(at: path)
                }
                rest = rest.dropFirst(written)
            }
        }
    }
}
