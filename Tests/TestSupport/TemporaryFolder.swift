import Foundation

/// A fresh folder for one test, within one for all tests that is removed when they end.
public struct TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = Self.root + "/" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    public func location(_ name: String) -> String { "\(path)/\(name)" }

    /// - Returns: the file's path.
    @discardableResult
    public func write(_ text: String, to name: String) throws -> String {
        let file = location(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Before the end of all tests, for folders that are large or many.
    public func remove() { try? FileManager.default.removeItem(atPath: path) }

    private static let root: String = {
        // Not when the last reference goes: connections to a database outlive those to its folder.
        atexit { try? FileManager.default.removeItem(atPath: TemporaryFolder.root) }
        return NSTemporaryDirectory() + "neurostitch-tests-\(UUID().uuidString)"
    }()
}

/// A fresh folder that is removed with everything in it.
public func withTemporaryFolder(_ body: (_ folder: String) throws -> Void) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try body(folder.path)
}

public func bytes(of path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// Sorted, hidden ones too.
public func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
}
