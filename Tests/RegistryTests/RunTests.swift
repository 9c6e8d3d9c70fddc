import Foundation
import TestSupport
import Testing

@testable import Registry

@Suite struct RunTests {
    private func example() throws -> (Example, [SessionRecord]) {
        let example = try Example()
        let sessions = try ["b", "a"].map {
            try example.registry.register(.example($0), content: $0).session
        }
        return (example, sessions)
    }

    private func begin(
        _ name: String, _ example: Example, _ sessions: [SessionRecord], parent: String? = nil
    ) throws -> RunRecord {
        try example.registry.beginRun(
            name, seed: 7, settingsJSON: #"{"epochs": 300}"#, version: "1.2.3", sessions: sessions,
            parent: parent)
    }

    @Test func aRunFromBeginningToEnd() throws {
        let (example, sessions) = try example()
        let begun = try begin("jango", example, sessions)
        #expect(begun.status == .running && begun.seed == 7 && begun.version == "1.2.3")
        #expect(begun.settingsJSON == #"{"epochs": 300}"#)
        #expect(begun.finishedAt == nil && begun.bestEpoch == nil && begun.message == nil)
        #expect(begun.parent == nil && begun.sessionCount == 2 && begun.lastEpoch == nil)
        #expect(try example.registry.run(named: "jango") == begun)

        let stopped = try example.registry.finishRun("jango", as: .interrupted, message: "Ctrl-C")
        #expect(stopped.status == .interrupted && stopped.message == "Ctrl-C")
        #expect(stopped.finishedAt != nil)
        #expect(try example.registry.resumeRun("jango") == begun)
        // A process that died leaves its run as running.
        #expect(try example.registry.resumeRun("jango") == begun)

        let finished = try example.registry.finishRun("jango", as: .finished, bestEpoch: 250)
        #expect(finished.status == .finished && finished.bestEpoch == 250)
        #expect(finished.message == nil)
        let time = try #require(finished.finishedAt)
        #expect(
            words { try example.registry.resumeRun("jango") }
                == "Run \"jango\" finished at \(time); there is nothing left to resume. "
                + "Start a run under another name.")

        let extended = try begin("jango-more", example, sessions, parent: "jango")
        #expect(extended.parent == "jango")
        #expect(try example.registry.runs() == [finished, extended])
    }

    @Test func aRunKeepsItsRevisionsAndTheirOrder() throws {
        let (example, sessions) = try example()
        _ = try begin("jango", example, sessions)
        try example.registry.register(.example("b"), content: "new", asNewRevision: true)
        let trained = try example.registry.sessions(ofRun: "jango")
        #expect(trained.map(\.name) == ["b", "a"])
        #expect(trained.map(\.contentHash) == ["b", "a"])
        #expect(trained.map(\.isCurrent) == [false, true])
    }

    @Test func whatARunCannotBeginWith() throws {
        let (example, sessions) = try example()
        _ = try begin("jango", example, sessions)
        let taken = "There is a run \"jango\" already "
        #expect(
            words { try begin("jango", example, sessions) }
                == taken + "(running). Choose another name, or resume this one.")
        try example.registry.finishRun("jango", as: .failed)
        #expect(
            words { try begin("jango", example, sessions) }
                == taken + "(failed). Choose another name, or resume this one.")
        try example.registry.finishRun("jango", as: .finished)
        #expect(
            words { try begin("jango", example, sessions) }
                == taken + "(finished). Choose another name.")

        #expect(
            words { try begin(".x", example, sessions) }
                == "A run can't be named \".x\": it starts with a dot.")
        #expect(
            words { try begin("x", example, []) }
                == "Run \"x\" has no sessions; a run needs at least one.")
        #expect(
            words { try begin("x", example, sessions + [sessions[0]]) }
                == "Run \"x\" names session \"b\" more than once; keep one.")
        #expect(
            words {
                try example.registry.beginRun(
                    "x", seed: 0, settingsJSON: "{", version: "1", sessions: sessions)
            } == "The settings of run \"x\" are not valid JSON.")
        #expect(
            words { try begin("x", example, sessions, parent: "jang") }
                == "There is no run \"jang\" among the 1 there are; nearest: \"jango\".")
        // Sessions that are not in this registry: nothing of the run remains.
        let stranger = try Example().registry.register(.example("c"), content: "c").session
        #expect(
            words { try begin("x", example, sessions + [stranger]) }
                == "Session \"c\" is not among the 2 registered.")
        #expect(try example.registry.runs().map(\.name) == ["jango"])
    }

    @Test func unknownRuns() throws {
        let (example, sessions) = try example()
        let registry = example.registry
        #expect(
            words { try registry.run(named: "x") }
                == "There is no run \"x\": no run has been started yet.")
        for name in ["jango-1", "jango-2", "chewie", "other"] { _ = try begin(name, example, sessions) }
        let message =
            "There is no run \"jango-3\" among the 4 there are; nearest: \"jango-1\", \"jango-2\", "
            + "\"chewie\"."
        #expect(words { try registry.run(named: "jango-3") } == message)
        #expect(words { try registry.resumeRun("jango-3") } == message)
        #expect(words { try registry.finishRun("jango-3", as: .failed) } == message)
        #expect(words { try registry.sessions(ofRun: "jango-3") } == message)
        #expect(words { try registry.epochMetrics(ofRun: "jango-3") } == message)
        #expect(words { try registry.recordEpochs([], ofRun: "jango-3") } == message)
        #expect(words { try registry.deleteEpochs(ofRun: "jango-3", after: 0) } == message)
    }

    @Test func epochMetrics() throws {
        let (example, sessions) = try example()
        let registry = example.registry
        _ = try begin("jango", example, sessions)
        _ = try begin("other", example, sessions)
        #expect(try registry.epochMetrics(ofRun: "jango") == [])
        let epochs = (0..<4).map {
            EpochMetrics(epoch: $0, values: ["train": Double($0) + 0.1, "valid": 1 / 3])
        }
        try registry.recordEpochs([epochs[2], epochs[0]], ofRun: "jango")
        try registry.recordEpochs([epochs[1], epochs[3]], ofRun: "jango")
        try registry.recordEpochs([EpochMetrics(epoch: 9, values: ["valid": 5])], ofRun: "other")
        #expect(try registry.epochMetrics(ofRun: "jango") == epochs)
        #expect(try registry.run(named: "jango").lastEpoch == 3)

        // Again with other values: replaced, the others kept.
        try registry.recordEpochs([EpochMetrics(epoch: 1, values: ["train": -.infinity])], ofRun: "jango")
        #expect(
            try registry.epochMetrics(ofRun: "jango")[1].values == ["train": -.infinity, "valid": 1 / 3])
        try registry.recordEpochs([EpochMetrics(epoch: 3, values: ["kl": .nan])], ofRun: "jango")
        let named = try registry.epochMetrics(ofRun: "jango", names: ["kl"])
        #expect(named.map(\.epoch) == [3])
        #expect(named.first?.values["kl"]?.isNaN == true)
        #expect(try registry.epochMetrics(ofRun: "jango", names: ["none"]) == [])

        try registry.deleteEpochs(ofRun: "jango", after: 1)
        #expect(try registry.epochMetrics(ofRun: "jango").map(\.epoch) == [0, 1])
        try registry.deleteEpochs(ofRun: "jango", after: -1)
        #expect(try registry.epochMetrics(ofRun: "jango") == [])
        #expect(try registry.epochMetrics(ofRun: "other").map(\.epoch) == [9])
    }

    @Test func recordsAreJSON() throws {
        let (example, sessions) = try example()
        let run = try begin("jango", example, sessions)
        func again<Value: Codable>(_ value: Value) throws -> Value {
            try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(value))
        }
        #expect(try again(run) == run)
        #expect(try again(sessions) == sessions)
        let units = try example.registry.units(of: sessions[0])
        #expect(try again(units) == units)
    }
}
