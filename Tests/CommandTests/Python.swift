import Foundation
import Testing

/// The Python of whoever runs the tests, if there is one.
enum Python {
    /// Whether `python3` is there and has all of these.
    static func hasModules(_ names: [String]) -> Bool {
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        let script =
            "import importlib.util as u, sys; "
            + "sys.exit(0 if all(u.find_spec(n) for n in [\(list)]) else 1)"
        return (try? run(["-c", script], in: NSTemporaryDirectory()))?.status == 0
    }

    static let hasHDF5 = hasModules(["h5py", "numpy"])

    /// Both streams together.
    static func run(_ arguments: [String], in folder: String) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.currentDirectoryURL = URL(filePath: folder)
        process.standardInput = FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}

extension Lab {
    /// Runs a script in the lab's folder; its assertions are the test.
    func python(_ script: String) throws {
        let (status, output) = try Python.run(["-c", script], in: path)
        #expect(status == 0, "\(output)")
    }
}
