import Foundation

/// How much room files take on the disk, by what is in them.
public struct Room: Sendable, Equatable, Codable {
    /// How many files.
    public private(set) var files = 0
    /// All of them together.
    public private(set) var bytes = 0

    init() {}

    /// Of a file, or of all files in a folder and those below it; links are counted and not followed. What isn't there takes none.
    init(of path: String) { add(path) }

    mutating func add(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            files += 1
            bytes += Int(status.st_size)
            return
        }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] where name != ".lock" {
            add("\(path)/\(name)")
        }
    }
}
