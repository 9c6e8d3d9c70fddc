import ArrayFiles
import Foundation
import Recordings
package import Registry

/// Files of one run under `runs/RUN`, and the lock that lets one process at a time train it.
package final class RunFolder {
    let run: String
    package let path: String
    private var lockDescriptor: Int32 = -1

    var checkpoint: String { "\(path)/checkpoint.h5" }
    var metrics: String { "\(path)/metrics.csv" }
    var learningCurves: String { "\(path)/learning-curves" }
    var hasCheckpoint: Bool { FileManager.default.fileExists(atPath: checkpoint) }

    package init(_ workspace: Workspace, run: String) {
        self.run = run
        path = workspace.runFolder(run)
    }

    func learningCurve(of session: String) -> String { "\(learningCurves)/\(session).json" }

    /// Whether a run of that name can be entered.
    ///
    /// - Throws: `RegistryError.unsuitableRunName`, `.runExists`.
    package static func requireFree(_ name: String, in registry: SessionRegistry) throws {
        if let problem = FileSafeName.problem(with: name) {
            throw RegistryError.unsuitableRunName(name, problem: problem)
        }
        if let known = try registry.runs().first(where: { $0.name == name }) {
            throw RegistryError.runExists(name, status: known.status)
        }
    }

    /// Creates the folder and takes the lock; it goes with the process, however that ends.
    ///
    /// - Throws: `StitchingError.runIsBusy`, or `ArrayFileError.cannotWrite`.
    package func lock() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ArrayFileError.cannotWrite(path: path, reason: error.localizedDescription)
        }
        let descriptor = open("\(path)/.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure() }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error: any Error = errno == EWOULDBLOCK ? StitchingError.runIsBusy(run: run) : failure()
            close(descriptor)
            throw error
        }
        lockDescriptor = descriptor
        removeRemains()
    }

    /// What a process that was killed while saving left behind; the lock says that nobody is saving.
    private func removeRemains() {
        let manager = FileManager.default
        for name in (try? manager.contentsOfDirectory(atPath: path)) ?? []
        where name.hasSuffix(".partial") {
            try? manager.removeItem(atPath: "\(path)/\(name)")
        }
    }

    private func failure() -> ArrayFileError {
        .cannotWrite(path: "\(path)/.lock", reason: String(cString: strerror(errno)))
    }

    deinit { if lockDescriptor >= 0 { close(lockDescriptor) } }

    func writeMetrics(_ history: [EpochRecord], sessions: [String]) throws {
        let names = history.first.map { ["epoch"] + $0.columns(sessions: sessions).map(\.name) } ?? ["epoch"]
        let rows = history.map { record -> [CommaSeparatedFile.Cell] in
            [.integer(record.summary.epoch + 1)]
                + record.columns(sessions: sessions).map { column in
                    column.value.map { .double($0) } ?? .empty
                }
        }
        try CommaSeparatedFile.write(header: names, rows: rows, to: metrics)
    }
}
