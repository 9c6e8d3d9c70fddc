import Foundation
import LinearAlgebra
import Recordings
import Testing
import TrialArrays

@testable import Evaluation

/// Days whose behaviour is a known linear map of their features.
private func day(
    trials: Int, shift: Float = 0, missing: Set<Int> = []
) -> (recording: Recording, features: TrialArray) {
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
    let recording = recording(trials: trials, bins: bins, names: ["x", "y"], behavior: behavior)
    return (recording, TrialArray(trials: trials, bins: bins, width: 2, values: features))
}

private func recording(
    trials: Int, bins: Int, names: [String], behavior: [Float]
) -> Recording {
    Recording(
        session: "s", subject: "m", date: "2024-01-01", binMilliseconds: 20, trialCount: trials,
        binCount: bins, units: [.init(name: "u")],
        values: [Float](repeating: 1, count: trials * bins),
        trials: (0..<trials).map { .init(identifier: $0, condition: nil, split: .train) },
        behaviorNames: names, behavior: behavior)
}

@Suite struct DecodingTests {
    private let plan = DecodingPlan(channels: ["x", "y"])

    private func fit(_ day: (recording: Recording, features: TrialArray)) throws -> BehaviorDecoder {
        try BehaviorDecoder(
            DecodingDay(day.recording, plan).moments(
                day.features, trials: Array(day.recording.trials.indices)), plan)
    }

    private func score(
        _ decoder: BehaviorDecoder, _ day: (recording: Recording, features: TrialArray)
    ) -> [Double?] {
        decoder.score(
            DecodingDay(day.recording, plan).moments(
                day.features, trials: Array(day.recording.trials.indices), folds: 1))
    }

    /// The smallest penalty of the grid is 1e-6 of the regressors' variance.
    private func isExact(_ value: Double?) -> Bool { (value ?? 0) > 1 - 1e-8 }

    @Test func asScikitLearnDecodes() throws {
        let fixture = try Fixtures.entry("decoding")
        let shape = try fixture.counts("shape")
        let features = try fixture.array("features", shape)
        let channels = try fixture.count("channels")
        let recording = recording(
            trials: shape[0], bins: shape[1], names: ["a", "b"],
            behavior: try fixture.array("behavior", [shape[0], shape[1], channels]).values)
        let plan = DecodingPlan(
            channels: ["a", "b"], lagBins: try fixture.count("lag"),
            historyBins: try fixture.count("history"))
        let day = DecodingDay(recording, plan)
        let decoder = try BehaviorDecoder(
            day.moments(features, trials: try fixture.counts("train")), plan)
        for (fit, penalty) in zip(decoder.fits, try fixture.numbers("penalties")) {
            #expect(isClose(fit?.penalty, penalty))
        }
        let scores = decoder.score(
            day.moments(features, trials: try fixture.counts("test"), folds: 1))
        for (score, expected) in zip(scores, try fixture.numbers("r2")) {
            #expect(isClose(score, expected))
        }
    }

    @Test func aLinearMapIsDecodedExactlyOnOtherTrialsToo() throws {
        let decoder = try fit(day(trials: 12))
        #expect(score(decoder, day(trials: 7)).allSatisfy(isExact))
    }

    @Test func determinationIsRelativeToTheMeanOfWhatIsTested() throws {
        let test = day(trials: 7, shift: 1)
        let value = try #require(score(try fit(day(trials: 12)), test)[0])
        let actual = (0..<35).map { Double(test.recording.behavior[2 * $0]) }
        let mean = actual.reduce(0, +) / 35
        let variance = actual.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 35
        #expect(abs(value - (1 - 1 / variance)) < 1e-3 / variance)
        #expect(value < 0)
    }

    @Test func aChannelWithGapsTakesNothingFromTheOthers() throws {
        let holed = day(trials: 12, missing: [0, 7, 23])
        let moments = DecodingDay(holed.recording, plan).moments(
            holed.features, trials: Array(0..<12), folds: 1)
        #expect(moments.folds(ofChannel: 0)[0].observations == 57)
        #expect(moments.folds(ofChannel: 1)[0].observations == 60)
        #expect(score(try fit(holed), holed).allSatisfy(isExact))
    }

    /// As if the sensor of `x` had been unplugged, or had stood still.
    @Test(arguments: [Float.nan, 2])
    func aDeadChannelHasNoValueAndTakesNoneFromTheOthers(_ value: Float) throws {
        let sound = day(trials: 12)
        var silent = day(trials: 9)
        for row in 0..<45 { silent.recording.behavior[2 * row] = value }
        for (fitted, tested) in [(silent, silent), (sound, silent), (silent, sound)] {
            let scores = score(try fit(fitted), tested)
            #expect(scores[0] == nil && isExact(scores[1]))
        }
    }

    @Test func lagAndHistoryReadEarlierBins() throws {
        // y of a bin is x of two bins before plus half of that three bins before.
        let (trials, bins) = (20, 9)
        let x = RandomStream(seed: 3, purpose: 1).normals(trials * bins)
        var y = [Float](repeating: 0, count: trials * bins)
        for trial in 0..<trials {
            for bin in 3..<bins {
                y[trial * bins + bin] = x[trial * bins + bin - 2] + 0.5 * x[trial * bins + bin - 3]
            }
        }
        let features = TrialArray(trials: trials, bins: bins, width: 1, values: x)
        let recording = recording(trials: trials, bins: bins, names: ["y"], behavior: y)
        func value(_ plan: DecodingPlan) throws -> Double {
            let day = DecodingDay(recording, plan)
            let decoder = try BehaviorDecoder(day.moments(features, trials: Array(0..<15)), plan)
            return try #require(
                decoder.score(day.moments(features, trials: Array(15..<20), folds: 1))[0])
        }
        #expect(try value(DecodingPlan(channels: ["y"], lagBins: 2, historyBins: 2)) > 1 - 1e-8)
        #expect(try value(DecodingPlan(channels: ["y"], lagBins: 2)) < 0.95)
        #expect(try value(DecodingPlan(channels: ["y"])) < 0.2)
    }

    /// A reaction time: the same in all bins of a trial.
    @Test func aNumberOfTheWholeTrialIsDecodedFromTheWholeTrial() throws {
        let (trials, bins) = (60, 16)
        let noise = RandomStream(seed: 5, purpose: 1).normals(trials * bins * 2)
        var behavior: [Float] = []
        for trial in 0..<trials {
            // What the first feature does in the second quarter of the trial.
            let number = (4..<8).reduce(Float(0)) { $0 + noise[(trial * bins + $1) * 2] } / 4
            for bin in 0..<bins {
                behavior += [bin == 3 ? .nan : 5 + number, noise[(trial * bins + bin) * 2]]
            }
        }
        let recording = recording(
            trials: trials, bins: bins, names: ["reaction", "course"], behavior: behavior)
        #expect(DecodingPlan.scalarChannels(of: recording) == ["reaction"])
        let plan = DecodingPlan(channels: ["reaction", "course"])
        let day = DecodingDay(recording, plan)
        let features = TrialArray(trials: trials, bins: bins, width: 2, values: noise)
        let moments = day.moments(features, trials: Array(0..<45), folds: 1)
        let reaction = moments.folds(ofChannel: 0)[0]
        #expect(reaction.observations == 45 && reaction.regressorMeans.count == 16)
        #expect(moments.folds(ofChannel: 1)[0].observations == 45 * bins)
        let decoder = try BehaviorDecoder(day.moments(features, trials: Array(0..<45)), plan)
        let scores = decoder.score(day.moments(features, trials: Array(45..<60), folds: 1))
        #expect(scores.allSatisfy { ($0 ?? 0) > 0.999 })
    }

    @Test func truthItselfScoresOneAndUnknownTrialsDoNotCount() {
        let truth: [Float] = [1, 10, 3, 20, .nan, .nan, .nan, .nan, 5, 30, 7, 40]
        var day = Recording(
            session: "s", subject: "m", date: "2024-01-01", binMilliseconds: 20, trialCount: 3,
            binCount: 2, units: [.init(name: "a"), .init(name: "b")],
            values: [Float](repeating: 1, count: 12),
            trials: (0..<3).map { .init(identifier: $0, condition: nil, split: .valid) },
            trueRates: truth)
        func r2(_ trials: [Int], _ values: [Float]) -> Double? {
            GroundTruth.rateR2(
                day, trials: trials,
                rates: TrialArray(trials: 3, bins: 2, width: 2, values: values))
        }
        #expect(r2([0, 1, 2], truth.map { $0.isNaN ? 0 : $0 }) == 1)
        #expect(r2([0, 1, 2], (0..<6).flatMap { _ in [Float(4), 25] }) == 0)
        #expect(r2([1], truth) == nil)
        day.trueRates = nil
        #expect(r2([0], truth) == nil)
    }

    @Test func latentsAreFoundByALinearMapOfFactors() throws {
        let (trials, bins) = (20, 10)
        let x = RandomStream(seed: 6, purpose: 1).normals(trials * bins * 2)
        var latents: [Float] = []
        for row in 0..<(trials * bins) {
            latents += [x[2 * row] - 3 * x[2 * row + 1] + 1, x[2 * row + 1], 7]
        }
        let day = recording(
            trials: trials, bins: bins, names: ["latent_x", "latent_y", "speed"], behavior: latents)
        #expect(GroundTruth.latentChannels(of: day) == ["latent_x", "latent_y"])
        let value = try GroundTruth.latentR2(
            day, factors: TrialArray(trials: trials, bins: bins, width: 2, values: x),
            training: Array(0..<15), tested: Array(15..<20))
        #expect(isExact(value))
    }
}
