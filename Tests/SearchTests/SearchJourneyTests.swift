import Foundation
import Recordings
import Registry
import Stitching
import Synchronization
import TestSupport
import Testing

@testable import Search

/// A search gives the same run whatever threads it has and wherever it was stopped.
@Suite struct SearchJourneyTests {
    private static let text = """
        model: {ic_enc_dim: 8, ic_dim: 4, gen_dim: 8, fac_dim: 3, co_dim: 0}
        train: {epochs: 6, batch_size: 16}
        """

    private func search(_ plan: (inout SearchPlan) -> Void = { _ in }) throws -> SearchManifest {
        var search = SearchManifest(try TrainedWorld.manifest(Self.text, run: "found"))
        search.plan.members = 5
        search.plan.generations = 3
        search.plan.halvings = [0.5]
        plan(&search.plan)
        return search
    }

    private func checkpoint(_ registry: SessionRegistry) throws -> Data {
        try Data(
            contentsOf: URL(fileURLWithPath: registry.workspace.runFolder("found") + "/checkpoint.h5"))
    }

    private func found(
        threads: Int, plan: (inout SearchPlan) -> Void = { _ in }, days: [Recording]? = nil
    ) throws -> Data {
        var bytes = Data()
        try withRegistry { registry in
            try registry.register(try days ?? TrainedWorld.recordings())
            _ = try SearchJourney.search(try search(plan), in: registry, threads: threads)
            bytes = try checkpoint(registry)
        }
        return bytes
    }

    @Test func theWinnerIsAnOrdinaryRun() throws {
        try withRegistry { registry in
            try registry.register(try TrainedWorld.recordings())
            var events = 0
            let outcome = try SearchJourney.search(
                try search(), in: registry, threads: 2, report: { _ in events += 1 })
            #expect(outcome.isFinished && outcome.generations.map(\.epochs) == [2, 4, 6])
            // Five members in two generations, until half of the epochs are over; then three.
            #expect(outcome.generations.map(\.members.count) == [5, 5, 3])
            #expect(outcome.epochs == 26)
            #expect(events > 13)
            let run = try TrainedRun("found", in: registry)
            let record = try registry.run(named: "found")
            #expect(record.status == .finished && record.lastEpoch == 5)
            #expect(try run.day("lorenz-2024-01-15").infer(.factors).factors?.trialCount == 36)
            let searched = try #require(run.settings.searched)
            #expect(searched.members == 5 && searched.generations == 3)
            #expect(searched.course.first?.epochsBefore == 0)
            #expect(searched.course.last?.member == outcome.winner?.number)
            // What it says of its settings is what it was trained with.
            for (name, value) in searched.course.last?.values ?? [:] {
                #expect(run.settings.value(of: name)?.number == value.number, "\(name)")
            }
            #expect(try registry.search(ofRun: "found")?.winner == outcome.winner?.number)
            #expect(try registry.searchMembers(ofRun: "found").count == 13)
            // Files of members are gone.
            let left = try FileManager.default.contentsOfDirectory(
                atPath: registry.workspace.runFolder("found") + "/search")
            #expect(left == ["population.json"])
        }
    }

    /// The member that is trained as the manifest says is the run that `stitch` trains.
    @Test func theFirstMemberIsTheManifestsOwnRun() throws {
        try withRegistry { registry in
            try registry.register(try TrainedWorld.recordings())
            var first: SearchMember?
            let outcome = try SearchJourney.search(try search { $0.objective = .likelihood }, in: registry)
            first = outcome.generations.last?.members.first { $0.number == 1 }
            var plain = try search().stitch
            plain.run = "plain"
            try registry.stitch(plain)
            let smoothed = try registry.epochMetrics(ofRun: "plain").last?.values["valid_recon_smooth"]
            #expect(try -#require(first?.objective) == smoothed)
        }
    }

    /// Held-out units as they are told without any of the search's own code: Σ y·ln λ − λ against the same of mean rates.
    @Test func heldOutUnitsDecide() throws {
        try withRegistry { registry in
            try registry.register(try TrainedWorld.recordings())
            var manifest = try search { $0.objective = .coSmoothing }
            #expect {
                try SearchJourney.search(manifest, in: registry)
            } throws: {
                "\($0)".contains("a search can't have `objective`") && "\($0)".contains("no unit is held out")
            }
            manifest.stitch.holdOut.units = .share(0.3)
            let outcome = try SearchJourney.search(manifest, in: registry, threads: 2)
            let run = try TrainedRun("found", in: registry)
            var bits: [Double] = []
            for record in try registry.sessions(ofRun: "found") {
                let day = try registry.prepared(record, holdOut: run.settings.holdOut)
                let counts = day.countsInRecordingOrder
                let rates = try #require(try run.day(record.name).infer(.rates).means)
                var (gain, spikes) = (0.0, 0.0)
                for (unit, about) in day.recording.units.enumerated() where about.heldOut {
                    let values = day.validationTrials.flatMap { trial in
                        (0..<counts.binCount).map { bin in
                            (
                                count: Double(counts[trial, bin, unit]),
                                rate: Double(rates[trial, bin, unit])
                            )
                        }
                    }
                    let mean = values.reduce(0) { $0 + $1.count } / Double(values.count)
                    for (count, rate) in values {
                        gain += count * log(rate / mean) - (rate - mean)
                        spikes += count
                    }
                }
                bits.append(gain / spikes / log(2))
            }
            let expected = bits.reduce(0, +) / Double(bits.count)
            let found = try #require(outcome.winner?.objective)
            // Rates are float32.
            #expect(abs(found - expected) < 1e-5 * abs(expected), "\(found) \(expected)")
            let best = outcome.generations.last?.members.compactMap(\.objective).max()
            #expect(found == best)
        }
    }

    @Test func threadsChangeNoBit() throws {
        let one = try found(threads: 1)
        for threads in [2, 5] { #expect(try found(threads: threads) == one) }
    }

    @Test(arguments: [SearchPlan.Method.pbt, .random]) func stoppedAnywhereAndResumed(
        method: SearchPlan.Method
    ) throws {
        let whole = try found(threads: 2) { $0.method = method }
        for stop in [0, 1, 5, 9, 17] {
            try withRegistry { registry in
                try registry.register(try TrainedWorld.recordings())
                let asked = Mutex(0)
                let plan = try search { $0.method = method }
                let stopped = try SearchJourney.search(
                    plan, in: registry, threads: 2,
                    shouldStop: {
                        asked.withLock { asked in
                            asked += 1
                            return asked > stop
                        }
                    })
                #expect(!stopped.isFinished)
                #expect(try registry.run(named: "found").status == .interrupted)
                let outcome = try SearchJourney.search(plan, in: registry, threads: 1, resume: true)
                #expect(outcome.isFinished)
                #expect(try checkpoint(registry) == whole)
            }
        }
    }

    /// Members that are done with a generation that was not complete are not trained again, and a search that had
    /// only not entered its run does that.
    @Test func filesOfAKilledGenerationAreUsed() throws {
        let whole = try found(threads: 1)
        try withRegistry { registry in
            try registry.register(try TrainedWorld.recordings())
            let asked = Mutex(0)
            _ = try SearchJourney.search(
                try search(), in: registry, threads: 1,
                shouldStop: {
                    asked.withLock { asked in
                        asked += 1
                        return asked > 7
                    }
                })
            let folder = registry.workspace.runFolder("found") + "/search"
            #expect(FileManager.default.fileExists(atPath: folder + "/generation-1-member-3.h5"))
            asked.withLock { $0 = 0 }
            _ = try SearchJourney.search(
                try search(), in: registry, threads: 1, resume: true,
                shouldStop: {
                    asked.withLock { $0 += 1 }
                    return false
                })
            // 26 epochs in all, of which three members' first two were there; who was stopped in its fourth part
            // begins it anew.
            #expect(asked.withLock(\.self) == 20)
            #expect(try checkpoint(registry) == whole)
        }
    }

    /// Nothing that test trials hold reaches a decision.
    @Test func testTrialsDecideNothing() throws {
        var days = try TrainedWorld.recordings { $0.trialsPerCondition = 9 }
        for day in days.indices {
            for trial in days[day].trials.indices where trial % 5 == 2 {
                days[day].trials[trial].split = .test
            }
        }
        var others = days
        for day in others.indices {
            let size = others[day].binCount * others[day].units.count
            for trial in others[day].trials.indices where others[day].trials[trial].split == .test {
                for place in trial * size..<(trial + 1) * size { others[day].values[place] += 3 }
            }
        }
        func parameters(_ days: [Recording]) throws -> (SearchMember?, SearchJourney.Comparison?) {
            var result: (SearchMember?, SearchJourney.Comparison?) = (nil, nil)
            try withRegistry { registry in
                try registry.register(days)
                let outcome = try SearchJourney.search(try search(), in: registry, threads: 2)
                result = (outcome.winner, outcome.comparison)
            }
            return result
        }
        let (winner, comparison) = try parameters(days)
        let (other, changed) = try parameters(others)
        #expect(winner == other)
        #expect(comparison?.part == .test && changed?.part == .test)
        #expect(comparison != changed)
    }

    /// What are no spikes has no bits per spike; members are compared by likelihood.
    @Test func signalsAreSearchedToo() throws {
        try withRegistry { registry in
            try registry.register(try TrainedWorld.recordings())
            var manifest = SearchManifest(
                try TrainedWorld.manifest(
                    Self.text.replacing("co_dim: 0", with: "co_dim: 0, reconstruction: gaussian"),
                    run: "found"))
            manifest.plan.members = 4
            manifest.plan.generations = 2
            let outcome = try SearchJourney.search(manifest, in: registry, threads: 2)
            #expect(outcome.isFinished && outcome.comparison == nil)
            #expect(outcome.generations.allSatisfy { $0.members.allSatisfy { $0.objective != nil } })
            manifest.stitch.run = "other"
            manifest.plan.objective = .bitsPerSpike
            #expect(
                words { try SearchJourney.search(manifest, in: registry) }
                    .contains("a search can't have `objective`"))
        }
    }

    @Test func mistakesAreToldBeforeAnythingIsThere() throws {
        try withRegistry { registry in
            try registry.register(try TrainedWorld.recordings())
            func words(_ change: (inout SearchManifest) -> Void) throws -> String {
                var manifest = try search()
                change(&manifest)
                return TestSupport.words { try SearchJourney.search(manifest, in: registry) }
            }
            #expect(try words { $0.plan.space = [] }.contains("the space has no settings"))
            #expect(try words { $0.plan.members = 1 }.contains("one member leaves nothing to decide"))
            #expect(try words { $0.plan.generations = 7 }.contains("7 generations of 6 epochs"))
            #expect(try words { $0.stitch.restarts = 2 }.contains("a search can't have `restarts`"))
            #expect(try words { $0.stitch.startFrom = "other" }.contains("a search can't have `start_from`"))
            #expect(
                try words { $0.plan.space = [SearchedSetting("train.cd_rate", .linear(0.9...1.5))] }
                    .contains("cd_rate"))
            #expect(try registry.runs().isEmpty)
        }
    }

    @Test func aSearchAndARunDoNotMeet() throws {
        try withRegistry { registry in
            try registry.register(try TrainedWorld.recordings())
            _ = try SearchJourney.search(try search(), in: registry, threads: 1, shouldStop: { true })
            let stitch = try search().stitch
            #expect(words { try registry.stitch(stitch) }.contains("found"))
            #expect(words { try registry.stitch(stitch, resume: true) }.contains("belongs to a search"))
            let other = try search { $0.members = 6 }
            #expect(
                words { try SearchJourney.search(other, in: registry, resume: true) }
                    .contains("was begun with other settings"))
            var plain = stitch
            plain.run = "plain"
            try registry.stitch(plain)
            var named = try search()
            named.stitch.run = "plain"
            #expect(
                words { try SearchJourney.search(named, in: registry, resume: true) }
                    .contains("comes from no search"))
        }
    }
}
