import Foundation
import GRDB
import TestSupport
import Testing

@testable import Registry

@Suite struct SchemaTests {
    /// A workspace whose registry is what the first released version would have left.
    private func firstVersion() throws -> (TemporaryFolder, Workspace) {
        let folder = try TemporaryFolder()
        let workspace = Workspace(folder.path)
        let queue = try DatabaseQueue(path: workspace.registryFile)
        try queue.inDatabase { try $0.execute(sql: firstVersionDatabase) }
        try queue.close()
        return (folder, workspace)
    }

    private func definitions(_ workspace: Workspace) throws -> [String] {
        try DatabaseQueue(path: workspace.registryFile).read { connection in
            try String.fetchAll(
                connection,
                sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name")
        }
    }

    @Test func aRegistryOfTheFirstVersionIsReadInFull() throws {
        let (folder, _) = try firstVersion()
        let registry = try SessionRegistry.open(folder.path)
        let sessions = try registry.sessions(matching: .all)
        #expect(sessions.map(\.name) == ["jango-1", "jango-2"])
        #expect(sessions.map(\.revision) == [2, 1])
        #expect(sessions[0].subject == "Jango" && sessions[0].contentHash == "cafe")
        #expect(try registry.units(of: sessions[0]).map(\.meanRateHz) == [12.5, nil])
        #expect(try registry.trials(of: sessions[0]).map(\.condition) == ["left", nil])
        #expect(try registry.provenance(of: sessions[0]) == ["source": "x.h5"])
        #expect(try registry.runs().map(\.parent) == [nil, "first"])
        #expect(try registry.sessions(ofRun: "first").map(\.revision) == [1, 1])
        #expect(try registry.epochMetrics(ofRun: "first").map(\.epoch) == [0, 1])
    }

    /// A released step of the schema is never edited: registries made by it are out there.
    @Test func theFirstVersionIsFrozen() throws {
        let (_, old) = try firstVersion()
        let folder = try TemporaryFolder()
        let new = Workspace(folder.path)
        _ = try SessionRegistry(new, versions: Array(RegistrySchema.versions.prefix(1)))
        let released = try definitions(old)
        #expect(try definitions(new) == released)
        #expect(released.count == 13)
    }

    /// What version 0.2.0 left: both steps that it knew, and figures.
    private func secondVersion() throws -> (TemporaryFolder, Workspace) {
        let (folder, workspace) = try firstVersion()
        _ = try SessionRegistry(workspace, versions: Array(RegistrySchema.versions.prefix(2)))
        let queue = try DatabaseQueue(path: workspace.registryFile)
        try queue.inDatabase {
            try $0.execute(
                sql: """
                    INSERT INTO evaluation VALUES
                        (1, 2, 'bits_per_spike', 0.25, '0.2.0', '2026-11-26T00:00:00Z')
                    """)
        }
        try queue.close()
        return (folder, workspace)
    }

    @Test func aRegistryOfTheSecondVersionLearnsOfTestTrialsAndLosesNothing() throws {
        let (folder, _) = try secondVersion()
        let registry = try SessionRegistry.open(folder.path)
        let session = try registry.session(named: "jango-1")
        #expect(session.testTrialCount == 0)
        let trials = try registry.trials(of: session)
        #expect(trials.map(\.identifier) == [10, 11] && trials.map(\.split) == [.train, .valid])
        #expect(trials.map(\.condition) == ["left", nil] && trials.map(\.position) == [0, 1])
        let figures = try registry.evaluation(ofRun: "first")
        #expect(figures.map(\.figures) == [["bits_per_spike": 0.25]])
        #expect(figures.map(\.part) == [.valid] && figures[0].version == "0.2.0")
        // Trials still go with their session.
        try registry.write {
            try $0.execute(sql: "UPDATE trial SET split = 'test' WHERE identifier = 11")
        }
        #expect(try registry.trials(of: session).map(\.split) == [.train, .test])
        let left = try registry.write {
            try $0.execute(sql: "DELETE FROM run_session; DELETE FROM session WHERE id = 3")
            return try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM trial")
        }
        #expect(left == 0)
    }

    /// What was there before searches were known: its runs come from none, and new ones can.
    @Test func theThirdVersionLearnsSearches() throws {
        let (folder, workspace) = try secondVersion()
        _ = try SessionRegistry(workspace, versions: Array(RegistrySchema.versions.prefix(3)))
        let registry = try SessionRegistry.open(folder.path)
        #expect(try registry.search(ofRun: "first") == nil)
        let sessions = try registry.sessions(matching: .all)
        try registry.beginSearch(
            "found", planJSON: "{}", seed: 1, settingsJSON: "{}", version: "0.2.0", sessions: sessions)
        var member = SearchMemberRecord(
            generation: 1, member: 1, epochs: 4, seed: 1, origin: "begun", parent: nil, settingsJSON: "{}",
            objective: 0.25, agreement: nil, problem: nil)
        try registry.recordSearchMembers([member], ofRun: "found")
        // Once more, as after a kill: replaced, not doubled.
        member = SearchMemberRecord(
            generation: 1, member: 1, epochs: 4, seed: 1, origin: "begun", parent: nil, settingsJSON: "{}",
            objective: 0.5, agreement: 0.9, problem: nil)
        try registry.recordSearchMembers([member], ofRun: "found")
        #expect(try registry.searchMembers(ofRun: "found") == [member])
        try registry.finishSearch(
            "found", winner: 1, comparisonJSON: "{\"part\": \"test\"}", seed: 3, settingsJSON: "{\"a\": 1}",
            epochs: [EpochMetrics(epoch: 0, values: ["valid_recon": 1.5])], bestEpoch: 0)
        #expect(
            try registry.search(ofRun: "found")
                == SearchRecord(
                    run: "found", planJSON: "{}", winner: 1, comparisonJSON: "{\"part\": \"test\"}"))
        let run = try registry.run(named: "found")
        #expect(
            run.status == .finished && run.seed == 3 && run.settingsJSON == "{\"a\": 1}" && run.lastEpoch == 0
        )
    }

    /// However a registry came to the last step, it is the same.
    @Test func aMigratedRegistryIsWhatANewOneIs() throws {
        let (folder, old) = try secondVersion()
        _ = try SessionRegistry.open(folder.path)
        let fresh = try TemporaryFolder()
        let new = Workspace(fresh.path)
        _ = try SessionRegistry(new, versions: RegistrySchema.versions)
        #expect(try definitions(old) == definitions(new))
    }

    @Test func openingAnUpToDateRegistryWritesNothing() throws {
        let example = try Example()
        try example.registry.register(.example(), content: "aaaa")
        let before = try bytes(of: example.workspace.registryFile)
        _ = try SessionRegistry.open(example.workspace.path)
        _ = try SessionRegistry.create(at: example.workspace.path)
        #expect(try bytes(of: example.workspace.registryFile) == before)
        #expect(try example.registry.sessions(matching: .all).count == 1)
    }

    private let later =
        RegistrySchema.versions + [
            SchemaVersion(
                identifier: "v5",
                sql: "ALTER TABLE session ADD COLUMN note TEXT; UPDATE session SET note = name;")
        ]

    @Test func anOlderRegistryIsBroughtUpToDate() throws {
        let (_, workspace) = try firstVersion()
        let registry = try SessionRegistry(workspace, versions: later)
        #expect(try registry.sessions(matching: .all).count == 2)
        let notes = try registry.read {
            try String.fetchAll($0, sql: "SELECT note FROM session ORDER BY id")
        }
        #expect(notes == ["jango-1", "jango-2", "jango-1"])
        // Again: nothing left to do.
        let before = try bytes(of: workspace.registryFile)
        _ = try SessionRegistry(workspace, versions: later)
        #expect(try bytes(of: workspace.registryFile) == before)
    }

    @Test func aStepThatFailsLeavesTheRegistryAsItWas() throws {
        let (folder, workspace) = try firstVersion()
        let broken =
            RegistrySchema.versions + [
                SchemaVersion(identifier: "v5", sql: "DROP TABLE trial; SELECT nonsense;")
            ]
        #expect(
            words { try SessionRegistry(workspace, versions: broken) }
                == "The registry \(workspace.registryFile) reports: no such column: nonsense.")
        let registry = try SessionRegistry.open(folder.path)
        let session = try registry.session(named: "jango-1")
        #expect(try registry.trials(of: session).count == 2)
    }

    @Test func aRegistryOfANewerVersionIsLeftAlone() throws {
        let (folder, workspace) = try firstVersion()
        _ = try SessionRegistry(workspace, versions: later)
        let before = try bytes(of: workspace.registryFile)
        let message =
            "\(workspace.registryFile) was written by a newer neurostitch (schema v5; this one knows "
            + "up to v4). Install that version; nothing was changed."
        #expect(words { try SessionRegistry.open(folder.path) } == message)
        #expect(words { try SessionRegistry.create(at: folder.path) } == message)
        #expect(try bytes(of: workspace.registryFile) == before)
    }

    @Test func foreignKeysAndChecksAreEnforced() throws {
        let (folder, _) = try firstVersion()
        let registry = try SessionRegistry.open(folder.path)
        let path = registry.workspace.registryFile
        func outcome(_ sql: String) -> String {
            words { try registry.write { try $0.execute(sql: sql) } }
                .replacingOccurrences(of: "The registry \(path) reports: ", with: "")
        }
        #expect(
            outcome("INSERT INTO trial VALUES (99, 0, 1, NULL, 'train')")
                == "FOREIGN KEY constraint failed.")
        // A session that a run was trained on can't vanish.
        #expect(outcome("DELETE FROM session WHERE id = 1") == "FOREIGN KEY constraint failed.")
        #expect(
            outcome("UPDATE session SET is_current = 1")
                == "UNIQUE constraint failed: session.name.")
        #expect(
            outcome("UPDATE session SET revision = 1 WHERE id = 3")
                == "UNIQUE constraint failed: session.name, session.revision.")
        #expect(
            outcome("UPDATE unit SET mean_rate_hz = 'much'")
                == "cannot store TEXT value in REAL column unit.mean_rate_hz.")
        #expect(
            outcome("UPDATE trial SET split = 'spare'")
                == "CHECK constraint failed: split IN ('train', 'valid', 'test').")
    }
}
