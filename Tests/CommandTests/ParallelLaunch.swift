import Foundation
import TestSupport

/// The program started several times over by Open MPI's `mpirun`, where it is there.
enum ParallelLaunch {
    static let launcher: URL? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { URL(fileURLWithPath: "\($0)/mpirun") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }()

    static let isThere = launcher != nil

    private struct NotThere: Error {}

    static func start(_ arguments: [String], ranks: Int, in lab: Lab) throws -> Program.Running {
        guard let launcher else { throw NotThere() }
        return try Program.Running(
            launcher,
            ["-n", "\(ranks)", "--oversubscribe", Program.executable.path] + arguments, in: lab.path,
            variables: ["OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"])
    }

    /// Process numbers of a launcher's ranks, in whatever order; empty before they are started.
    static func ranks(of running: Program.Running) -> [Int32] {
        let parent = running.process.processIdentifier
        let path = "/proc/\(parent)/task/\(parent)/children"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return text.split(separator: " ").compactMap { Int32($0) }
    }
}
