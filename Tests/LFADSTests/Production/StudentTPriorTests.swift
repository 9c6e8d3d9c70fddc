import Foundation
import LinearAlgebra
import Testing
import TrialArrays

@testable import LFADS

/// The Student-t prior over initial conditions; the equations are compared with the reference elsewhere.
@Suite("Student-t initial conditions")
struct StudentTPriorTests {
    private func configuration() -> ModelConfiguration {
        var model = ModelConfiguration(encodedBinCount: 6, binCount: 6)
        model.readIn = .affine(dimensions: 3)
        model.initialConditionEncoderUnits = 5
        model.initialConditionDimensions = 4
        model.generatorUnits = 6
        model.factorCount = 3
        model.initialConditionPrior = .studentT
        return model
    }

    private func sessions() throws -> [SessionTrials] {
        try [40, 23].enumerated().map { index, trials in
            let draws = RandomStream(seed: 9, key: UInt64(index), purpose: 1).uniforms(trials * 6 * 4)
            return try SessionTrials(
                name: "day\(index)",
                counts: TrialArray(
                    trials: TrialAxis(count: trials), bins: BinAxis(count: 6, milliseconds: 20),
                    columns: ColumnAxis(.unit, count: 4), values: draws.map { Float(Int($0 * 3)) }),
                encodedUnitCount: 4, trainingTrials: Array(0..<(trials - 3)),
                validationTrials: [trials - 3, trials - 2, trials - 1])
        }
    }

    private func studentT(
        _ stream: RandomStream, _ count: Int, degreesOfFreedom: Float
    ) -> [Float] {
        let scratch = DrawScratch()
        // The numbers live as long as their owner.
        return withExtendedLifetime(scratch) {
            let draws = scratch.studentT(stream, count, degreesOfFreedom: degreesOfFreedom)
            return (0..<count).map { draws[$0] }
        }
    }

    /// Two-sided quantiles from tables of the t distribution.
    @Test(
        "draws have the distribution's quantiles",
        arguments: [
            (1, 1, 0.5), (1, 12.706, 0.95), (2, 0.8165, 0.5), (2, 4.3027, 0.95), (5, 0.7267, 0.5),
            (5, 2.5706, 0.95), (5, 4.0321, 0.99), (30, 2.0423, 0.95),
        ] as [(Float, Float, Double)])
    func quantiles(freedom: Float, quantile: Float, share: Double) {
        let count = 100_000
        let draws = studentT(RandomStream(seed: 4, purpose: 99), count, degreesOfFreedom: freedom)
        var (inside, positive) = (0, 0)
        for i in 0..<count {
            if abs(draws[i]) < quantile { inside += 1 }
            if draws[i] > 0 { positive += 1 }
        }
        // Five standard errors of a share.
        #expect(
            abs(Double(inside) / Double(count) - share)
                < 5 * (share * (1 - share) / Double(count)).squareRoot())
        #expect(abs(Double(positive) / Double(count) - 0.5) < 5 * (0.25 / Double(count)).squareRoot())
    }

    @Test("draws are those of Bailey's formula on the stream's words")
    func formula() {
        let stream = RandomStream(seed: 8, key: 3, purpose: 16, item: 2, step: 5)
        let words = stream.words(14)
        let draws = studentT(stream, 7, degreesOfFreedom: 3)
        for i in 0..<7 {
            let u = (Double(words[2 * i]) + 1) / 4_294_967_296
            let v = Double(words[2 * i + 1]) / 4_294_967_296
            let expected = (3 * (pow(u, -2.0 / 3) - 1)).squareRoot() * cos(2 * Double.pi * v)
            // One rounding to float32.
            #expect(abs(Double(draws[i]) - expected) <= 1e-7 * abs(expected))
        }
    }

    @Test("a sample is mean + std·t, in training and in a query, whatever else is in the batch")
    func samples() throws {
        let sessions = try sessions()
        let model = try StitchedModel(
            configuration(), sessions: sessions.map(\.shape), startingFrom: 2, threads: 1)
        model.packParameters()
        func samples(_ parts: [Batch.Part], _ draws: Draws) -> [Float] {
            let batch = Batch(parts: parts)
            let workspace = model.workspaces[0]
            let slice = workspace.forward(
                model.context(batch, PassTrials(sessions: sessions), draws), 0..<batch.count)
            let encoder = workspace.initialCondition
            let row = slice.rows - 1
            return (0..<4).map {
                (encoder.sample.base[row * 4 + $0] - encoder.posterior.base[row * 8 + $0])
                    / encoder.deviation.base[row * 4 + $0]
            }
        }
        for (draws, purpose, step) in [
            (Draws.training(seed: 3, update: 7), RandomPurpose.initialConditionSample, UInt32(7)),
            (.posteriorSample(seed: 3, sample: 2), RandomPurpose.inferenceSample, 2),
        ] {
            let alone = samples([.init(session: 1, trials: [5])], draws)
            let expected = studentT(
                RandomStream(
                    seed: 3, key: sessions[1].randomKey, purpose: purpose, item: 5, step: step), 4,
                degreesOfFreedom: 5)
            for i in 0..<4 {
                // The mean was added and taken away again, at about the size of the draw.
                #expect(abs(alone[i] - expected[i]) <= 1e-5 * (1 + abs(expected[i])))
            }
            let parts = [Batch.Part(session: 0, trials: [0, 1, 2]), .init(session: 1, trials: [4, 5])]
            if case .posteriorSample = draws { #expect(samples(parts, draws) == alone) }
        }
    }

    @Test("location and scale are trained from where they start, with the same bits on any number of threads")
    func training() throws {
        let sessions = try sessions()
        var settings = TrainingConfiguration()
        settings.epochs = 2
        settings.batchSize = 40
        settings.initialConditionKLScale = 1e-3
        func trained(threads: Int) throws -> StitchedModel {
            let model = try StitchedModel(
                configuration(), sessions: sessions.map(\.shape), startingFrom: 2, threads: threads)
            #expect(model.parameter("ic_prior.loc") == [0, 0, 0, 0])
            let scale = try #require(model.parameter("ic_prior.logscale"))
            #expect(scale == Array(repeating: 0.5 * log(Float(0.1)), count: 4))
            let training = try StitchedTraining(model, sessions, settings, seed: 1)
            for _ in 0..<2 { _ = try training.runEpoch() }
            return model
        }
        let one = try trained(threads: 1)
        #expect(one.parameter("ic_prior.loc")?.contains(0) == false)
        #expect(one.parameter("ic_prior.logscale")?.contains(0.5 * log(Float(0.1))) == false)
        #expect(one.parameter("ic_prior.mean") == nil && one.parameter("ic_prior.logvar") == nil)
        #expect(try trained(threads: 3).parameterValues == one.parameterValues)
    }

    @Test("degrees of freedom below one are refused", arguments: [Float(0.5), -1, .infinity])
    func degreesOfFreedom(value: Float) throws {
        var model = configuration()
        model.initialConditionPriorDegreesOfFreedom = value
        #expect(
            throws: LFADSError.invalidConfiguration(
                key: "ic_prior_df", found: "\(value)", expected: "a number of at least 1")
        ) { try model.validate(sessionCount: 1) }
    }
}
