import Foundation

/// Room in a file that has no name.
///
/// It takes room on a disk until nobody holds it, or the process ends, however it ends. What is read from it stays in
/// memory as long as there is room for it, so that arrays can be larger than the memory.
final class MappedFile: @unchecked Sendable {
    let place: UnsafeMutableRawPointer
    private let bytes: Int

    /// - Parameters:
    ///   - bytes: above 0.
    ///   - folder: on whose disk.
    init(_ bytes: Int, in folder: String) throws(TrialArrayError) {
        let file = Self.unnamedFile(in: folder)
        guard file >= 0 else { throw TrialArrayError.noRoom(folder: folder, bytes: bytes, code: errno) }
        defer { close(file) }
        // Room is taken now: a disk that is full when memory is written to it would end the process.
        let refused = posix_fallocate(file, 0, off_t(bytes))
        guard refused == 0 else { throw TrialArrayError.noRoom(folder: folder, bytes: bytes, code: refused) }
        let mapped = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let mapped, mapped != MAP_FAILED else {
            throw TrialArrayError.noRoom(folder: folder, bytes: bytes, code: errno)
        }
        place = mapped
        self.bytes = bytes
    }

    deinit { munmap(place, bytes) }

    /// Nobody writes there from now on. What was written is brought to the disk at once: until then it takes memory, which
    /// is what there is too little of.
    func protect() {
        mprotect(place, bytes, PROT_READ)
        msync(place, bytes, MS_SYNC)
    }

    /// A file that no other process can find.
    private static func unnamedFile(in folder: String) -> Int32 {
        // O_TMPFILE without O_DIRECTORY, which is a macro of its own that Swift doesn't see.
        let file = open(folder, O_RDWR | O_CLOEXEC | O_DIRECTORY | 0o20_000_000, 0o600)
        if file >= 0 { return file }
        // Not every file system has such files.
        var template = Array("\(folder)/.samples.XXXXXX".utf8CString)
        let named = mkstemp(&template)
        if named >= 0 { unlink(template) }
        return named
    }
}
