import Foundation
import TestSupport

/// Files that pynwb wrote: committed ones, and those that it writes here.
enum NWBFixtures {
    static let committed = Bundle.module.bundlePath + "/Fixtures"

    /// With a folder that the script has just written to, where `python3` has pynwb (`make test` sees to it).
    static let folders: [String] = {
        guard let folder = try? TemporaryFolder().path,
            (try? Python.run(["-c", "import h5py, numpy, pynwb"], in: folder))?.status == 0
        else { return [committed] }
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/make_nwb.py").path
        // A script that fails leaves files out, and the tests then say which.
        _ = try? Python.run(["-B", script, folder], in: folder)
        return [committed, folder]
    }()
}
