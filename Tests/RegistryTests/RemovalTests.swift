import Foundation
import GRDB
import Recordings
import TestSupport
import Testing

@testable import Registry

@Suite("Sessions that leave the registry")
struct RemovalTests {
    private func withRegistry(_ body: (SessionRegistry) throws -> Void) throws {
        try withTemporaryFolder { try body(try SessionRegistry.create(at: $0 + "/sessions")) }
    }

    private func add(
        _ name: String, content: String, _ registry: SessionRegistry, revise: Bool = false
    ) throws {
        _ = try registry.register(
            .example(name), contentHash: content, fileHash: content, asNewRevision: revise
        ) { file in
            try Data(content.utf8).write(to: URL(fileURLWithPath: registry.workspace.location(of: file)))
        }
    }

    @Test("nobody needs it: all revisions go, and the name is free for anything")
    func free() throws {
        try withRegistry { registry in
            try add("a", content: "1", registry)
            try add("a", content: "2", registry, revise: true)
            try add("b", content: "3", registry)
            var files: [String] = []
            try registry.removeSessions(["a"], evenIfNeeded: false) { files = $0 }
            #expect(files == ["recordings/a.h5", "recordings/a.r2.h5"])
            #expect(try registry.sessions(matching: .all).map(\.name) == ["b"])
            #expect(try registry.allRevisions(ofSession: "a") == [])
            try add("a", content: "4", registry)
            #expect(try registry.session(named: "a").revision == 1)
        }
    }

    @Test("all or nothing, whatever stops it")
    func atomic() throws {
        struct Refusal: Error {}
        try withRegistry { registry in
            for name in ["a", "b"] { try add(name, content: name, registry) }
            #expect(throws: Refusal.self) {
                try registry.removeSessions(["a", "b"], evenIfNeeded: true) { _ in throw Refusal() }
            }
            #expect(throws: RegistryError.self) {
                try registry.removeSessions(["a", "c"], evenIfNeeded: true) { _ in }
            }
            #expect(try registry.sessions(matching: .all).map(\.name) == ["a", "b"])
        }
    }

    @Test("a run needs it: it is refused, or kept in mind until the same recording is registered again")
    func needed() throws {
        try withRegistry { registry in
            try add("a", content: "1", registry)
            _ = try registry.beginRun(
                "run", seed: 1, settingsJSON: "{}", version: "1", sessions: [registry.session(named: "a")])
            try add("a", content: "2", registry, revise: true)
            #expect(throws: RegistryError.sessionNeeded(session: "a", runs: ["run"])) {
                try registry.removeSessions(["a"], evenIfNeeded: false) { _ in }
            }
            try registry.removeSessions(["a"], evenIfNeeded: true) { _ in }
            #expect(throws: RegistryError.self) { try registry.session(named: "a") }
            #expect(try registry.sessions(matching: .all) == [])
            #expect(try registry.sessions(ofRun: "run").map(\.contentHash) == ["1"])
            #expect(try registry.allRevisions(ofSession: "a").map(\.revision) == [1])

            // Other content becomes another revision, the same content is the run's again.
            try add("a", content: "3", registry)
            #expect(try registry.session(named: "a").revision == 2)
            try registry.removeSessions(["a"], evenIfNeeded: true) { _ in }
            try add("a", content: "1", registry)
            let back = try registry.session(named: "a")
            #expect(back.revision == 1 && back.isCurrent && back.contentHash == "1")
            #expect(try registry.sessions(ofRun: "run") == [back])
        }
    }

    @Test("a deleted run takes all that was measured of it, and the run that extends it stays")
    func runs() throws {
        try withRegistry { registry in
            try add("a", content: "1", registry)
            let sessions = [try registry.session(named: "a")]
            try registry.beginSearch(
                "base", planJSON: "{}", seed: 1, settingsJSON: "{}", version: "1", sessions: sessions)
            try registry.recordSearchMembers(
                [
                    SearchMemberRecord(
                        generation: 1, member: 1, epochs: 1, seed: 1, origin: "begun", parent: nil,
                        settingsJSON: "{}", objective: 1, agreement: nil, problem: nil)
                ], ofRun: "base")
            try registry.recordEpochs([EpochMetrics(epoch: 0, values: ["x": 1])], ofRun: "base")
            try registry.recordEvaluation([("a", ["y": 2])], ofRun: "base", version: "1")
            _ = try registry.beginRun(
                "child", seed: 1, settingsJSON: "{}", version: "1", sessions: sessions, parent: "base")
            #expect(try registry.lineage(ofRun: "child").map(\.name) == ["child", "base"])
            #expect(try registry.children(ofRun: "base").map(\.name) == ["child"])
            try registry.removeRuns(
                ["base"],
                settled: { run, lineage in
                    #expect(run.name == "child" && lineage.map(\.name) == ["child", "base"])
                    return "{\"was\": 1}"
                })
            #expect(try registry.runs().map(\.name) == ["child"])
            #expect(try registry.run(named: "child").settingsJSON == "{\"was\": 1}")
            #expect(try registry.run(named: "child").parent == nil)
            for table in ["search", "search_member", "epoch_metric", "evaluation"] {
                let count = try registry.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
                #expect(count == 0, "\(table)")
            }
            try registry.renameRuns([("child", "base")]) {}
            #expect(try registry.runs().map(\.name) == ["base"])
        }
    }
}
