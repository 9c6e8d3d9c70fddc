import ArrayFiles
import Foundation
import Registry
import TestSupport
import Testing

@testable import Stitching

@Suite("Runs that are removed or renamed, and those that came of them")
struct RunRemovalTests {
    /// Runs `small` of two days, `small-third` with a third and `small-third-fourth` with a fourth one.
    private func withExtensions(_ body: (SessionRegistry, [String]) throws -> Void) throws {
        let days = try TrainedWorld.recordings(sessions: 4, units: [9, 7, 8, 9])
        try TrainedWorld.withRun(of: days) { registry, days in
            var options = ExtendJourney.Options(threads: 1)
            options.epochs = 0
            options.name = "third"
            _ = try ExtendJourney.extend(
                run: "small", by: days[2].session, in: registry, options: options)
            options.name = "fourth"
            _ = try ExtendJourney.extend(
                run: "third", by: days[3].session, in: registry, options: options)
            try body(registry, days.map(\.session))
        }
    }

    private func factors(_ run: String, _ session: String, _ registry: SessionRegistry) throws -> [Float] {
        let day = try TrainedRun(run, in: registry, threads: 1).day(session)
        return try day.infer(.factors).factors?.values ?? []
    }

    @Test("a run that extends a deleted one is whole, and still knows who joined when")
    func parents() throws {
        try withExtensions { registry, days in
            let before = try JoinedDay.all(ofRun: "fourth", in: registry)
            #expect(before.map(\.session) == [days[3], days[2]])
            let aligned = try RunAlignment(run: "fourth", in: registry)
            let values = try days.map { try factors("fourth", $0, registry) }

            let removals = try RunRemoval.remove(["third", "small"], in: registry)
            #expect(removals.map(\.run) == ["third", "small"])
            #expect(removals.map(\.children) == [["fourth"], []])
            #expect(removals.allSatisfy { $0.room.files >= 2 && $0.room.bytes > 1000 })
            #expect(try registry.runs().map(\.name) == ["fourth"])
            #expect(try names(in: registry.workspace.runsFolder) == ["fourth"])
            #expect(try JoinedDay.all(ofRun: "fourth", in: registry) == before)
            #expect(try days.map { try factors("fourth", $0, registry) } == values)
            let again = try RunAlignment(run: "fourth", in: registry)
            #expect(again.sessions.map(\.name) == aligned.sessions.map(\.name))
            #expect(again.shared.map(\.values) == aligned.shared.map(\.values))
            #expect(try registry.run(named: "fourth").parent == nil)
        }
    }

    @Test("deleted in the middle of a chain, the run before it stays the base of the one after it")
    func middle() throws {
        try withExtensions { registry, days in
            let before = try JoinedDay.all(ofRun: "fourth", in: registry)
            _ = try RunRemoval.remove(["third"], in: registry)
            #expect(try JoinedDay.all(ofRun: "fourth", in: registry) == before)
            #expect(try JoinedDay.all(ofRun: "small", in: registry) == [])
        }
    }

    @Test("a renamed run gives the same numbers, and those that extend it know its new name")
    func renamed() throws {
        try withExtensions { registry, days in
            let values = try factors("third", days[2], registry)
            let curve = LearningCurve(
                session: days[3], usedLabels: true,
                points: [.init(trainingTrials: 4, alignedBitsPerSpike: 0.1, bitsPerSpike: 0.2, epochs: 1)])
            let folder = RunFolder(registry.workspace, run: "third")
            try LearningCurveFile(
                run: "third", epochsDone: Checkpoint.readHeader(folder.checkpoint).epochsDone,
                session: days[3], contentHash: registry.session(named: days[3]).contentHash, curves: [curve]
            ).write(to: folder.learningCurve(of: days[3]))
            try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder.path)/notes.txt"))

            let renamings = try RunRenaming.rename("third", to: "other", in: registry)
            #expect(renamings.map(\.newName) == ["other"])
            #expect(try registry.runs().map(\.name) == ["small", "other", "fourth"])
            #expect(try names(in: registry.workspace.runsFolder) == ["fourth", "other", "small"])
            #expect(try factors("other", days[2], registry) == values)
            #expect(try registry.run(named: "fourth").parent == "other")
            #expect(try JoinedDay.all(ofRun: "fourth", in: registry).map(\.parent) == ["other", "small"])
            #expect(try LearningCurve.all(ofRun: "other", in: registry).curves == [curve])
            let other = RunFolder(registry.workspace, run: "other")
            #expect(try bytes(of: "\(other.path)/notes.txt") == Array("x".utf8))
            #expect(try RunVerification.all(in: registry, names: []).allSatisfy { $0.state == .sound })
        }
    }

    @Test("a run that is being trained is neither deleted nor renamed")
    func busy() throws {
        try TrainedWorld.withRun(of: try TrainedWorld.recordings()) { registry, _ in
            let folder = RunFolder(registry.workspace, run: "small")
            try folder.lock()
            #expect(throws: StitchingError.runIsBusy(run: "small")) {
                try RunRemoval.remove(["small"], in: registry)
            }
            #expect(throws: StitchingError.runIsBusy(run: "small")) {
                try RunRenaming.rename("small", to: "other", in: registry)
            }
            #expect(try registry.runs().map(\.name) == ["small"])
            withExtendedLifetime(folder) {}
        }
    }

    @Test("where the registry can't commit, every file is in its place again")
    func rolledBack() throws {
        struct Refusal: Error {}
        try withExtensions { registry, _ in
            let paths = try FileManager.default.subpathsOfDirectory(atPath: registry.workspace.path).sorted()
            // Another process keeps the registry locked, as far as a trigger can stand for it.
            #expect(throws: Refusal.self) {
                try registry.removeRuns(["small"], settled: JoinedDay.settled) { throw Refusal() }
            }
            #expect(throws: RegistryError.runExists("fourth", status: .finished)) {
                try RunRenaming.rename("small", to: "fourth", in: registry)
            }
            #expect(throws: RegistryError.self) { try RunRemoval.remove(["small", "nobody"], in: registry) }
            #expect(
                try FileManager.default.subpathsOfDirectory(atPath: registry.workspace.path).sorted() == paths
            )
            #expect(try registry.runs().map(\.name) == ["small", "third", "fourth"])
            #expect(try registry.run(named: "third").parent == "small")
        }
    }

    @Test("a run whose folder is gone holds its name no more, and can be deleted")
    func goneFolder() throws {
        try withExtensions { registry, days in
            let manager = FileManager.default
            for run in ["small", "third"] {
                try manager.removeItem(atPath: registry.workspace.runFolder(run))
            }
            #expect(
                try RunVerification.all(in: registry, names: []).compactMap(\.problem)
                    == ["the run's folder is gone", "the run's folder is gone"])
            let removed = try RunRemoval.remove(["third"], in: registry)
            #expect(removed.map(\.room.bytes) == [0])
            var plan = try TrainedWorld.manifest()
            plan.sessions = .names([days[0]])
            try registry.stitch(plan)
            #expect(try registry.sessions(ofRun: "small").map(\.name) == [days[0]])
            #expect(try registry.runs().map(\.name) == ["fourth", "small"])
            // Its own days are those that it had; the new run of the old name has nothing to do with it.
            #expect(try JoinedDay.all(ofRun: "fourth", in: registry).map(\.session) == [days[3], days[2]])
            #expect(throws: RegistryError.runExists("small", status: .finished)) { try registry.stitch(plan) }
        }
    }

    @Test("a run whose folder is removed while it is trained saves nothing among the files of the next one")
    func removedInTraining() throws {
        try TrainedWorld.withRun(of: try TrainedWorld.recordings()) { registry, _ in
            let path = registry.workspace.runFolder("again")
            let plan = try TrainedWorld.manifest(run: "again")
            var begun = false
            func removeAndBeginAgain() {
                guard !begun else { return }
                begun = true
                try? FileManager.default.removeItem(atPath: path)
                _ = try? registry.stitch(plan)
            }
            #expect(throws: StitchingError.folderTaken(run: "again", path: path)) {
                try registry.stitch(plan, report: { if case .epoch = $0 { removeAndBeginAgain() } })
            }
            let runs = try registry.runs()
            #expect(runs.map(\.name) == ["small", "again"])
            #expect(runs.map(\.status) == [.finished, .finished])
            let files = try RunVerification.all(in: registry, names: [])
            #expect(files.allSatisfy { $0.state == .sound })
        }
    }

    @Test("a folder that something interrupted left is told, and can be deleted")
    func leftOver() throws {
        try withExtensions { registry, _ in
            let path = registry.workspace.runFolder("stray")
            try FileManager.default.copyItem(atPath: registry.workspace.runFolder("small"), toPath: path)
            let found = try RunVerification.all(in: registry, names: []).filter { $0.problem != nil }
            #expect(found.map(\.run) == ["stray"])
            #expect(throws: StitchingError.strayFolder(run: "stray", path: path)) {
                try RunRenaming.rename("small", to: "stray", in: registry)
            }
            #expect(try RunRemoval.remove(["stray"], in: registry).map(\.status) == [nil])
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(throws: RegistryError.self) { try RunRemoval.remove(["../recordings"], in: registry) }
        }
    }

    @Test("an unfinished run that starts from another one keeps it")
    func startFrom() throws {
        try TrainedWorld.withRun(of: try TrainedWorld.recordings()) { registry, days in
            var plan = try TrainedWorld.manifest(run: "on")
            plan.startFrom = "small"
            var epochs = 0
            try registry.stitch(
                plan, report: { if case .epoch = $0 { epochs += 1 } }, shouldStop: { epochs == 1 })
            #expect(throws: RegistryError.runNeeded("small", by: ["on"])) {
                try RunRemoval.remove(["small"], in: registry)
            }
            #expect(throws: RegistryError.runNeeded("small", by: ["on"])) {
                try RunRenaming.rename("small", to: "other", in: registry)
            }
            try registry.stitch(plan, resume: true)
            _ = try RunRemoval.remove(["small"], in: registry)
            #expect(try registry.runs().map(\.name) == ["on"])
            _ = try TrainedRun("on", in: registry).day(days[0].session)
        }
    }
}
