import Foundation
import LinearAlgebra
import Testing
import TrialArrays

@testable import LFADS

/// Changes of the trials of an update; the loss and its gradient on changed trials are compared with the reference
/// elsewhere.
@Suite("Augmentation")
struct AugmentationTests {
    static let bins = 8
    static let encodedBins = 6

    private func configuration() -> ModelConfiguration {
        .small(bins: Self.bins, encodedBins: Self.encodedBins, hasController: false)
    }

    /// Two days of other numbers of units, the last of which is held out.
    private func sessions(mean: Double = 2) throws -> [SessionTrials] {
        try [(40, 4), (23, 6)].enumerated().map { index, extent in
            let (trials, units) = extent
            let draws = RandomStream(seed: 9, key: UInt64(index), purpose: 1)
                .uniforms(trials * Self.bins * units)
            return try SessionTrials(
                name: "day\(index)",
                counts: TrialArray(
                    trials: TrialAxis(count: trials), bins: BinAxis(count: Self.bins, milliseconds: 20),
                    columns: ColumnAxis(.unit, count: units),
                    values: draws.map { Float(Int($0 * 2 * mean)) }),
                encodedUnitCount: units - 1, trainingTrials: Array(0..<(trials - 3)),
                validationTrials: [trials - 3, trials - 2, trials - 1])
        }
    }

    private func weights(_ augmentation: AugmentationSettings) -> LossWeights {
        LossWeights(
            lossScale: 1, reconstructionIsMean: true, initialConditionKL: 0, inferredInputKL: 0,
            coordinatedDropoutRate: 0, coordinatedDropoutPassRate: 0, augmentation: augmentation,
            batchRows: 1, rowsOfSession: [1, 1], sessionCount: 2)
    }

    /// Input and target of the last row of a batch.
    private func changed(
        _ sessions: [SessionTrials], _ parts: [Batch.Part], _ settings: AugmentationSettings,
        _ draws: Draws = .training(seed: 3, update: 7)
    ) throws -> (input: [Float], target: [Float]) {
        let model = try StitchedModel(
            configuration(), sessions: sessions.map(\.shape), startingFrom: 2, threads: 1)
        let batch = Batch(parts: parts)
        let context = model.context(
            batch, PassTrials(sessions: sessions), draws, weights(settings))
        let slice = Slice(0..<batch.count, context)
        let augmentation = Augmentation(configuration(), DrawScratch(), SampleRoom())
        augmentation.draw(context, slice)
        let last = batch.count - 1
        let session = sessions[batch.row(last).session]
        // The buffers live as long as their owner.
        return withExtendedLifetime(augmentation) {
            func array(_ start: UnsafePointer<Float>?, bins: Int, units: Int) -> [Float] {
                guard let start else { return [] }
                return (0..<(bins * units)).map { start[$0 / units * session.unitCount + $0 % units] }
            }
            return (
                array(
                    augmentation.input(last, context), bins: Self.encodedBins,
                    units: session.encodedUnitCount),
                array(augmentation.target(last, context), bins: Self.bins, units: session.unitCount)
            )
        }
    }

    /// The first `bins` and `units` of a trial.
    private func counts(_ session: SessionTrials, trial: Int, bins: Int, units: Int) -> [[Float]] {
        (0..<bins).map { bin in (0..<units).map { session.counts[trial, bin, $0] } }
    }

    // MARK: Spike jitter

    /// Word by word from the stream that the documentation names.
    @Test("spikes move as the stream of (seed, session, trial, purpose, update) says", arguments: [1, 2, 5])
    func jitter(width: Int) throws {
        let sessions = try sessions()
        let found = try changed(
            sessions, [.init(session: 1, trials: [5])], AugmentationSettings(spikeJitter: width))
        func expected(_ purpose: UInt32, bins: Int, units: Int) -> [Float] {
            var words = RandomStream(
                seed: 3, key: sessions[1].randomKey, purpose: purpose, item: 5, step: 7
            ).words(4_000)[...]
            var result = [Float](repeating: 0, count: bins * units)
            for (t, row) in counts(sessions[1], trial: 5, bins: bins, units: units).enumerated() {
                for (unit, count) in row.enumerated() {
                    for _ in 0..<Int(count) {
                        let share = Double(words.removeFirst()) / 4_294_967_296
                        var bin = abs(t + Int(share * Double(2 * width + 1)) - width)
                        if bin >= bins { bin = 2 * (bins - 1) - bin }
                        result[bin * units + unit] += 1
                    }
                }
            }
            return result
        }
        #expect(found.input == expected(17, bins: Self.encodedBins, units: 5))
        #expect(found.target == expected(18, bins: Self.bins, units: 6))
    }

    @Test("a trial with more spikes than a piece of the stream keeps them all, and each by its own word")
    func manySpikes() throws {
        // About 2,900 spikes of the input, 4,600 of the target.
        let sessions = try sessions(mean: 96)
        let found = try changed(
            sessions, [.init(session: 1, trials: [0])], AugmentationSettings(spikeJitter: 1))
        let before = counts(sessions[1], trial: 0, bins: Self.bins, units: 6)
        for unit in 0..<6 {
            let sum = before.reduce(0) { $0 + $1[unit] }
            #expect((0..<Self.bins).reduce(0) { $0 + found.target[$1 * 6 + unit] } == sum)
        }
        let spikes = Int(before.joined().reduce(0, +))
        #expect(spikes > 2 * 1_024)
        // A spike in the middle of a unit's bin goes to each neighbour with a chance of a third.
        var words = RandomStream(
            seed: 3, key: sessions[1].randomKey, purpose: 18, item: 0, step: 7
        ).words(spikes)[...]
        var expected = [Float](repeating: 0, count: Self.bins * 6)
        for (t, row) in before.enumerated() {
            for (unit, count) in row.enumerated() {
                for _ in 0..<Int(count) {
                    let move = Int((UInt64(words.removeFirst()) * 3) >> 32) - 1
                    let bin = abs(t + move) == Self.bins ? Self.bins - 2 : abs(t + move)
                    expected[bin * 6 + unit] += 1
                }
            }
        }
        #expect(found.target == expected)
    }

    @Test("every distance is drawn equally often")
    func distances() throws {
        // One spike in the middle of each trial.
        let trials = 5_000
        var values = [Float](repeating: 0, count: trials * Self.bins)
        for trial in 0..<trials { values[trial * Self.bins + 3] = 1 }
        let session = try SessionTrials(
            name: "single",
            counts: TrialArray(
                trials: TrialAxis(count: trials), bins: BinAxis(count: Self.bins, milliseconds: 20),
                columns: ColumnAxis(.unit, count: 1), values: values), encodedUnitCount: 1)
        let model = try StitchedModel(
            configuration(), sessions: [session.shape], startingFrom: 2, threads: 1)
        let batch = Batch(parts: [.init(session: 0, trials: Array(0..<trials))])
        let context = model.context(
            batch, PassTrials(sessions: [session]), .training(seed: 1, update: 0),
            weights(AugmentationSettings(spikeJitter: 2)))
        let augmentation = Augmentation(configuration(), DrawScratch(), SampleRoom())
        augmentation.draw(context, Slice(0..<trials, context))
        var places = [Int](repeating: 0, count: Self.bins)
        var together = 0
        for row in 0..<trials {
            let target = try #require(augmentation.target(row, context))
            let input = try #require(augmentation.input(row, context))
            for bin in 0..<Self.bins where target[bin] == 1 {
                places[bin] += 1
                if bin < Self.encodedBins, input[bin] == 1 { together += 1 }
            }
        }
        // The buffers live as long as their owner.
        withExtendedLifetime(augmentation) {}
        // 1,000 each; five standard deviations of a binomial are 141. Input and target move by themselves:
        // they meet in a fifth of the trials.
        #expect(places[0] == 0 && places[6] == 0 && places[7] == 0)
        for bin in 1...5 { #expect(abs(places[bin] - 1_000) < 141) }
        #expect(abs(together - 1_000) < 141)
    }

    @Test("what is no whole spike stays where it is")
    func remainders() throws {
        let values: [Float] = [0.5, 0, 0, 1.25, 0, 0, .infinity, 0x1p25]
        let session = try SessionTrials(
            name: "odd",
            counts: TrialArray(
                trials: TrialAxis(count: 1), bins: BinAxis(count: Self.bins, milliseconds: 20),
                columns: ColumnAxis(.unit, count: 1), values: values), encodedUnitCount: 1)
        let target = try changed(
            [session], [.init(session: 0, trials: [0])], AugmentationSettings(spikeJitter: 1)
        ).target
        #expect(target[0] == 0.5 && target[6] == .infinity && target[7] == 0x1p25)
        #expect(target[1] == 0 && target[5] == 0)
        #expect(target[2] + target[3] + target[4] == 1.25)
    }

    @Test("a jitter that leaves the encoded bins, or of what has no spikes, is refused")
    func jitterErrors() throws {
        func expect(
            _ jitter: Int, _ observation: ObservationModel, _ found: String, _ expected: String
        ) {
            var model = configuration()
            model.observation = observation
            var settings = TrainingConfiguration()
            settings.spikeJitter = jitter
            #expect(
                throws: LFADSError.invalidConfiguration(
                    key: "spike_jitter", found: found, expected: expected)
            ) { try settings.validate(for: model) }
        }
        expect(6, .poisson, "6", "from 0 to one less than the 6 encoded bins")
        expect(-1, .poisson, "-1", "zero or a positive number")
        expect(
            2, .gaussian, "2 with reconstruction: gaussian",
            "0, or reconstruction: poisson: only counts have spikes that can move")
        var settings = TrainingConfiguration()
        settings.spikeJitter = 5
        #expect(throws: Never.self) { try settings.validate(for: configuration()) }
    }

    // MARK: Temporal shift

    @Test(
        "units are shifted as the stream of (seed, session, trial, purpose, update) says",
        arguments: [(0.5, 6), (3, 6), (3, 2), (1e30, 16_384), (2, 0)] as [(Float, Int)])
    func shift(deviation: Float, largest: Int) throws {
        let sessions = try sessions()
        let found = try changed(
            sessions, [.init(session: 1, trials: [5])],
            AugmentationSettings(temporalShift: deviation, temporalShiftMaximum: largest))
        func expected(_ purpose: UInt32, bins: Int, units: Int) -> [Float] {
            let normals = RandomStream(
                seed: 3, key: sessions[1].randomKey, purpose: purpose, item: 5, step: 7
            ).normals(units)
            let before = counts(sessions[1], trial: 5, bins: bins, units: units)
            return (0..<bins).flatMap { t in
                (0..<units).map { unit in
                    let shift = (Double(normals[unit]) * Double(deviation)).rounded()
                    let bounded = Int(min(max(shift, -Double(largest)), Double(largest)))
                    return before[min(max(t - bounded, 0), bins - 1)][unit]
                }
            }
        }
        #expect(found.input == expected(19, bins: Self.encodedBins, units: 5))
        #expect(found.target == expected(20, bins: Self.bins, units: 6))
        if largest == 0 {
            let before = counts(sessions[1], trial: 5, bins: Self.bins, units: 6)
            #expect(found.target == Array(before.joined()))
        }
    }

    @Test("spikes move first, then units")
    func order() throws {
        let sessions = try sessions()
        let parts = [Batch.Part(session: 1, trials: [5])]
        let jittered = try changed(sessions, parts, AugmentationSettings(spikeJitter: 2)).target
        let both = try changed(
            sessions, parts, AugmentationSettings(spikeJitter: 2, temporalShift: 2)
        ).target
        let normals = RandomStream(
            seed: 3, key: sessions[1].randomKey, purpose: 20, item: 5, step: 7
        ).normals(6)
        for unit in 0..<6 {
            let shift = min(max(Int((normals[unit] * 2).rounded()), -6), 6)
            for t in 0..<Self.bins {
                #expect(
                    both[t * 6 + unit] == jittered[min(max(t - shift, 0), Self.bins - 1) * 6 + unit])
            }
        }
    }

    @Test("shifts that can't be are refused")
    func shiftErrors() throws {
        func expect(_ key: String, _ found: String, _ change: (inout TrainingConfiguration) -> Void) {
            var settings = TrainingConfiguration()
            change(&settings)
            #expect(
                throws: LFADSError.invalidConfiguration(
                    key: key, found: found, expected: "zero or a positive number")
            ) { try settings.validate(for: configuration()) }
        }
        expect("temporal_shift", "-0.5") { $0.temporalShift = -0.5 }
        expect("temporal_shift", "inf") { $0.temporalShift = .infinity }
        expect("temporal_shift_max", "-1") { $0.temporalShiftMaximum = -1 }
    }

    // MARK: All of them

    static let settings = [
        AugmentationSettings(spikeJitter: 2), AugmentationSettings(temporalShift: 2),
        AugmentationSettings(spikeJitter: 3, temporalShift: 1.5, temporalShiftMaximum: 2),
    ]

    @Test("changes depend on neither the other trials of the batch nor its slices", arguments: settings)
    func batches(settings: AugmentationSettings) throws {
        let sessions = try sessions()
        let alone = try changed(sessions, [.init(session: 1, trials: [5])], settings)
        let together = try changed(
            sessions, [.init(session: 0, trials: [0, 5]), .init(session: 1, trials: [4, 5])], settings)
        #expect(alone == together)
        let next = try changed(
            sessions, [.init(session: 1, trials: [5])], settings, .training(seed: 3, update: 8))
        #expect(next.input != alone.input && next.target != alone.target)
    }

    @Test(
        "training has the same bits on any number of threads; held-out trials stay as they are",
        arguments: settings)
    func threads(augmentation: AugmentationSettings) throws {
        let sessions = try sessions()
        var settings = TrainingConfiguration()
        settings.batchSize = 40
        settings.spikeJitter = augmentation.spikeJitter
        settings.temporalShift = augmentation.temporalShift
        settings.temporalShiftMaximum = augmentation.temporalShiftMaximum
        func trained(threads: Int, _ settings: TrainingConfiguration) throws -> StitchedTraining {
            let model = try StitchedModel(
                configuration(), sessions: sessions.map(\.shape), startingFrom: 2, threads: threads)
            return try StitchedTraining(model, sessions, settings, seed: 1)
        }
        let (one, three) = (try trained(threads: 1, settings), try trained(threads: 3, settings))
        let plain = try trained(threads: 1, TrainingConfiguration())
        #expect(try one.validationLosses() == plain.validationLosses())
        #expect(try one.runEpoch().total == three.runEpoch().total)
        #expect(one.model.parameterValues == three.model.parameterValues)
    }
}
