import Foundation

/// A fresh folder for one test, within one for all tests that is removed when they end.
struct TemporaryFolder {
    let path: String

    init() throws {
        path = Self.root + "/" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    private static let root: String = {
        // Not when the last reference goes: connections to a database outlive those to its folder.
        atexit { try? FileManager.default.removeItem(atPath: TemporaryFolder.root) }
        return NSTemporaryDirectory() + "registry-tests-\(UUID().uuidString)"
    }()
}

/// The words of the error that `body` throws, or what went wrong instead.
func words(_ body: () throws -> some Any) -> String {
    do {
        return "no error, but \(try body())"
    } catch {
        return "\(error)"
    }
}
