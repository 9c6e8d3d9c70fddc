import Foundation

/// Files that pynwb wrote: committed ones, and those that it writes here.
enum NWBFixtures {
    static let committed = Bundle.module.bundlePath + "/Fixtures"

    /// With a folder that the script has just written to, where there is a Python and it has pynwb, or PyPI
    /// gives it: into an environment of its own in the build folder, where later runs find it.
    static let folders: [String] = {
        let sources = URL(filePath: #filePath)
        let script = sources.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/make_nwb.py").path
        guard let python = python(near: sources) else { return [committed] }
        let folder = FileManager.default.temporaryDirectory.appending(path: "nwb-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return run([python, "-B", script, folder]) ? [committed, folder] : [committed]
    }()

    private static func python(near sources: URL) -> String? {
        let needed = ["-c", "import pynwb, h5py, numpy"]
        if run(["python3"] + needed) { return "python3" }
        var root = sources
        while root.path != "/", !FileManager.default.fileExists(atPath: root.appending(path: "Package.swift").path) {
            root.deleteLastPathComponent()
        }
        let environment = root.appending(path: ".build/test-python").path
        let python = environment + "/bin/python"
        if run([python] + needed) { return python }
        guard run(["python3", "-m", "venv", environment]),
            run([
                python, "-m", "pip", "install", "--quiet", "--retries", "1", "--timeout", "10",
                "--disable-pip-version-check", "pynwb",
            ]), run([python] + needed)
        else { return nil }
        return python
    }

    private static func run(_ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
