import ArrayFiles
public import Registry

/// A run that is removed, or would be, and the room that this frees.
public struct RunRemoval: Sendable, Equatable, Codable {
    /// Name of the run.
    public let run: String
    /// How it stands; `nil` where a folder is all that is left of it.
    public let status: RunStatus?
    /// What its folder takes; none where that is gone.
    public let room: Room
    /// Models of its single days, which stay unless they are named too.
    public let singles: [String]
    /// Runs that extend it or were started from it, and stay as they are.
    public let children: [String]

    /// What `remove` would do; nothing is changed.
    ///
    /// - Parameters:
    ///   - names: of runs; also of folders that something interrupted left among those of runs.
    ///   - registry: where they are registered.
    ///   - evenIfNeeded: whether runs that start from one of them, and are not finished, may lose it.
    /// - Throws: `RegistryError.unknownRun`, `.runNeeded`, `StitchingError.runIsBusy`.
    public static func preview(
        _ names: [String], in registry: SessionRegistry, evenIfNeeded: Bool = false
    ) throws -> [RunRemoval] {
        let names = distinct(names)
        let known = try registry.runs()
        return try names.map { name in
            let folder = RunFolder(registry.workspace, run: name)
            let record = known.first { $0.name == name }
            let isLeftOver = record == nil && RunFolder.leftOver(in: registry).contains(name)
            guard record != nil || isLeftOver else {
                _ = try registry.run(named: name)
                throw StitchingError.runIsBusy(run: name)
            }
            if folder.isBusy { throw StitchingError.runIsBusy(run: name) }
            let children =
                record == nil ? [] : try registry.children(ofRun: name).filter { !names.contains($0.name) }
            if !evenIfNeeded { try requireNotNeeded(name, by: children) }
            return RunRemoval(
                run: name, status: record?.status, room: Room(of: folder.path),
                singles: record == nil
                    ? [] : try singles(ofRun: name, in: registry).filter { !names.contains($0) },
                children: children.map(\.name))
        }
    }

    /// Removes runs with their folders, all of them or none.
    ///
    /// The folders get hidden names as the last step before the registry commits, and are removed after. Killed before
    /// the commit, the runs are there without their folders; killed after it, remains lie under hidden names. Whatever
    /// removes a run the next time removes both. Runs that extend one of them have all that they need.
    ///
    /// - Parameters: as those of `preview`.
    /// - Returns: what was removed.
    /// - Throws: what `preview` throws; other `RegistryError`s; `ArrayFileError.cannotWrite`.
    public static func remove(
        _ names: [String], in registry: SessionRegistry, evenIfNeeded: Bool = false
    ) throws -> [RunRemoval] {
        let removals = try preview(names, in: registry, evenIfNeeded: evenIfNeeded)
        let folders = removals.map { RunFolder(registry.workspace, run: $0.run) }
        for folder in folders where !folder.isGone { try folder.lock() }
        var taken: [(item: OwnedTemporary, place: String)] = []
        do {
            try registry.removeRuns(
                removals.filter { $0.status != nil }.map(\.run),
                settled: { child, lineage in
                    if !evenIfNeeded, lineage.count > 1 { try requireNotNeeded(lineage[1].name, by: [child]) }
                    return try JoinedDay.settled(child, lineage: lineage)
                },
                removeFiles: {
                    for folder in folders {
                        guard let item = try OwnedTemporary.taking(folder.path) else { continue }
                        taken.append((item, folder.path))
                    }
                })
        } catch {
            for (item, place) in taken.reversed() { try? item.putBack(to: place) }
            throw error
        }
        for (item, _) in taken { item.remove() }
        OwnedTemporary.removeAbandoned(in: registry.workspace.runsFolder)
        return removals
    }

    /// The models of single days of a run that there are.
    /// - Throws: `RegistryError.unknownRun`
    public static func singles(ofRun name: String, in registry: SessionRegistry) throws -> [String] {
        let known = Set(try registry.runs().map(\.name))
        return try registry.sessions(ofRun: name).map {
            StitchManifest.singleRunName(of: name, session: $0.name)
        }
        .filter(known.contains)
    }

    /// Going on with a run that was started from another one takes that up again.
    static func requireNotNeeded(_ name: String, by children: [RunRecord]) throws {
        let needing = children.filter { $0.status != .finished }
        guard needing.isEmpty else { throw RegistryError.runNeeded(name, by: needing.map(\.name)) }
    }

    private static func distinct(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
