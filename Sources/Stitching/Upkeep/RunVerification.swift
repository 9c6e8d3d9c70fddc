import ArrayFiles
import Foundation
public import Registry

/// Whether a file of a run is what was written.
public struct RunVerification: Sendable, Equatable, Codable {
    /// How a file stands.
    public enum State: String, Sendable, Codable {
        /// Its bytes are those that were written.
        case sound
        /// Written by version 0.2.0 or before, which kept no digest: nothing can be said of its bytes.
        case undigested
        /// Training has not come to a checkpoint yet.
        case none
        /// See `problem`.
        case broken
    }

    /// Name of the run.
    public let run: String
    /// Path of the file within the workspace.
    public let file: String
    /// How it stands.
    public let state: State
    /// What is wrong with it.
    public let problem: String?

    /// Hashes the checkpoints of runs, and those of a search's members, and compares them with their digests, and what
    /// they say of their run with the registry.
    ///
    /// - Parameters:
    ///   - registry: whose runs are looked at.
    ///   - names: of runs; if empty all, and folders of which the registry knows nothing.
    /// - Throws: `RegistryError.unknownRun`; damage to a file is not thrown, but told.
    public static func all(in registry: SessionRegistry, names: [String]) throws -> [RunVerification] {
        let runs = try names.isEmpty ? registry.runs() : names.map { try registry.run(named: $0) }
        let found = try runs.flatMap { try verify($0, in: registry) }
        guard names.isEmpty else { return found }
        return found
            + RunFolder.leftOver(in: registry).map { name in
                RunVerification(
                    run: name, file: "runs/\(name)", state: .broken,
                    problem:
                        "no run of that name is registered; something that was interrupted left the folder")
            }
    }

    private static func verify(_ run: RunRecord, in registry: SessionRegistry) throws -> [RunVerification] {
        let folder = RunFolder(registry.workspace, run: run.name)
        let prefix = "runs/\(run.name)"
        func result(_ file: String, _ problem: String?, _ state: State = .sound) -> RunVerification {
            RunVerification(
                run: run.name, file: file, state: problem == nil ? state : .broken, problem: problem)
        }
        guard !folder.isGone else { return [result(prefix, "the run's folder is gone")] }
        var results: [RunVerification] = []
        if folder.hasCheckpoint {
            let content = try registry.sessions(ofRun: run.name).map { [$0.name, $0.contentHash] }
            let (state, problem) = check(folder.checkpoint) { header in
                guard header.run == run.name else { return "it belongs to run \(header.run)" }
                return Set(header.sessions.map { [$0.name, $0.contentHash] }) == Set(content)
                    ? nil : "its sessions are not those of the run"
            }
            results.append(result("\(prefix)/checkpoint.h5", problem, state))
        } else {
            results.append(
                result(
                    "\(prefix)/checkpoint.h5", run.status == .finished ? "the file is missing" : nil, .none))
        }
        let members = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/search")) ?? []
        for name in members.sorted() where name.hasSuffix(".h5") {
            let (state, problem) = check("\(folder.path)/search/\(name)") {
                $0.run == run.name ? nil : "it belongs to run \($0.run)"
            }
            results.append(result("\(prefix)/search/\(name)", problem, state))
        }
        return results
    }

    /// One file that can't be read mustn't hide what is wrong with the others.
    private static func check(
        _ path: String, _ problem: (Checkpoint.Header) -> String?
    ) -> (State, String?) {
        do {
            switch try FileSeal.read(path) {
            case .broken: return (.broken, "the file's bytes are not those that were written")
            // It may be damaged, and is not for HDF5 to read.
            case .unsealed: return (.undigested, nil)
            case .sound: return (.sound, problem(try Checkpoint.readHeader(path)))
            }
        } catch ArrayFileError.cannotRead(_, let reason) {
            return (.broken, "the file can't be read: \(reason)")
        } catch {
            return (.broken, "\(error)")
        }
    }
}

extension RunFolder {
    /// Names of folders among those of runs that no run has, and that nobody is at work on.
    static func leftOver(in registry: SessionRegistry) -> [String] {
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: registry.workspace.runsFolder)) ?? []
        // Read after: a run has its folder before it is entered.
        guard let known = try? registry.runs().map(\.name) else { return [] }
        return Set(names).subtracting(known).sorted().filter { name in
            var isFolder: ObjCBool = false
            let folder = RunFolder(registry.workspace, run: name)
            return !name.hasPrefix(".") && manager.fileExists(atPath: folder.path, isDirectory: &isFolder)
                && isFolder.boolValue && !folder.isBusy
        }
    }
}
