import Foundation

/// The Python of whoever runs the tests, if there is one.
public enum Python {
    /// Whether `python3` is there and has all of these.
    public static func hasModules(_ names: [String]) -> Bool {
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        let script =
            "import importlib.util as u, sys; "
            + "sys.exit(0 if all(u.find_spec(n) for n in [\(list)]) else 1)"
        return (try? run(["-c", script], in: NSTemporaryDirectory()))?.status == 0
    }

    public static let hasHDF5 = hasModules(["h5py", "numpy"])

    /// Both streams together.
    public static func run(
        _ arguments: [String], in folder: String
    ) throws -> (status: Int32, output: String) {
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

    /// A folder with what a script writes to the folder that it is given.
    ///
    /// - Returns: nil where there is no Python, or the script failed.
    public static func folder(writtenBy script: String) -> String? {
        guard let folder = try? TemporaryFolder().path,
            let finished = try? run(["-B", script, folder], in: folder)
        else { return nil }
        return finished.status == 0 ? folder : nil
    }
}
