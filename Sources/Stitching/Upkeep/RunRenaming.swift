import ArrayFiles
import Foundation
import LFADS
import Recordings
public import Registry

/// A run that got another name.
public struct RunRenaming: Sendable, Equatable, Codable {
    /// What it was called.
    public let run: String
    /// What it is called.
    public let newName: String
    /// What its folder takes, under the old name as under the new one.
    public let room: Room

    /// What `rename` would do; nothing is changed.
    ///
    /// - Parameters:
    ///   - old: the run; models of its single days, whose names begin with its own, go with it.
    ///   - new: what it is to be called.
    ///   - registry: where it is registered.
    /// - Throws: `RegistryError.unknownRun`, `.unsuitableRunName`, `.runExists`, `.runNeeded`,
    ///   `StitchingError.runIsBusy`, `.searchedRun`, `.strayFolder`.
    public static func preview(
        _ old: String, to new: String, in registry: SessionRegistry
    ) throws -> [RunRenaming] {
        let singles = try registry.sessions(ofRun: old).map { session in
            (
                StitchManifest.singleRunName(of: old, session: session.name),
                StitchManifest.singleRunName(of: new, session: session.name)
            )
        }
        let known = try registry.runs()
        let names = [(old, new)] + singles.filter { name in known.contains { $0.name == name.0 } }
        return try names.map { old, new in
            if let problem = FileSafeName.problem(with: new) {
                throw RegistryError.unsuitableRunName(new, problem: problem)
            }
            if let taken = known.first(where: { $0.name == new }) {
                throw RegistryError.runExists(new, status: taken.status)
            }
            let place = RunFolder(registry.workspace, run: new)
            if FileManager.default.fileExists(atPath: place.path) {
                throw StitchingError.strayFolder(run: new, path: place.path)
            }
            let folder = RunFolder(registry.workspace, run: old)
            if folder.isBusy { throw StitchingError.runIsBusy(run: old) }
            // Members' files have the run's name in them.
            if try registry.search(ofRun: old) != nil, try registry.run(named: old).status != .finished {
                throw StitchingError.searchedRun(old)
            }
            try RunRemoval.requireNotNeeded(old, by: registry.children(ofRun: old))
            return RunRenaming(run: old, newName: new, room: Room(of: folder.path))
        }
    }

    /// Gives a run another name, in the registry, in its folder and in its checkpoint, and the models of its single
    /// days with it; all of it or nothing.
    ///
    /// The new folder is complete on the disk, and gets its place as the last step before the registry commits; the old
    /// one goes after. Killed before the commit, a folder of the new name is left that no run names; killed after it, one of
    /// the old name.
    ///
    /// - Parameters: as those of `preview`.
    /// - Returns: what was renamed.
    /// - Throws: what `preview` throws; what can be wrong with a checkpoint; `ArrayFileError.cannotWrite`.
    public static func rename(
        _ old: String, to new: String, in registry: SessionRegistry
    ) throws -> [RunRenaming] {
        let renamings = try preview(old, to: new, in: registry)
        let workspace = registry.workspace
        OwnedTemporary.removeAbandoned(in: workspace.runsFolder)
        var moves: [(old: RunFolder, copy: OwnedTemporary, place: String)] = []
        var placed: [String] = []
        do {
            for renaming in renamings {
                let folder = RunFolder(workspace, run: renaming.run)
                if folder.isGone { continue }
                try folder.lock()
                let copy = try OwnedTemporary.folder(in: workspace.runsFolder, for: renaming.newName)
                moves.append((folder, copy, workspace.runFolder(renaming.newName)))
                try fill(copy.path, from: folder, as: renaming.newName)
            }
            try registry.renameRuns(renamings.map { ($0.run, $0.newName) }) {
                for (_, copy, place) in moves {
                    try AtomicFile.move(copy.path, to: place)
                    placed.append(place)
                }
            }
        } catch {
            for place in placed { try? FileManager.default.removeItem(atPath: place) }
            for (_, copy, _) in moves { copy.remove() }
            throw error
        }
        for (folder, _, _) in moves { try OwnedTemporary.taking(folder.path)?.remove() }
        return renamings
    }

    /// What is in a run's folder, in another one: with links where nothing changes.
    private static func fill(_ path: String, from folder: RunFolder, as name: String) throws {
        let manager = FileManager.default
        for item in try manager.contentsOfDirectory(atPath: folder.path)
        where item != ".lock" && !item.hasSuffix(".partial") {
            switch "\(folder.path)/\(item)" {
            case folder.checkpoint:
                try Checkpoint.rename(folder.checkpoint, of: folder.run, to: name, at: "\(path)/\(item)")
            case folder.learningCurves:
                for file in try manager.contentsOfDirectory(atPath: folder.learningCurves) {
                    guard let curves = LearningCurveFile.read("\(folder.learningCurves)/\(file)") else {
                        continue
                    }
                    try curves.renamed(name).write(to: "\(path)/\(item)/\(file)")
                }
            case let source:
                do { try manager.linkItem(atPath: source, toPath: "\(path)/\(item)") } catch {
                    try? manager.removeItem(atPath: "\(path)/\(item)")
                    try manager.copyItem(atPath: source, toPath: "\(path)/\(item)")
                }
            }
        }
        try AtomicFile.synchronize(folder: path, reportedAs: path)
    }
}

extension Checkpoint {
    /// Writes a run's checkpoint under another name of the run.
    ///
    /// - Throws: `StitchingError.otherCheckpoint`, and what can be wrong with files.
    fileprivate static func rename(
        _ path: String, of run: String, to name: String, at place: String
    ) throws {
        let header = try readHeader(path)
        guard header.run == run else {
            throw StitchingError.otherCheckpoint(
                run: run, path: path, differences: ["it belongs to run \(header.run)"])
        }
        let table = ParameterTable(header.settings.model, sessions: header.sessions.map(\.shape))
        var checkpoint = try read(path, table: table)
        checkpoint.header.run = name
        try checkpoint.write(to: place, table: table)
    }
}

extension LearningCurveFile {
    fileprivate func renamed(_ run: String) -> LearningCurveFile {
        LearningCurveFile(
            run: run, epochsDone: epochsDone, session: session, contentHash: contentHash, curves: curves)
    }
}
