import Foundation

/// Files that pynwb wrote: committed ones, and those that it writes here.
enum NWBFixtures {
    static let committed = Bundle.module.bundlePath + "/Fixtures"

    /// With a folder that the script has just written to, where `python3` has pynwb (`make test` sees to it).
    static let folders: [String] = {
        guard run(["python3", "-c", "import h5py, numpy, pynwb"]) else { return [committed] }
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/make_nwb.py").path
        let folder = FileManager.default.temporaryDirectory.appending(path: "nwb-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // A script that fails leaves files out, and the tests then say which.
        _ = run(["python3", "-B", script, folder])
        return [committed, folder]
    }()

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
