import LinearAlgebra
import Testing
import TrialArrays

@testable import LFADS

/// One model trained by several processes: the bits of one.
@Suite("A training that processes share")
struct SharedTrainingTests {
    private static let bins = 6

    /// Days with random counts; of the second, not every sample was observed.
    private static func days(_ trials: [Int], seed: UInt64 = 9) throws -> [SessionTrials] {
        try trials.enumerated().map { index, count in
            let units = 2 + index % 3
            let draws = RandomStream(seed: seed, key: UInt64(index), purpose: 1)
                .uniforms(count * bins * units)
            let values = draws.enumerated().map { place, draw in
                index == 1 && place % 7 == 3 ? Float.nan : Float(Int(draw * 3))
            }
            return try SessionTrials(
                name: "day\(index)",
                counts: TrialArray(
                    trials: TrialAxis(count: count), bins: BinAxis(count: bins, milliseconds: 20),
                    columns: ColumnAxis(.unit, count: units), values: values),
                encodedUnitCount: units, trainingTrials: Array(0..<(count - 2)),
                validationTrials: [count - 2, count - 1])
        }
    }

    private static let model: ModelConfiguration = {
        var model = ModelConfiguration.small(bins: bins)
        model.dropoutRate = 0.2
        return model
    }()

    private static func settings(batch: Int) -> TrainingConfiguration {
        var settings = TrainingConfiguration()
        settings.epochs = 3
        settings.batchSize = batch
        settings.coordinatedDropoutRate = 0.3
        settings.coordinatedDropoutPassRate = 0.1
        settings.generatorL2 = 1
        return settings
    }

    private static func start(_ days: [SessionTrials], threads: Int) throws -> StitchedModel {
        try StitchedModel(model, sessions: days.map(\.shape), startingFrom: 2, threads: threads)
    }

    /// What a training tells.
    private struct Told: Sendable, Equatable {
        var summaries: [EpochSummary] = []
        var state: TrainingState
        var losses: [Double]

        init(_ training: StitchedTraining) throws {
            while !training.isFinished { summaries.append(try training.runEpoch()) }
            losses = try training.validationLosses()
            state = training.state
        }
    }

    @Test(
        "has the same bits, whatever the number of processes, of days and of threads",
        arguments: [
            ([12], 9), ([12, 30], 60), ([9, 8, 40, 9, 9], 200), ([30, 3, 3, 30, 3, 3, 30], 300),
            ([70, 70], 500),
        ])
    func bits(trials: [Int], batch: Int) throws {
        let days = try Self.days(trials)
        let settings = Self.settings(batch: batch)
        let alone = try Told(
            try StitchedTraining(try Self.start(days, threads: 2), days, settings, seed: 4))
        for count in [1, 2, 3, 5, 20] {
            let together = try ThreadRelay.run(count) { relay in
                let plan = SharedTraining(days.map(\.outline), Self.model, settings, count: relay.count)
                return try Told(
                    try StitchedTraining(
                        try Self.start(days, threads: 1 + relay.rank % 2), plan, relay,
                        Array(days[plan.sessions(ofRank: relay.rank)]), settings, seed: 4))
            }
            #expect(together.count == count)
            for told in together { #expect(told == alone) }
        }
    }

    @Test("processes share out shards and held-out trials, each once, and need no other days")
    func shares() throws {
        for trials in [
            [12], [4, 4], [9, 8, 40, 9, 9], [30, 3, 3, 30, 3, 3, 30], Array(repeating: 6, count: 44),
        ] {
            let days = try Self.days(trials)
            for batch in [4, 60, 400] {
                for count in [1, 2, 3, 7, 40] {
                    let settings = Self.settings(batch: batch)
                    let plan = SharedTraining(days.map(\.outline), Self.model, settings, count: count)
                    let ranks = 0..<count
                    #expect(ranks.flatMap { Array(plan.measuredSessions(ofRank: $0)) } == Array(days.indices))
                    #expect(
                        ranks.flatMap { Array(plan.shards(ofRank: $0)) } == Array(0..<plan.mostProcesses))
                    let sizes = ranks.map { plan.shards(ofRank: $0).count }.filter { $0 > 0 }
                    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
                    for rank in ranks {
                        let own = plan.sessions(ofRank: rank)
                        for session in plan.measuredSessions(ofRank: rank) { #expect(own.contains(session)) }
                        if plan.shards(ofRank: rank).isEmpty { #expect(own.isEmpty) }
                    }
                    // A day is held twice where a border goes through it, and not otherwise.
                    let held = ranks.reduce(0) { $0 + plan.sessions(ofRank: $1).count }
                    #expect(held <= days.count + min(count, plan.mostProcesses) - 1)
                }
            }
        }
    }

    @Test("a process with other trials than the plan's is refused")
    func otherTrials() throws {
        let days = try Self.days([12, 12])
        let other = try Self.days([12, 13])
        let plan = SharedTraining(days.map(\.outline), Self.model, Self.settings(batch: 8), count: 1)
        #expect {
            try plan.requireSame(other, rank: 0)
        } throws: {
            "\($0)".contains("session day1") && "\($0)".contains("the same recording")
        }
        #expect(throws: LFADSError.self) { try plan.requireSame([days[0]], rank: 0) }
        try plan.requireSame(days, rank: 0)
    }
}
