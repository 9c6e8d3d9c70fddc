import ArrayFiles
public import Registry

/// A session that is removed, or would be, and the room that this frees.
public struct SessionRemoval: Sendable, Equatable, Codable {
    /// Name of the session.
    public let session: String
    /// How many revisions it has.
    public let revisions: Int
    /// What the canonical files of these take.
    public let room: Room
    /// Runs that were trained on one of them, and can't be asked about it any more.
    public let neededBy: [String]

    /// What `remove` would do; nothing is changed.
    ///
    /// - Parameters:
    ///   - names: of the sessions.
    ///   - registry: where they are registered.
    ///   - evenIfNeeded: whether runs may lose what they were trained on.
    /// - Throws: `RegistryError.unknownSessions`, `.sessionNeeded`.
    public static func preview(
        _ names: [String], in registry: SessionRegistry, evenIfNeeded: Bool = false
    ) throws -> [SessionRemoval] {
        try registry.sessions(matching: .names(names)).map { session in
            let revisions = try registry.allRevisions(ofSession: session.name)
            var room = Room()
            var runs: [String] = []
            for revision in revisions {
                room.add(registry.workspace.location(of: revision.file))
                runs += try registry.runs(trainedOn: revision).filter { !runs.contains($0) }
            }
            guard runs.isEmpty || evenIfNeeded else {
                throw RegistryError.sessionNeeded(session: session.name, runs: runs)
            }
            return SessionRemoval(
                session: session.name, revisions: revisions.count, room: room, neededBy: runs)
        }
    }

    /// Removes sessions with all their revisions and canonical files, all of them or none.
    ///
    /// The files get hidden names as the last step before the registry commits, and are removed after. Killed before
    /// the commit, the sessions are there without their files, and can be removed or registered again; killed after
    /// it, remains lie under hidden names, and go with whatever removes or registers a session the next time.
    ///
    /// - Parameters: as those of `preview`.
    /// - Returns: what was removed.
    /// - Throws: what `preview` throws; other `RegistryError`s; `ArrayFileError.cannotWrite`.
    public static func remove(
        _ names: [String], in registry: SessionRegistry, evenIfNeeded: Bool = false
    ) throws -> [SessionRemoval] {
        let removals = try preview(names, in: registry, evenIfNeeded: evenIfNeeded)
        var taken: [(item: OwnedTemporary, place: String)] = []
        do {
            try registry.removeSessions(removals.map(\.session), evenIfNeeded: evenIfNeeded) { files in
                for file in files {
                    let place = registry.workspace.location(of: file)
                    guard let item = try OwnedTemporary.taking(place) else { continue }
                    taken.append((item, place))
                }
            }
        } catch {
            for (item, place) in taken.reversed() { try? item.putBack(to: place) }
            throw error
        }
        for (item, _) in taken { item.remove() }
        OwnedTemporary.removeAbandoned(in: registry.workspace.recordingsFolder)
        return removals
    }
}
