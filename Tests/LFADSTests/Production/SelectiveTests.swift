import Foundation
import LinearAlgebra
import Testing
import TrialArrays

@testable import LFADS

/// Samples that were not observed. The loss and its gradient are compared with the reference elsewhere; the values of
/// the reference's recordings at hidden places are arbitrary there.
@Suite("Selective back-propagation")
struct SelectiveTests {
    static let bins = 6

    private func configuration(_ observation: ObservationModel = .poisson) -> ModelConfiguration {
        var model = ModelConfiguration.small(bins: Self.bins)
        model.observation = observation
        return model
    }

    /// Two days, of which the first lacks samples.
    ///
    /// - Parameter hidden: of the first day, by trial, bin and unit.
    private func sessions(
        _ hidden: (Int, Int, Int) -> Bool = { ($0 + 2 * $1 + $2) % 3 == 0 }
    ) throws -> [SessionTrials] {
        try [(14, 5), (11, 4)].enumerated().map { index, extent in
            let (trials, units) = extent
            let draws = RandomStream(seed: 9, key: UInt64(index), purpose: 1)
                .uniforms(trials * Self.bins * units)
            return try SessionTrials(
                name: "day\(index)",
                counts: TrialArray(
                    trials: TrialAxis(count: trials), bins: BinAxis(count: Self.bins, milliseconds: 20),
                    columns: ColumnAxis(.unit, count: units),
                    values: draws.enumerated().map { place, draw in
                        let (row, unit) = (place / units, place % units)
                        return index == 0 && hidden(row / Self.bins, row % Self.bins, unit)
                            ? .nan : Float(Int(draw * 4))
                    }),
                encodedUnitCount: units - 1, trainingTrials: Array(0..<(trials - 3)),
                validationTrials: [trials - 3, trials - 2, trials - 1])
        }
    }

    private func training(
        _ sessions: [SessionTrials], threads: Int = 1, _ observation: ObservationModel = .poisson,
        _ change: (inout TrainingConfiguration) -> Void = { _ in }
    ) throws -> StitchedTraining {
        var settings = TrainingConfiguration()
        settings.batchSize = 16
        settings.readInRateScale = 1
        settings.readOutRateScale = 1
        change(&settings)
        let model = try StitchedModel(
            configuration(observation), sessions: sessions.map(\.shape), startingFrom: 2, threads: threads)
        return try StitchedTraining(model, sessions, settings, seed: 1)
    }

    @Test("trials that were observed throughout have no mask; others have 0 where they weren't")
    func masks() throws {
        let sessions = try sessions()
        #expect(sessions[1].observed == nil && sessions[1].outline.observedShare == 1)
        let day = sessions[0]
        let room = SampleRoom()
        for trial in 0..<day.trialCount {
            let size = day.counts.trialSize
            let stored = day.counts[trial: trial]
            // As the passes see them: 0 where a sample was not observed.
            try day.withSamples(ofTrial: trial, room) { values, observed in
                let mask = try #require(observed)
                #expect((0..<size).map { values[$0] } == stored.map { $0.isNaN ? 0 : $0 })
                #expect((0..<size).map { mask[$0] } == stored.map { $0.isNaN ? 0 : 1 })
            }
            sessions[1].withSamples(ofTrial: trial, room) { values, observed in
                #expect((0..<24).map { values[$0] } == sessions[1].counts[trial: trial])
                #expect(observed == nil)
            }
        }
        #expect(!day.isObserved(trial: 1, bin: 1, unit: 0) && day.isObserved(trial: 1, bin: 1, unit: 1))
        #expect(day.counts[1, 1, 0].isNaN && !day.counts[1, 1, 1].isNaN)
        // Every third sample of a trial, and of a unit.
        #expect(day.observedCount(ofTrial: 0) == 20 && sessions[1].observedCount(ofTrial: 0) == 24)
        #expect(day.observedBins(ofTrials: [0, 1, 2]) == [12, 12, 12, 12, 12])
        #expect(day.outline.observedShare == 220.0 / 330)
    }

    @Test("held-out losses are means over what was observed, by the model's own rates")
    func validation() throws {
        let training = try training(try sessions())
        let day = training.trials[0]
        let means = try #require(
            try training.model.infer(day, chosen: day.validationTrials, quantities: .rates).means)
        var (loss, count) = (0.0, 0.0)
        for (place, trial) in day.validationTrials.enumerated() {
            for bin in 0..<Self.bins {
                for unit in 0..<5 where (trial + 2 * bin + unit) % 3 != 0 {
                    let (rate, y) = (Double(means[place, bin, unit]), day.counts[trial, bin, unit])
                    loss += rate - Double(y) * log(rate)
                    loss += ObservationModel.poisson.constant(y)
                    count += 1
                }
            }
        }
        let found = try training.validationLosses()[0]
        // Single precision of 60 terms of about 1.
        #expect(abs(found - loss / count) < 1e-6 * abs(found))
        let asked = try training.model.reconstructionLoss(day, chosen: day.validationTrials)
        #expect(asked == found)
    }

    @Test("a model that has learnt nothing is measured by each unit's observed bins")
    func meanRates() throws {
        // Unit 0 in bin 0 alone, which has 2 spikes in training and 3 in the held-out trial.
        let session = try SessionTrials(
            name: "day",
            counts: TrialArray(
                trials: TrialAxis(count: 2), bins: BinAxis(count: 2, milliseconds: 20),
                columns: ColumnAxis(.unit, count: 2), values: [2, 1, .nan, 1, 3, 0, .nan, 2]),
            encodedUnitCount: 2, trainingTrials: [0], validationTrials: [1])
        // Unit 0: rate 2, 3 spikes in one bin; unit 1: rate 1, 2 spikes in two bins.
        let constants = ObservationModel.poisson.constant(3) + ObservationModel.poisson.constant(2)
        let expected: Double = (constants + (2 - 3 * log(2.0)) + 2) / 3
        // A rounding of each of a few terms.
        #expect(abs(session.meanRateLoss() - expected) < 1e-14)
    }

    @Test("a sample weighs the same whatever stands beside it in the update")
    func weights() throws {
        let sessions = try sessions { trial, _, _ in trial.isMultiple(of: 2) }
        func weights(_ isMean: Bool) -> LossWeights {
            LossWeights(
                lossScale: 1, reconstructionIsMean: isMean, initialConditionKL: 0, inferredInputKL: 0,
                coordinatedDropoutRate: 0, coordinatedDropoutPassRate: 0, batchRows: 7,
                rowsOfSession: [4, 3],
                sessionCount: 2)
        }
        // Of trials 0 to 10 five were observed; 4 rows, 2 sessions, 6 bins of 5 units.
        let (mean, sum): (Double, Double) = (1 / (240 * (5.0 / 11)), 1 / (8 * (5.0 / 11)))
        #expect(weights(true).elementWeight(session: 0, sessions[0].outline) == mean)
        #expect(weights(false).elementWeight(session: 0, sessions[0].outline) == sum)
        let full: Double = 1.0 / 144
        #expect(weights(true).elementWeight(session: 1, sessions[1].outline) == full)
    }

    @Test(
        "of a unit that was observed nowhere neither map moves, and no other bit depends on it",
        arguments: ObservationModel.allCases)
    func hiddenUnit(observation: ObservationModel) throws {
        // A gamma has no zeros.
        let days = try sessions { trial, _, unit in unit == 2 || trial == 5 }.map { day in
            try SessionTrials(
                name: day.name,
                counts: day.counts.widened().replacingValues(
                    day.counts.widened().values.map { observation == .gamma ? $0 + 0.5 : $0 }),
                encodedUnitCount: day.encodedUnitCount, trainingTrials: day.trainingTrials,
                validationTrials: day.validationTrials)
        }
        let training = try training(days, observation)
        let before = training.model.maps(ofSession: "day0")
        _ = try training.runEpoch()
        let after = training.model.maps(ofSession: "day0")
        let parameters = observation.parametersPerUnit
        for unit in 0..<5 {
            for parameter in 0..<parameters {
                let row = parameter * 5 + unit
                let moved = before.readOut.bias[row] != after.readOut.bias[row]
                #expect(moved == (unit != 2), "unit \(unit), parameter \(parameter)")
            }
        }
        for unit in 0..<4 {
            let places: [Int] = [unit, 4 + unit, 8 + unit]
            let (was, become) = (try #require(before.readIn).weights, try #require(after.readIn).weights)
            let moved = places.map { was[$0] } != places.map { become[$0] }
            #expect(moved == (unit != 2), "unit \(unit)")
        }
    }

    @Test("what the read-out says where nothing was observed changes no other bit")
    func predictionsThere() throws {
        func parameters(bias: Float) throws -> [Float] {
            let training = try training(try sessions { _, _, unit in unit == 4 })
            var maps = training.model.maps(ofSession: "day0")
            var values = maps.readOut.bias
            values[4] = bias
            maps.readOut = AffineMap(weights: maps.readOut.weights, bias: values)
            try training.model.setMaps(maps, ofSession: "day0")
            let loss = try training.runEpoch().validation
            maps = training.model.maps(ofSession: "day0")
            var bias = maps.readOut.bias
            bias[4] = 0
            maps.readOut = AffineMap(weights: maps.readOut.weights, bias: bias)
            try training.model.setMaps(maps, ofSession: "day0")
            return training.model.parameterValues + [Float(loss)]
        }
        let (nought, large) = (try parameters(bias: 0), try parameters(bias: 20))
        #expect(nought == large)
    }

    @Test("the same bits on any number of threads, with everything that changes trials")
    func threads() throws {
        let sessions = try sessions()
        func trained(_ threads: Int) throws -> StitchedTraining {
            let training = try training(sessions, threads: threads) { settings in
                settings.spikeJitter = 2
                settings.temporalShift = 1
                settings.coordinatedDropoutRate = 0.3
                settings.coordinatedDropoutPassRate = 0.2
            }
            for _ in 0..<2 { _ = try training.runEpoch() }
            return training
        }
        let one = try trained(1)
        for threads in [2, 3, 16] {
            let other = try trained(threads)
            #expect(other.model.parameterValues == one.model.parameterValues)
            #expect(try other.validationLosses() == one.validationLosses())
        }
    }

    @Test("spikes that are jittered stay where their unit was observed, and none is lost")
    func jitter() throws {
        let day = try sessions()[0]
        let (target, _) = try changed(day, AugmentationSettings(spikeJitter: 3))
        let counts = day.counts.selecting(trials: [1], gaps: 0)
        #expect(target != counts.values)
        for unit in 0..<5 {
            var (before, after): (Float, Float) = (0, 0)
            for bin in 0..<Self.bins {
                before += counts[0, bin, unit]
                after += target[bin * 5 + unit]
            }
            #expect(before == after)
            for bin in 0..<Self.bins where !day.isObserved(trial: 1, bin: bin, unit: unit) {
                #expect(target[bin * 5 + unit] == 0)
            }
        }
    }

    @Test("a unit that is shifted takes along where it was observed")
    func shift() throws {
        let day = try sessions()[0]
        let (target, observed) = try changed(
            day, AugmentationSettings(temporalShift: 2, temporalShiftMaximum: 3))
        let counts = day.counts.selecting(trials: [1], gaps: 0)
        let normals = RandomStream(seed: 3, key: day.randomKey, purpose: 20, item: 1, step: 7).normals(5)
        for unit in 0..<5 {
            let drawn = Int((normals[unit] * 2).rounded(.toNearestOrEven))
            let shift = min(max(drawn, -3), 3)
            for bin in 0..<Self.bins {
                let source = min(max(bin - shift, 0), Self.bins - 1)
                let place = bin * 5 + unit
                let expected: UInt8 = day.isObserved(trial: 1, bin: source, unit: unit) ? 1 : 0
                #expect(target[place] == counts[0, source, unit])
                #expect(observed[place] == expected)
            }
        }
    }

    /// What is reconstructed of trial 1, and where it was observed.
    private func changed(
        _ day: SessionTrials, _ settings: AugmentationSettings
    ) throws -> (target: [Float], observed: [UInt8]) {
        let model = try StitchedModel(
            configuration(), sessions: [day.shape], startingFrom: 2, threads: 1)
        let weights = LossWeights(
            lossScale: 1, reconstructionIsMean: true, initialConditionKL: 0, inferredInputKL: 0,
            coordinatedDropoutRate: 0, coordinatedDropoutPassRate: 0, augmentation: settings, batchRows: 1,
            rowsOfSession: [1], sessionCount: 1)
        let context = model.context(
            Batch(parts: [.init(session: 0, trials: [1])]), PassTrials(sessions: [day]),
            .training(seed: 3, update: 7), weights)
        let augmentation = Augmentation(configuration(), DrawScratch(), SampleRoom())
        augmentation.draw(context, Slice(0..<1, context))
        // The buffers live as long as their owner.
        return try withExtendedLifetime(augmentation) { () throws -> (target: [Float], observed: [UInt8]) in
            let target = try #require(augmentation.target(0, context))
            return (
                (0..<30).map { target[$0] },
                augmentation.observed(0, context).map { seen in (0..<30).map { seen[$0] } } ?? []
            )
        }
    }

    @Test("a split without an observed sample is refused")
    func errors() throws {
        func expect(_ hidden: (Int) -> Bool, _ what: String) throws {
            let day = try sessions { trial, _, _ in hidden(trial) }[0]
            #expect(
                throws: LFADSError.invalidData(
                    session: "day0", what: "\(what) of which no sample was observed", expected: "at least one"
                )
            ) { try day.requireSplit() }
        }
        try expect({ $0 < 11 }, "training trials")
        try expect({ $0 >= 11 }, "held-out trials")
    }
}
