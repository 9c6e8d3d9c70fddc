import GRDB
import Testing

@testable import Registry

/// What `evaluate` found last, beside its run.
@Suite struct EvaluationRecordTests {
    private func example() throws -> Example {
        let example = try Example()
        let sessions = try ["b", "a"].map {
            try example.registry.register(.example($0), content: $0).session
        }
        _ = try example.registry.beginRun(
            "jango", seed: 7, settingsJSON: "{}", version: "1", sessions: sessions)
        return example
    }

    @Test func aRunHasNoFiguresBeforeItIsEvaluated() throws {
        let registry = try example().registry
        #expect(try registry.evaluation(ofRun: "jango").isEmpty)
        #expect(throws: RegistryError.self) { try registry.evaluation(ofRun: "janko") }
    }

    @Test func figuresComeBackInTheRunsOrderAndTheLastOnesCount() throws {
        let registry = try example().registry
        try registry.recordEvaluation(
            [("a", ["bits": 0.1, "old": 3]), ("b", ["bits": 1.0 / 3, "none": .nan])], ofRun: "jango",
            version: "0.9")
        try registry.recordEvaluation(
            [("a", ["bits": 0.25]), ("b", ["bits": 1.0 / 3, "none": .infinity])], ofRun: "jango",
            version: "1.0", part: .test)
        let found = try registry.evaluation(ofRun: "jango")
        #expect(found.map(\.session) == ["b", "a"])
        #expect(found.map(\.figures) == [["bits": 1.0 / 3], ["bits": 0.25]])
        #expect(found.map(\.part) == [.test, .test])
        #expect(found.allSatisfy { $0.version == "1.0" && $0.evaluatedAt.hasSuffix("Z") })
    }

    @Test func sessionsOfOtherRunsTakeNoFigures() throws {
        let example = try example()
        try example.registry.register(.example("c"), content: "c")
        try example.registry.recordEvaluation([("c", ["bits": 1])], ofRun: "jango", version: "1")
        #expect(try example.registry.evaluation(ofRun: "jango").isEmpty)
    }

    /// A newer revision of a day is not what the run was trained on.
    @Test func figuresBelongToTheRevisionOfTheRun() throws {
        let example = try example()
        try example.registry.register(.example("a"), content: "new", asNewRevision: true)
        try example.registry.recordEvaluation([("a", ["bits": 1])], ofRun: "jango", version: "1")
        #expect(try example.registry.evaluation(ofRun: "jango").map(\.session) == ["a"])
        let revisions = try example.registry.read {
            try Int.fetchAll(
                $0,
                sql: """
                    SELECT revision FROM evaluation JOIN session ON session.id = session_id
                    """)
        }
        #expect(revisions == [1])
    }
}
