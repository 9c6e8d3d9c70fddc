import LinearAlgebra
import Recordings
import Testing

@testable import Evaluation

/// Days whose behaviour is a known linear map of their features.
private func day(
    trials: Int, shift: Float = 0, missing: Set<Int> = []
) -> (recording: Recording, features: [Float]) {
    let bins = 5
    var features: [Float] = []
    var behavior: [Float] = []
    var stream = RandomStream(seed: 4, purpose: 1, item: UInt32(trials)).uniforms(trials * bins * 2)
        .makeIterator()
    for row in 0..<(trials * bins) {
        let a = Float(stream.next() ?? 0)
        let b = Float(stream.next() ?? 0)
        features += [a, b]
        behavior += [missing.contains(row) ? .nan : 2 * a - b + 3 + shift, a + b]
    }
    let recording = Recording(
        session: "s", subject: "m", date: "2024-01-01", binMilliseconds: 20, trialCount: trials,
        binCount: bins, units: [.init(name: "u")],
        values: [Float](repeating: 1, count: trials * bins),
        trials: (0..<trials).map { .init(identifier: $0, condition: nil, split: .train) },
        behaviorNames: ["x", "y"], behavior: behavior)
    return (recording, features)
}

@Suite("Decoding behaviour")
struct DecodingTests {
    @Test("a linear map is decoded exactly, on other trials too")
    func linear() throws {
        let train = day(trials: 12)
        let test = day(trials: 7)
        let decoder = try RidgeDecoder(
            DecodingData(
                train.recording, trials: Array(0..<12), features: train.features, width: 2,
                channels: [0, 1]))
        let score = decoder.score(
            DecodingData(
                test.recording, trials: Array(0..<7), features: test.features, width: 2,
                channels: [0, 1]))
        // The smallest penalty of the grid is 1e-6 of the regressors' variance.
        #expect(score.allSatisfy { $0 > 1 - 1e-8 })
    }

    @Test("R² is relative to the mean of what is tested")
    func shifted() throws {
        let train = day(trials: 12)
        let test = day(trials: 7, shift: 1)
        let data = DecodingData(
            test.recording, trials: Array(0..<7), features: test.features, width: 2, channels: [0])
        let score = try RidgeDecoder(
            DecodingData(
                train.recording, trials: Array(0..<12), features: train.features, width: 2,
                channels: [0])
        ).score(data)
        let values = data.targets.column(0)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(abs(score[0] - (1 - 1 / variance)) < 1e-3 / variance)
        #expect(score[0] < 0)
    }

    @Test("a channel is fitted and tested in the bins in which it was measured, and only it")
    func missing() throws {
        let day = day(trials: 12, missing: [0, 7])
        let data = DecodingData(
            day.recording, trials: [0, 1, 2], features: Array(day.features.prefix(3 * 5 * 2)),
            width: 2, channels: [0, 1])
        let x = try #require(data.measured(0))
        #expect(x.groups == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2])
        #expect(x.features.rows == 13 && x.values.allSatisfy { $0.isFinite })
        #expect(data.measured(1)?.groups.count == 15)
        let all = DecodingData(
            day.recording, trials: Array(0..<12), features: day.features, width: 2,
            channels: [0, 1])
        #expect(try RidgeDecoder(all).score(all).allSatisfy { $0 > 1 - 1e-8 })
    }

    /// As if the sensor of `x` had been unplugged, or had stood still.
    @Test("a dead channel has no R², and takes none from the others", arguments: [Float.nan, 2])
    func dead(_ value: Float) throws {
        let sound = day(trials: 12)
        var silent = day(trials: 9)
        for row in 0..<45 { silent.recording.behavior[2 * row] = value }
        func data(_ day: (recording: Recording, features: [Float])) -> DecodingData {
            DecodingData(
                day.recording, trials: Array(day.recording.trials.indices), features: day.features,
                width: 2, channels: [0, 1])
        }
        let within = try RidgeDecoder(data(silent)).score(data(silent))
        #expect(within[0].isNaN && within[1] > 1 - 1e-8)
        let tested = try RidgeDecoder(data(sound)).score(data(silent))
        #expect(tested[0].isNaN && tested[1] > 1 - 1e-8)
        let fitted = try RidgeDecoder(data(silent)).score(data(sound))
        #expect(fitted[0].isNaN && fitted[1] > 1 - 1e-8)
        if value.isNaN {
            // Joined with a day that has it, the channel is learnt from that day.
            let joined = try RidgeDecoder(DecodingData(joining: [data(silent), data(sound)]))
                .score(data(sound))
            #expect(joined.allSatisfy { $0 > 1 - 1e-8 })
        }
    }

    @Test("means go over the channels that have an R²")
    func means() {
        let session = RunEvaluation.Session(
            session: "s", date: "2024-01-01", bitsPerSpike: nil, rateR2: nil,
            within: [0.5, .nan, 0.75], across: [.nan])
        #expect(session.withinMean == 0.625)
        #expect(session.acrossMean == nil)
    }

    @Test("days stay apart in cross-validation when they are joined")
    func joined() {
        let day = day(trials: 3)
        let data = DecodingData(
            day.recording, trials: [0, 1, 2], features: day.features, width: 2, channels: [0])
        let both = DecodingData(joining: [data, data])
        #expect(both.features.rows == 30)
        #expect(Set(both.groups).count == 6)
    }
}

@Suite("Rates against the truth")
struct RateAccuracyTests {
    @Test("the truth itself has R² 1, each unit's mean 0; unknown trials do not count")
    func bounds() throws {
        let truth: [Float] = [1, 10, 3, 20, .nan, .nan, .nan, .nan, 5, 30, 7, 40]
        let recording = Recording(
            session: "s", subject: "m", date: "2024-01-01", binMilliseconds: 20, trialCount: 3,
            binCount: 2, units: [.init(name: "a"), .init(name: "b")],
            values: [Float](repeating: 1, count: 12),
            trials: (0..<3).map { .init(identifier: $0, condition: nil, split: .valid) },
            trueRates: truth)
        let known = truth.map { $0.isNaN ? 0 : $0 }
        #expect(RateAccuracy.r2(recording, trials: [0, 1, 2], rates: known) == 1)
        let means: [Float] = (0..<6).flatMap { _ in [Float(4), 25] }
        #expect(RateAccuracy.r2(recording, trials: [0, 1, 2], rates: means) == 0)
        #expect(RateAccuracy.r2(recording, trials: [1], rates: [1, 1, 1, 1]) == nil)
    }
}
