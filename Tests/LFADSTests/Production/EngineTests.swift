import Foundation
import LinearAlgebra
import Testing
import TrialArrays

@testable import LFADS

/// Small random sessions for properties of the engine.
private func sessions(_ counts: [(trials: Int, units: Int)], bins: Int = 6) throws -> [SessionTrials] {
    try counts.enumerated().map { index, count in
        let draws = RandomStream(seed: 9, key: UInt64(index), purpose: 1)
            .uniforms(count.trials * bins * count.units)
        return try SessionTrials(
            name: "day\(index)",
            counts: TrialArray(
                trials: TrialAxis(count: count.trials), bins: BinAxis(count: bins, milliseconds: 20),
                columns: ColumnAxis(.unit, count: count.units), values: draws.map { Float(Int($0 * 3)) }),
            encodedUnitCount: count.units, trainingTrials: Array(0..<(count.trials - 2)),
            validationTrials: [count.trials - 2, count.trials - 1])
    }
}

private func model(of sessions: [SessionTrials], threads: Int = 1) throws -> StitchedModel {
    try StitchedModel(
        .small(), sessions: sessions.map(\.shape), startingFrom: 2, threads: threads)
}

@Suite("The engine's own properties")
struct EngineTests {
    @Test("shards and their slices cover every row once, evenly, whatever the sessions")
    func shards() throws {
        for counts in [[1], [63, 2], [64], [128, 128], [50, 50, 50], [11, 0, 90, 300], [83, 913, 700]] {
            let table = ParameterTable(
                .small(),
                sessions: counts.indices.map {
                    SessionShape(name: "day\($0)", encodedUnitCount: 3, unitCount: 3)
                })
            let plan = UpdatePlan(rowsOfSession: counts, table: table)
            let total = counts.reduce(0, +)
            #expect(plan.rowCount == total && plan.shards.parts <= UpdatePlan.mostShards)
            let slices = (0..<plan.shards.parts).flatMap { shard in
                (0..<plan.slicesPerShard).map { plan.slice($0, ofShard: shard) }
            }
            #expect(slices.flatMap { Array($0) } == Array(0..<total))
            let sizes = slices.map(\.count)
            #expect((sizes.max() ?? 0) <= RowCut.sliceRows && (sizes.min() ?? 0) > 0)
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 2)
            // Every shard has room for the sessions of its rows, and for no others.
            var session: [Int] = []
            for (index, count) in counts.enumerated() { session += Array(repeating: index, count: count) }
            for (shard, layout) in plan.layouts.enumerated() {
                #expect(layout.sessions == Array(Set(session[plan.shards.range(shard)])).sorted())
                let room = layout.sessions.map { table.sessions[$0].count }.reduce(0, +)
                #expect(layout.count == table.sharedCount + room)
            }
        }
    }

    @Test("an epoch shows every training trial; short sessions go round again")
    func batches() throws {
        let sessions = try sessions([(22, 3), (9, 2)])
        let order = BatchOrder(sessions.map(\.outline), batchSize: 8)
        #expect(order.trialsPerUpdate == [4, 4])
        #expect(order.updates == 5)
        func shown(_ session: Int, epoch: Int) -> [Int] {
            order.begin(sessions.map(\.outline), seed: 1, epoch: epoch)
            return (0..<order.updates).flatMap { update in
                let batch = order.batch(update)
                return (0..<batch.count).map { batch.row($0) }.filter { $0.session == session }
                    .map(\.trial)
            }
        }
        let first = shown(0, epoch: 0)
        #expect(first.count == 20 && Set(first) == Set(0..<20))
        let short = shown(1, epoch: 0)
        #expect(short.count == 20)
        #expect(Set(short.prefix(7)) == Set(0..<7) && Set(short) == Set(0..<7))
        #expect(shown(0, epoch: 1) != first)
        #expect(shown(0, epoch: 0) == first)
    }

    @Test("what a trial draws and gives does not depend on what else is in the batch, bit for bit")
    func draws() throws {
        let sessions = try sessions([(8, 3), (8, 4)])
        let model = try model(of: sessions)
        model.packParameters()
        func factors(_ parts: [Batch.Part]) -> [Float] {
            let batch = Batch(parts: parts)
            let context = model.context(
                batch, PassTrials(sessions: sessions), .training(seed: 3, update: 7))
            let workspace = model.workspaces[0]
            let slice = workspace.forward(context, 0..<batch.count)
            // Row of trial 5 of session 1: the last.
            return (1...6).flatMap { t in
                let factors = workspace.decoder.factors.values(t, slice)
                return (0..<3).map { factors[(slice.rows - 1) * 3 + $0] }
            }
        }
        let alone = factors([.init(session: 1, trials: [5])])
        let together = factors([.init(session: 0, trials: [0, 1, 2]), .init(session: 1, trials: [4, 5])])
        #expect(alone == together)
    }

    @Test("inference has the same bits for any number of threads, and for a trial by itself")
    func inferenceBits() throws {
        let sessions = try sessions([(50, 3), (41, 4)])
        func infer(threads: Int, trials: [Int]) throws -> InferredTrials {
            try model(of: sessions, threads: threads)
                .infer(sessions[1], chosen: trials, quantities: .all)
        }
        let all = Array(0..<41)
        let one = try infer(threads: 1, trials: all)
        for threads in [2, 3, 16] {
            let other = try infer(threads: threads, trials: all)
            #expect(other.factors == one.factors && other.means == one.means)
            #expect(other.inferredInputMeans == one.inferredInputMeans)
            #expect(other.generatorStates == one.generatorStates)
        }
        let alone = try infer(threads: 2, trials: [17])
        #expect(alone.means?[trial: 0] == one.means?[trial: 17])
        #expect(alone.means?.trials.places == [17] && one.means?.trialCount == 41)
        #expect(try infer(threads: 2, trials: []).factors?.values == [])
    }

    @Test("frozen maps do not move, others do, and gradients of frozen maps stay out of the norm")
    func frozenMaps() throws {
        let sessions = try sessions([(12, 3), (12, 4)])
        for (readIn, readOut) in [(Float(0), Float(0)), (0.1, 0), (0, 0.1)] {
            let model = try model(of: sessions)
            var settings = TrainingConfiguration()
            settings.readInRateScale = readIn
            settings.readOutRateScale = readOut
            settings.epochs = 1
            let before = model.parameterValues
            _ = try StitchedTraining(model, sessions, settings, seed: 1).runEpoch()
            let after = model.parameterValues
            for tensor in model.table.tensors where tensor.count > 0 {
                let range = tensor.offset..<(tensor.offset + tensor.count)
                let moved = before[range] != after[range]
                switch tensor.role {
                case .shared: #expect(moved, "\(tensor.name)")
                case .readIn: #expect(moved == (readIn > 0), "\(tensor.name)")
                case .readOut: #expect(moved == (readOut > 0), "\(tensor.name)")
                case .fixed: #expect(!moved, "\(tensor.name)")
                }
            }
        }
    }

    @Test("the mean over posterior samples and its spread, against single samples")
    func samples() throws {
        let session = try sessions([(5, 3)])[0]
        let model = try model(of: [session], threads: 2)
        func infer(_ trials: [Int], samples: Int) throws -> (factors: [Float], deviations: [Float]) {
            let inferred = try model.infer(
                session, chosen: trials, quantities: .all, estimate: .samples(count: samples, seed: 4))
            return (
                try #require(inferred.factors).values, try #require(inferred.factorDeviations).values
            )
        }
        let one = try infer([0, 3], samples: 1)
        #expect(one.deviations.allSatisfy { $0 == 0 })
        let many = try infer([0, 3], samples: 400)
        let again = try infer([3], samples: 400)
        #expect(many.deviations.allSatisfy { $0 > 0 })
        for (i, value) in again.factors.enumerated() {
            #expect(abs(value - many.factors[many.factors.count / 2 + i]) < 1e-4)
        }
        // One sample lies within five standard deviations of the mean (a chance of 6e-7 each).
        for i in one.factors.indices {
            #expect(abs(one.factors[i] - many.factors[i]) < 5 * many.deviations[i])
        }
    }

    /// Loss alone would take the last epoch; the days come apart in it.
    @Test func epochsInWhichTheDaysComeApartAreNotTheModel() {
        var settings = TrainingConfiguration()
        settings.klRamp = .init(start: 0, increase: 2)
        settings.l2Ramp = .init(start: 0, increase: 1)
        settings.agreementTolerance = 0.1
        func best(_ epochs: [(loss: Double, agreement: Double?)]) -> [Bool] {
            var schedule = TrainingSchedule(settings)
            return epochs.enumerated().map {
                schedule.record(
                    epoch: $0.offset, validation: $0.element.loss, agreement: $0.element.agreement,
                    settings: settings)
            }
        }
        // Before the ramps are done agreement is not judged; after that, 0.8 is the highest.
        #expect(
            best([(5, 0.99), (4, 0.1), (3, 0.8), (2, 0.75), (1.5, 0.6), (1.9, 0.71), (1.8, 0.69)])
                == [true, true, true, true, false, true, false])
        // An epoch that agrees replaces one that doesn't, at a higher loss.
        #expect(best([(5, 0.1), (1, 0.05), (4, 0.2), (3, 0.9)]) == [true, true, true, true])
        // Days that can't be compared are judged by their loss.
        #expect(best([(5, nil), (4, nil), (4.5, nil), (3, nil)]) == [true, true, false, true])
        settings.agreementTolerance = 2
        #expect(best([(5, 0.9), (4, 0.9), (3, 0.9), (2, -1)]) == [true, true, true, true])
    }

    @Test("ramps, plateau decay, early stopping and the best epoch")
    func schedule() {
        let ramp = TrainingConfiguration.Ramp(start: 2, increase: 3)
        #expect((0..<7).map { ramp.value(epoch: $0) } == [0, 0, 0.25, 0.5, 0.75, 1, 1])
        var settings = TrainingConfiguration()
        settings.validationSmoothing = 1
        settings.learningRateSchedule = .plateau
        settings.learningRatePatience = 1
        settings.learningRateDecay = 0.5
        settings.klRamp = .init(start: 0, increase: 0)
        settings.l2Ramp = .init(start: 0, increase: 0)
        settings.earlyStoppingPatience = 4
        var schedule = TrainingSchedule(settings)
        let losses = [3.0, 2, 2.5, 2.5, 2.5, 2.5]
        var rates: [Float] = []
        var best: [Bool] = []
        for (epoch, loss) in losses.enumerated() {
            best.append(schedule.record(epoch: epoch, validation: loss, settings: settings))
            rates.append(schedule.learningRate / settings.initialLearningRate)
        }
        #expect(best == [true, true, false, false, false, false])
        // Two epochs without improvement halve the rate, and again after two more.
        #expect(rates == [1, 1, 1, 0.5, 0.5, 0.25])
        #expect(schedule.hasStoppedEarly)
        #expect(schedule.bestEpoch == 1 && schedule.bestValidation == 2)
    }

    @Test("the cosine goes from the first rate to the last, and what is lowered stays so")
    func cosineSchedule() {
        var settings = TrainingConfiguration()
        settings.epochs = 8
        settings.initialLearningRate = 0.5
        settings.finalLearningRate = 0.25
        func rates(loweredBefore epochs: Int...) -> [Float] {
            var schedule = TrainingSchedule(settings)
            return (0..<8).map { epoch in
                if epochs.contains(epoch) { schedule.lowerRate(by: 0.5) }
                let rate = schedule.learningRate
                _ = schedule.record(
                    epoch: epoch, validation: Double((epoch * 5) % 7), settings: settings)
                return rate
            }
        }
        let plain = rates()
        for (epoch, rate) in plain.enumerated() {
            let expected = 0.375 + 0.125 * cos(Double(epoch) / 8 * Double.pi)
            // Three roundings of float32.
            #expect(abs(Double(rate) - expected) <= 2e-7 * expected)
        }
        let lowered = rates(loweredBefore: 3, 5)
        for (epoch, rate) in lowered.enumerated() {
            #expect(rate == plain[epoch] * (epoch < 3 ? 1 : epoch < 5 ? 0.5 : 0.25))
        }
    }

    @Test("clipping scales the whole gradient to the largest norm allowed")
    func clipping() throws {
        let model = try model(of: try sessions([(5, 3)]))
        let gradient = FloatBuffer(model.table.count)
        for i in 0..<model.table.count { gradient.base[i] = 1 }
        let optimizer = AdamOptimizer(model.table, readInRateScale: 1, readOutRateScale: 1)
        let norm = optimizer.norm(gradient.base)
        var settings = TrainingConfiguration()
        settings.maximumGradientNorm = 2
        optimizer.update(model.parameters.base, gradient.base, norm: norm, rate: 1e-3, settings)
        // The first moment after one step is (1 − β₁)·clipped gradient.
        let expected = 0.1 * Float(2 / (norm + 1e-6))
        let tensor = try #require(model.table.tensor(named: "ic_prior.mean"))
        let found = optimizer.firstMoment.base[tensor.offset]
        #expect(abs(found - expected) <= 1e-5 * expected)
    }
}
