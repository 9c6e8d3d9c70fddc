import Foundation
import Recordings
import Registry
import Stitching
import TestSupport
import Testing
import TrialArrays

@testable import Evaluation

/// Which trials figures are of, and that they are of these.
@Suite("Evaluation on test trials", .serialized, .timeLimit(.minutes(5))) struct EvaluatedPartTests {
    /// Days of one world; those at `tested` have test trials.
    private func days(tested: Set<Int>, sessions: Int = 2) throws -> [Recording] {
        try TrainedWorld.recordings(sessions: sessions, trials: 12).enumerated().map { index, day in
            try day.splitting(everyKthOfCondition: 3, testEvery: tested.contains(index) ? 4 : nil)
        }
    }

    private func withRun(
        tested: Set<Int>, more: String = "", _ body: (SessionRegistry, [Recording]) throws -> Void
    ) throws {
        try TrainedWorld.withRun(TrainedWorld.tiny + "\n" + more, of: days(tested: tested), body)
    }

    private func options(_ part: EvaluatedPart? = nil) -> RunEvaluation.Options {
        var options = RunEvaluation.Options(threads: 1)
        options.part = part
        return options
    }

    private func evaluation(
        _ registry: SessionRegistry, _ part: EvaluatedPart? = nil
    ) throws -> RunEvaluation {
        try RunEvaluation(run: "small", in: registry, options: options(part))
    }

    /// Σ (ln P(y | λ) − ln P(y | ȳ)) over spikes and ln 2, as the documentation defines it.
    private func bitsPerSpike(_ day: Recording, _ rates: TrialArray, _ trials: [Int]) -> Double {
        let counts = day.countArray
        var (gain, spikes) = (0.0, 0.0)
        for unit in day.units.indices {
            let all = trials.flatMap { trial in
                (0..<day.binCount).map {
                    (y: Double(counts[trial, $0, unit]), l: Double(rates[trial, $0, unit]))
                }
            }
            let mean = all.reduce(0) { $0 + $1.y } / Double(all.count)
            for (y, l) in all {
                gain += y * log(l) - l - (y > 0 ? y * log(mean) : 0) + mean
                spikes += y
            }
        }
        return gain / spikes / log(2)
    }

    @Test("where every session has test trials, figures are of these: bits per spike and decoding by hand")
    func onTest() throws {
        try withRun(tested: [0, 1]) { registry, days in
            let found = try evaluation(registry)
            #expect(found.part == .test && found.sessionsWithoutTest.isEmpty)
            let run = try TrainedRun("small", in: registry, threads: 1)
            var inferred: [InferredDay] = []
            for (day, session) in zip(days, found.sessions) {
                let own = try InferredDay(run.day(day.session), part: .test)
                inferred.append(own)
                let test = day.trialIndices(.test)
                #expect(own.testedTrials == test)
                let bits = try #require(session[.bitsPerSpike])
                #expect(abs(bits - bitsPerSpike(day, own.rates, test)) < 1e-9)
                let within = try BehaviorDecoder.scores(
                    DecodingDay(day, DecodingPlan(channels: found.channels)), own.factors,
                    training: day.trialIndices(.train), tested: test)
                #expect(session[.withinFromFactors] == mean(within.values))
            }
            // Across: fitted on the other day without its test trials.
            let plan = DecodingPlan(channels: found.channels)
            for (tested, other) in [(0, 1), (1, 0)] {
                let seen = days[other].trials.indices.filter { days[other].trials[$0].split != .test }
                let across = try BehaviorDecoder.across(
                    plan,
                    fitted: [
                        DecodableFactors(
                            DecodingDay(days[other], plan), inferred[other].factors, trials: seen)
                    ],
                    tested: DecodableFactors(
                        DecodingDay(days[tested], plan), inferred[tested].factors,
                        trials: days[tested].trialIndices(.test)))
                #expect(found.sessions[tested][.acrossFromFactors] == mean(across))
            }
        }
    }

    @Test("the held-out trials can be asked for, and then no figure sees a test trial")
    func onHeldOut() throws {
        try withRun(tested: [0, 1]) { registry, days in
            let found = try evaluation(registry, .valid)
            #expect(found.part == .valid && found.sessionsWithoutTest.isEmpty)
            #expect(found.sessions[0][.bitsPerSpike] != (try evaluation(registry)).sessions[0][.bitsPerSpike])
            let monitor = try DriftMonitor(run: "small", in: registry, options: .init(threads: 1))
            let judged = try monitor.judge(days[0].session)
            // The same run of the same days, but for what their test trials hold.
            try withRegistry { other in
                try other.register(days.map { $0.spoilingTestTrials() })
                var plan = try TrainedWorld.manifest(TrainedWorld.tiny)
                plan.sessions = .names(days.map(\.session))
                try other.stitch(plan)
                let spoilt = try evaluation(other, .valid)
                for (a, b) in zip(found.sessions, spoilt.sessions) { #expect(a.metrics == b.metrics) }
                #expect(
                    try evaluation(other).sessions[0][.bitsPerSpike]
                        != evaluation(registry).sessions[0][.bitsPerSpike])
                let again = try DriftMonitor(run: "small", in: other, options: .init(threads: 1))
                #expect(try again.judge(days[0].session) == judged)
            }
        }
    }

    @Test("where only some sessions have test trials, all are evaluated on held-out ones, and it is said")
    func mixed() throws {
        try withRun(tested: [1]) { registry, days in
            let found = try evaluation(registry)
            #expect(found.part == .valid && found.sessionsWithoutTest == [days[0].session])
            #expect(
                words { _ = try evaluation(registry, .test) }
                    == "run small can't be evaluated on test trials: 1 of its 2 sessions have none "
                    + "(\(days[0].session)); evaluate held-out trials (valid), or train a run of revisions that "
                    + "are registered with `split: {test_every: 5}`")
        }
        try withRun(tested: []) { registry, _ in
            let found = try evaluation(registry)
            #expect(found.part == .valid && found.sessionsWithoutTest.isEmpty)
        }
    }

    @Test("test trials of conditions that are kept back are no test part, but figures of unseen conditions")
    func excluded() throws {
        try withRun(tested: [0, 1], more: "exclude_conditions: [\"2\"]") { registry, days in
            let found = try evaluation(registry)
            #expect(found.part == .test)
            let day = try InferredDay(
                TrainedRun("small", in: registry, threads: 1).day(days[0].session), part: .test)
            let test = days[0].trialIndices(.test)
            #expect(day.testedTrials == test.filter { days[0].trials[$0].condition != "2" })
            #expect(day.excludedTrials == test.filter { days[0].trials[$0].condition == "2" })
            let bits = try #require(found.sessions[0][.excludedBitsPerSpike])
            #expect(abs(bits - bitsPerSpike(days[0], day.rates, day.excludedTrials)) < 1e-9)
        }
    }

    @Test("the registry keeps the part, and runs are compared on one part") func journey() throws {
        try withRun(tested: [0, 1]) { registry, days in
            let outcome = try EvaluationJourney.evaluate(
                run: "small", in: registry, options: options(), against: .run("small"))
            let comparison = try #require(outcome.comparison)
            #expect(comparison.rows.allSatisfy { $0.value == $0.other })
            #expect(try registry.evaluation(ofRun: "small").map(\.part) == [.test, .test])
            _ = try EvaluationJourney.evaluate(
                run: "small", in: registry, options: options(.valid), against: .run("small"))
            #expect(try registry.evaluation(ofRun: "small").map(\.part) == [.valid, .valid])
            let data = try JSONEncoder().encode(outcome)
            #expect(String(decoding: data, as: UTF8.self).contains("\"part\":\"test\""))
        }
    }
}

extension Recording {
    fileprivate func spoilingTestTrials() -> Recording {
        var result = self
        let (units, channels) = (binCount * units.count, binCount * behaviorNames.count)
        for trial in trialIndices(.test) {
            for i in 0..<units { result.values[trial * units + i] = Float((trial * 7 + i * 3) % 5) }
            for i in 0..<channels { result.behavior[trial * channels + i] = Float((trial + i) % 9) - 100 }
        }
        return result
    }
}
