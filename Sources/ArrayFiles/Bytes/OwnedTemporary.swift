import Foundation

/// A file or a folder under a temporary name, `NAME.TOKEN.partial`, that belongs to this process for as long as it
/// lives.
///
/// What says so is a lock (`flock`) on it, which goes with the process however that ends, and which processes in
/// other containers see, unlike a process number. The token is 64 random bits in 16 hexadecimal digits. The lock is a shared one, as
/// readers of HDF5 files take it; who clears away asks for it alone. In file systems without locks nothing is cleared away.
public final class OwnedTemporary {
    /// Where it is.
    public let path: String
    private var descriptor: Int32

    private init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { disown() }

    /// A new empty file beside the one whose place it is to take.
    /// - Throws: `ArrayFileError.cannotWrite`
    static func file(for path: String) throws -> OwnedTemporary {
        try make(reportedAs: path, path) { temporary in
            open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        }
    }

    /// A new empty folder for files that belong together; hidden.
    ///
    /// - Parameters:
    ///   - folder: where it is made.
    ///   - name: what it is for.
    /// - Throws: `ArrayFileError.cannotWrite`
    public static func folder(in folder: String, for name: String) throws -> OwnedTemporary {
        let stem = "\(folder)/.\(name)"
        return try make(reportedAs: stem, stem) { temporary in
            guard mkdir(temporary, 0o755) == 0 else { return -1 }
            return open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        }
    }

    /// Moves a file or a folder that is to go out of its place, under a hidden temporary name beside it; `nil` where there
    /// is none.
    /// - Throws: `ArrayFileError.cannotWrite`
    public static func taking(_ path: String) throws -> OwnedTemporary? {
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        if descriptor >= 0 { _ = flock(descriptor, LOCK_SH | LOCK_NB) }
        let url = URL(fileURLWithPath: path)
        let folder = (path as NSString).deletingLastPathComponent
        let hidden = ".\(url.lastPathComponent).\(token()).partial"
        let item = OwnedTemporary(
            path: folder.isEmpty ? hidden : "\(folder)/\(hidden)", descriptor: descriptor)
        guard rename(path, item.path) == 0 else {
            if errno == ENOENT { return nil }
            throw AtomicFile.failure(at: path)
        }
        return item
    }

    /// Gives what was taken its place again.
    /// - Throws: `ArrayFileError.cannotWrite`
    public func putBack(to path: String) throws {
        guard rename(self.path, path) == 0 else { throw AtomicFile.failure(at: path) }
        disown()
    }

    /// Removes it, with everything in it, if it is still there.
    public func remove() {
        try? FileManager.default.removeItem(atPath: path)
        disown()
    }

    /// Gives up the lock.
    func disown() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }

    // MARK: What the dead left

    /// Removes files and folders of a folder under temporary names that belong to nobody: their processes were killed.
    ///
    /// - Parameters:
    ///   - folder: where they are looked for.
    ///   - isMeant: of their names; hidden ones alone, if not said: nothing that has a name of its own begins with a dot.
    public static func removeAbandoned(
        in folder: String, where isMeant: (String) -> Bool = { $0.hasPrefix(".") }
    ) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        where isTemporary(name) && isMeant(name) {
            let path = "\(folder)/\(name)"
            let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, isStill(descriptor, at: path) else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// Whether a name is one of those given here, or, hidden, by versions up to 0.2.0, which had a process number for
    /// the token.
    private static func isTemporary(_ name: String) -> Bool {
        name.wholeMatch(of: /.*\.[0-9a-f]{16}\.partial/) != nil
            || name.wholeMatch(of: /\..*\.[0-9]{1,7}(\.read)?\.partial/) != nil
    }

    private static func token() -> String {
        let digits = String(UInt64.random(in: 0 ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func make(
        reportedAs reported: String, _ stem: String, _ open: (String) -> Int32
    ) throws -> OwnedTemporary {
        // Who clears away may come between making and locking.
        for _ in 0..<100 {
            let path = "\(stem).\(token()).partial"
            let descriptor = open(path)
            guard descriptor >= 0 else {
                if errno == EEXIST { continue }
                throw AtomicFile.failure(at: reported)
            }
            let item = OwnedTemporary(path: path, descriptor: descriptor)
            let isLocked = flock(descriptor, LOCK_SH | LOCK_NB) == 0
            if !isLocked, errno == EWOULDBLOCK { continue }
            if isStill(descriptor, at: path) { return item }
        }
        throw ArrayFileError.cannotWrite(
            path: reported, reason: "temporary files beside it are removed as soon as they are made")
    }

    /// Whether a path leads to what is open.
    private static func isStill(_ descriptor: Int32, at path: String) -> Bool {
        var (opened, found) = (stat(), stat())
        return fstat(descriptor, &opened) == 0 && lstat(path, &found) == 0
            && opened.st_ino == found.st_ino && opened.st_dev == found.st_dev
    }
}
