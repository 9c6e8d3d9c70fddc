import ArrayFiles
import Foundation
import GRDB
import Messages
public import Recordings

extension SessionRegistry {
    /// Puts a recording into the registry, all of it or nothing.
    ///
    /// Whether it is new is decided, written and committed in one transaction, so that two processes
    /// can't both add it. The canonical file has to be complete (and on the disk) under a temporary
    /// name before; `placeFile` gives it its final name as the last step before the commit. An
    /// interruption between the two leaves a file that no row names, which the next registration
    /// replaces; never a row without its file.
    ///
    /// Content that is registered already changes nothing if the file of that revision is sound. If it
    /// is missing or damaged, the new file takes its place. That holds for the current revision, and,
    /// unless a revision is asked for, for older ones, which runs may still stand on.
    ///
    /// - Parameters:
    ///   - recording: what is entered: names, units, trials; its arrays are in the canonical file.
    ///   - contentHash: of what was recorded; decides whether a recording is the same.
    ///   - fileHash: of the bytes of the canonical file.
    ///   - asNewRevision: keep what is registered under this name and put the new content before it.
    ///   - placeFile: gets the final place, relative to the workspace. Isn't called for `.unchanged`.
    /// - Throws: `RegistryError.contentDiffers` if the name is taken by other content and no revision
    ///   was asked for; other `RegistryError`s; whatever `placeFile` throws.
    public func register(
        _ recording: Recording, contentHash: String, fileHash: String, asNewRevision: Bool = false,
        placeFile: (_ file: String) throws -> Void
    ) throws -> Registration {
        try Self.check(recording)
        let units = Self.units(of: recording)
        let provenance = try Self.json(recording.provenance)
        return try write { connection in
            let revision: Int
            let file: String
            var replaced: SessionRecord?
            switch try decide(recording.session, contentHash, asNewRevision, connection) {
            case .unchanged(let session):
                return .unchanged(session)
            case .repair(let session):
                let repaired = try Self.update(session, fileHash, provenance, connection)
                try placeFile(session.file)
                return .repaired(repaired)
            case .add(let newFile):
                (revision, file) = (try Self.nextRevision(of: recording.session, connection), newFile)
            case .revise(let session, let newRevision, let newFile):
                (revision, file, replaced) = (newRevision, newFile, session)
                try connection.execute(
                    sql: "UPDATE session SET is_current = 0 WHERE name = ? AND is_current = 1",
                    arguments: [recording.session])
            }
            let session = SessionRecord(
                name: recording.session, revision: revision, isCurrent: true,
                subject: recording.subject, date: recording.date, array: recording.array,
                signal: recording.signal, binMilliseconds: recording.binMilliseconds,
                binCount: recording.binCount, encodedBinCount: recording.encodedBinCount,
                unitCount: recording.units.count, trialCount: recording.trialCount,
                testTrialCount: recording.trialIndices(.test).count,
                conditionCount: Set(recording.trials.compactMap(\.condition)).count,
                contentHash: contentHash, fileHash: fileHash, file: file, registeredAt: Self.now)
            let identifier = try Self.insert(session, provenance: provenance, connection)
            try Self.insert(units, ofSession: identifier, connection)
            try Self.insert(recording.trials, ofSession: identifier, connection)
            try placeFile(file)
            return replaced.map { .revised(session, replacing: $0) } ?? .added(session)
        }
    }

    /// Puts a recording into the registry together with its canonical file, all of it or nothing: the file,
    /// which lies complete and on the disk under a temporary name, is renamed into its place. Otherwise as
    /// the other `register`.
    ///
    /// - Parameters:
    ///   - hashed: the recording with the hash of its content.
    ///   - temporary: the canonical file, in the file system of the workspace. It stays where it is for
    ///     `.unchanged` and on errors.
    ///   - asNewRevision: keep what is registered under this name and put the new content before it.
    /// - Throws: `RegistryError`; `ArrayFileError` where the file can't be read or renamed.
    public func register(
        _ hashed: HashedRecording, canonicalFile temporary: String, asNewRevision: Bool = false
    ) throws -> Registration {
        try register(
            hashed.recording, contentHash: hashed.contentHash,
            fileHash: try files.hashes.hash(ofFile: temporary), asNewRevision: asNewRevision
        ) { file in
            try AtomicFile.move(temporary, to: workspace.location(of: file))
        }
    }

    /// What `register` would do now. Another process may come in between; `register` decides anew.
    /// - Throws: `RegistryError.contentDiffers`, `.unsuitableSessionName`
    public func decision(
        for name: String, contentHash: String, asNewRevision: Bool = false
    ) throws -> RegistrationDecision {
        if let problem = FileSafeName.problem(withSession: name) {
            throw RegistryError.unsuitableSessionName(name, problem: problem)
        }
        return try read { try decide(name, contentHash, asNewRevision, $0) }
    }

    private func decide(
        _ name: String, _ contentHash: String, _ asNewRevision: Bool, _ connection: Database
    ) throws -> RegistrationDecision {
        guard let current = try Self.currentSession(named: name, connection) else {
            // It may have been removed, and runs that were trained on it know it still.
            if let known = try Self.revisions(named: name, contentHash: contentHash, connection).last {
                return .repair(known)
            }
            return .add(
                file: Workspace.recordingFile(
                    session: name, revision: try Self.nextRevision(of: name, connection)))
        }
        if current.contentHash == contentHash {
            return isSound(current) ? .unchanged(current) : .repair(current)
        }
        guard asNewRevision else {
            let older = try Self.revisions(named: name, contentHash: contentHash, connection)
            if let damaged = older.first(where: { !isSound($0) }) {
                return .repair(damaged)
            }
            throw RegistryError.contentDiffers(
                session: name, revision: current.revision, registered: current.contentHash,
                offered: contentHash)
        }
        let revision = try Self.nextRevision(of: name, connection)
        return .revise(
            current, revision: revision,
            file: Workspace.recordingFile(session: name, revision: revision))
    }

    private static func check(_ recording: Recording) throws {
        if let problem = FileSafeName.problem(withSession: recording.session) {
            throw RegistryError.unsuitableSessionName(recording.session, problem: problem)
        }
        guard CalendarDay(recording.date) != nil else {
            throw RegistryError.invalidDate(session: recording.session, found: recording.date)
        }
        guard !recording.subject.isEmpty else {
            throw RegistryError.emptySubject(session: recording.session)
        }
        try requirePrintable(recording)
    }

    /// What tables show of a recording comes from files: an end of line would break them, and a terminal
    /// obeys control characters.
    private static func requirePrintable(_ recording: Recording) throws {
        let texts =
            [("subject", recording.subject), ("array", recording.array ?? "")]
            + recording.units.map { ("unit's name", $0.name) }
            + recording.trials.map { ("label of a trial", $0.condition ?? "") }
            + recording.behaviorNames.map { ("behaviour channel's name", $0) }
            + recording.externalInputNames.map { ("external input's name", $0) }
        for (what, text) in texts {
            guard let scalar = text.unicodeScalars.first(where: \.isControl) else { continue }
            let shown = text.unicodeScalars.map { $0.isControl ? "?" : String($0) }.joined()
            let digits = String(scalar.value, radix: 16, uppercase: true)
            throw RegistryError.controlCharacter(
                session: recording.session, what: what, found: shown,
                scalar: String(repeating: "0", count: max(0, 4 - digits.count)) + digits)
        }
    }

    private static func json(_ provenance: [String: String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(provenance), as: UTF8.self)
    }

    /// With the mean rates of counts.
    private static func units(of recording: Recording) -> [UnitRecord] {
        let rates = recording.signal == .counts ? recording.meanRatesHz() : nil
        return recording.units.enumerated().map { position, unit in
            UnitRecord(
                position: position, name: unit.name, meanRateHz: rates?[position],
                isHeldOut: unit.heldOut)
        }
    }

    // MARK: Rows

    private static func revisions(
        named name: String, contentHash: String, _ connection: Database
    ) throws -> [SessionRecord] {
        try Row.fetchAll(
            connection,
            sql: SessionRecord.query
                + " WHERE session.name = ? AND content_hash = ? ORDER BY revision",
            arguments: [name, contentHash]
        ).map(SessionRecord.init)
    }

    /// The file that replaces a damaged one may come from another source than the first.
    private static func update(
        _ session: SessionRecord, _ fileHash: String, _ provenance: String, _ connection: Database
    ) throws -> SessionRecord {
        try connection.execute(
            sql: "UPDATE session SET file_hash = ?, provenance = ? WHERE name = ? AND revision = ?",
            arguments: [fileHash, provenance, session.name, session.revision])
        // It is the current one again, if the session was removed while runs needed it.
        try connection.execute(
            sql: """
                UPDATE session SET is_current = 1 WHERE name = ?1 AND revision = ?2
                    AND NOT EXISTS (SELECT 1 FROM session WHERE name = ?1 AND is_current = 1)
                """, arguments: [session.name, session.revision])
        return try currentSession(named: session.name, connection).flatMap {
            $0.revision == session.revision ? $0 : nil
        }
            ?? {
                var repaired = session
                repaired.fileHash = fileHash
                return repaired
            }()
    }

    /// Numbers of revisions that runs know are not given again.
    private static func nextRevision(of name: String, _ connection: Database) throws -> Int {
        let last = try Int.fetchOne(
            connection, sql: "SELECT max(revision) FROM session WHERE name = ?", arguments: [name])
        return (last ?? 0) + 1
    }

    private static func insert(
        _ session: SessionRecord, provenance: String, _ connection: Database
    ) throws -> Int64 {
        try connection.execute(
            sql: "INSERT INTO subject (name) VALUES (?) ON CONFLICT DO NOTHING",
            arguments: [session.subject])
        try connection.execute(
            sql: """
                INSERT INTO session (name, revision, is_current, subject_id, date, array, signal,
                    bin_ms, bin_count, encoded_bin_count, unit_count, trial_count,
                    test_trial_count, condition_count, content_hash, file_hash, file, provenance,
                    registered_at)
                VALUES (?, ?, 1, (SELECT id FROM subject WHERE name = ?), ?, ?, ?, ?, ?, ?, ?, ?, ?,
                    ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                session.name, session.revision, session.subject, session.date, session.array,
                session.signal.rawValue, session.binMilliseconds, session.binCount,
                session.encodedBinCount, session.unitCount, session.trialCount,
                session.testTrialCount, session.conditionCount, session.contentHash, session.fileHash,
                session.file,
                provenance, session.registeredAt,
            ])
        return connection.lastInsertedRowID
    }

    private static func insert(
        _ units: [UnitRecord], ofSession session: Int64, _ connection: Database
    ) throws {
        let statement = try connection.cachedStatement(
            sql: """
                INSERT INTO unit (session_id, position, name, mean_rate_hz, held_out)
                VALUES (?, ?, ?, ?, ?)
                """)
        for unit in units {
            try statement.execute(
                arguments: [session, unit.position, unit.name, unit.meanRateHz, unit.isHeldOut])
        }
    }

    private static func insert(
        _ trials: [Recording.Trial], ofSession session: Int64, _ connection: Database
    ) throws {
        let statement = try connection.cachedStatement(
            sql: """
                INSERT INTO trial (session_id, position, identifier, condition, split)
                VALUES (?, ?, ?, ?, ?)
                """)
        for (position, trial) in trials.enumerated() {
            try statement.execute(
                arguments: [session, position, trial.identifier, trial.condition, trial.split.rawValue])
        }
    }
}
