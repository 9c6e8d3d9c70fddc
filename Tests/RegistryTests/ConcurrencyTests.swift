import Foundation
import Recordings
import TestSupport
import Testing

@testable import Registry

/// Each thread has a connection of its own, as another process would.
@Suite struct ConcurrencyTests {
    private final class Outcomes: @unchecked Sendable {
        private let lock = NSLock()
        private var registrations: [String] = []

        func add(_ outcome: String) { lock.withLock { registrations.append(outcome) } }
        var sorted: [String] { lock.withLock { registrations.sorted() } }
    }

    private func inParallel(_ count: Int, _ body: @escaping @Sendable (Int) throws -> String) -> [String] {
        let outcomes = Outcomes()
        DispatchQueue.concurrentPerform(iterations: count) { index in
            outcomes.add(words { try body(index) }.replacingOccurrences(of: "no error, but ", with: ""))
        }
        return outcomes.sorted
    }

    private static func name(_ registration: Registration) -> String {
        switch registration {
        case .added: "added"
        case .unchanged: "unchanged"
        case .repaired: "repaired"
        case .revised: "revised"
        }
    }

    @Test func theSameRecordingIsAddedOnce() throws {
        let example = try Example()
        let path = example.workspace.path
        let outcomes = inParallel(8) { _ in
            Self.name(try SessionRegistry.open(path).register(.example(), content: "aaaa"))
        }
        #expect(outcomes == ["added"] + Array(repeating: "unchanged", count: 7))
        #expect(try example.registry.sessions(matching: .all).count == 1)
    }

    @Test func differentRecordingsAreAllAdded() throws {
        let example = try Example()
        let path = example.workspace.path
        let outcomes = inParallel(16) { index in
            Self.name(
                try SessionRegistry.open(path).register(.example("day-\(index)"), content: "\(index)"))
        }
        #expect(outcomes == Array(repeating: "added", count: 16))
        let sessions = try example.registry.sessions(matching: .all)
        #expect(sessions.count == 16)
        for session in sessions {
            #expect(try example.registry.trials(of: session).count == 4)
            #expect(try example.content(of: session.file) == session.contentHash)
        }
    }

    @Test func revisionsFromSeveralProcessesGetDifferentNumbersAndFiles() throws {
        let example = try Example()
        let path = example.workspace.path
        let outcomes = inParallel(6) { index in
            Self.name(
                try SessionRegistry.open(path).register(
                    .example(), content: "\(index)", asNewRevision: true))
        }
        #expect(outcomes == ["added"] + Array(repeating: "revised", count: 5))
        let revisions = try example.registry.revisions(ofSession: "jango-2016-06-26")
        #expect(revisions.map(\.revision) == Array(1...6))
        #expect(revisions.filter(\.isCurrent).map(\.revision) == [6])
        for revision in revisions {
            #expect(try example.content(of: revision.file) == revision.contentHash)
        }
    }

    @Test func oneOfSeveralGetsTheNameOfARun() throws {
        let example = try Example()
        let session = try example.registry.register(.example(), content: "aaaa").session
        let path = example.workspace.path
        let outcomes = inParallel(6) { index in
            try SessionRegistry.open(path).beginRun(
                "run", seed: index, settingsJSON: "{}", version: "1", sessions: [session]
            ).name
        }
        let refusal =
            "There is a run \"run\" already (running). Choose another name, or resume "
            + "this one."
        #expect(outcomes == Array(repeating: refusal, count: 5) + ["run"])
    }

    @Test(arguments: 0..<5) func oneWorkspaceIsCreatedBySeveral(_: Int) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/sessions"
        let outcomes = inParallel(6) { index in
            Self.name(
                try SessionRegistry.create(at: path).register(.example("day-\(index)"), content: "a"))
        }
        #expect(outcomes == Array(repeating: "added", count: 6))
    }

    @Test func readersGoOnWhileAnotherRegisters() throws {
        let example = try Example()
        try example.registry.register(.example("first"), content: "a")
        let other = try SessionRegistry.open(example.workspace.path)
        _ = try example.registry.register(.example("second"), contentHash: "b", fileHash: "b") { _ in
            // Not yet committed, so not yet to be seen.
            let visible = try other.sessions(matching: .all)
            #expect(visible.map(\.name) == ["first"])
        }
        #expect(try other.sessions(matching: .all).map(\.name) == ["first", "second"])
    }

    @Test func aWriterThatWaitsTooLongSaysSo() throws {
        let example = try Example()
        let impatient = try SessionRegistry(example.workspace, busyTimeout: 0.25)
        _ = try example.registry.register(.example("first"), contentHash: "a", fileHash: "a") { _ in
            #expect(
                words { try impatient.register(.example("second"), content: "b") }
                    == "\(example.workspace.registryFile) was in use by another process for more than "
                    + "0.25 s. Wait for it to end and try again.")
        }
        #expect(
            RegistryError.busy(path: "r", seconds: 10).description
                == "r was in use by another process for more than 10 s. "
                + "Wait for it to end and try again.")
    }
}
