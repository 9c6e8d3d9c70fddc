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

    /// Whether a run of that name can be entered. One whose folder is gone doesn't stand in the way.
    ///
    /// - Throws: `RegistryError.unsuitableRunName`, `.runExists`.
    package static func requireFree(_ name: String, in registry: SessionRegistry) throws {
        if let problem = FileSafeName.problem(with: name) {
            throw RegistryError.unsuitableRunName(name, problem: problem)
        }
        if let known = try registry.runs().first(where: { $0.name == name }),
            !RunFolder(registry.workspace, run: name).isGone
        {
            throw RegistryError.runExists(name, status: known.status)
        }
    }

    /// Whether there is no such folder, though there is a folder of runs: a drive that isn't there says nothing.
    var isGone: Bool {
        var status = stat()
        guard lstat(path, &status) != 0, errno == ENOENT else { return false }
        return lstat((path as NSString).deletingLastPathComponent, &status) == 0
    }

    /// Creates the folder and takes the lock; it goes with the process, however that ends.
    ///
    /// - Returns: whether the folder was not there.
    /// - Throws: `StitchingError.runIsBusy`, or `ArrayFileError.cannotWrite`.
    @discardableResult
    package func lock() throws -> Bool {
        // Who removes or renames a run holds its lock, and takes the folder away with it.
        for _ in 0..<100 {
            let isNew = try makeFolder()
            let descriptor = open(lockFile, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                if errno == ENOENT { continue }
                throw failure()
            }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let error: any Error = errno == EWOULDBLOCK ? StitchingError.runIsBusy(run: run) : failure()
                close(descriptor)
                throw error
            }
            guard isLockFile(descriptor) else {
                close(descriptor)
                continue
            }
            lockDescriptor = descriptor
            removeRemains()
            return isNew
        }
        throw StitchingError.runIsBusy(run: run)
    }

    /// As `lock()`, for a run that is to be entered: if there was one of that name whose folder is gone, it leaves the
    /// registry.
    ///
    /// - Throws: what `lock` throws, `RegistryError`.
    package func lockForNewRun(in registry: SessionRegistry) throws {
        // Whoever makes the folder and has the lock knows that nobody has made a run in it since.
        guard try lock(), try registry.runs().contains(where: { $0.name == run }) else { return }
        try registry.removeRuns([run], settled: JoinedDay.settled)
    }

    /// The folder may have been removed by hand, and another one made for another run of that name: nothing is saved there.
    ///
    /// - Throws: `StitchingError.folderTaken`
    func requireLocked() throws {
        guard lockDescriptor >= 0, isLockFile(lockDescriptor) else {
            throw StitchingError.folderTaken(run: run, path: path)
        }
    }

    private func isLockFile(_ descriptor: Int32) -> Bool {
        var (opened, found) = (stat(), stat())
        return fstat(descriptor, &opened) == 0 && stat(lockFile, &found) == 0
            && opened.st_ino == found.st_ino && opened.st_dev == found.st_dev
    }

    /// Whether another process has the lock.
    var isBusy: Bool {
        let descriptor = open(lockFile, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }

    private var lockFile: String { "\(path)/.lock" }

    /// - Returns: whether it was not there.
    private func makeFolder() throws -> Bool {
        if mkdir(path, 0o755) == 0 { return true }
        if errno == EEXIST { return false }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw ArrayFileError.cannotWrite(path: path, reason: error.localizedDescription)
        }
        return true
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
        .cannotWrite(path: lockFile, reason: String(cString: strerror(errno)))
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
