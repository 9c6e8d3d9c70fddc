import Foundation
import LinearAlgebra
import Recordings
import Registry
import TestSupport
import Testing
import TrialArrays

@testable import Evaluation
@testable import Stitching

/// Figures of days on which some samples were not observed, NaN among the counts.
@Suite("Samples that were not observed") struct UnobservedSamplesTests {
    private func array(_ trials: Int, _ values: [Float]) -> TrialArray {
        TrialArray(trials: trials, bins: values.count / trials, width: 1, values: values)
    }

    @Test("bits per spike are of what was observed, the null model's too")
    func bits() throws {
        let rates = array(2, [1, 2, 3, 4, 0.5, 1])
        let hidden = array(2, [2, .nan, 3, .nan, .nan, 0])
        let value = try #require(
            SpikePrediction.bitsPerSpike(
                rates: rates, counts: hidden, trials: [0, 1], bins: 0..<3, units: [0]))
        // Of 2, 3 and 0 at rates 1, 3 and 1; the mean is 5/3.
        let model: Double = 3 * log(3.0) - 5
        let null: Double = 5 * log(5.0 / 3) - 5
        #expect(abs(value - (model - null) / (5 * log(2.0))) < 1e-12)
        let nothing = array(2, [Float](repeating: .nan, count: 6))
        #expect(
            SpikePrediction.bitsPerSpike(
                rates: rates, counts: nothing, trials: [0, 1], bins: 0..<3, units: [0]) == nil)
    }

    @Test("averages are of the trials in which a bin was observed")
    func averages() throws {
        let means = ConditionMeans(
            array(3, [1, .nan, .nan, 2, 5, .nan, 6, 7, 8]), labels: ["a", "a", "b"], trials: [0, 1, 2])
        let a = try #require(means.values["a"])
        #expect(a.values[0] == 1.5 && a.values[1] == 5 && a.values[2].isNaN)
        #expect(means.values["b"]?.values == [6, 7, 8])
        #expect((0..<3).map { means.trials("a", bin: $0, column: 0) } == [2, 1, 0])
        #expect(means.trials("b", bin: 2, column: 0) == 1 && means.trials("c", bin: 0, column: 0) == 0)
    }

    @Test("smoothing weighs what was observed, and a constant stays one")
    func smoothing() throws {
        let constant = array(2, [3, .nan, 3, 3, .nan, .nan, 3, 3])
        // The largest difference is a rounding.
        #expect(
            constant.smoothed(standardDeviation: 1).values.allSatisfy { abs($0 - 3) <= 3 * Float.ulpOfOne })
        let step = array(1, [2, .nan, 8]).smoothed(standardDeviation: 1)
        let (near, far) = (exp(-0.5), exp(-2.0))
        #expect(abs(Double(step.values[0]) - (2 + 8 * far) / (1 + far)) < 1e-6)
        #expect(abs(Double(step.values[1]) - (2 * near + 8 * near) / (2 * near)) < 1e-6)
        // Beyond the Gaussian's reach of four standard deviations nothing is known.
        let late = array(2, [1, .nan, .nan, 3, .nan, .nan]).smoothed(standardDeviation: 0.2)
        #expect(late.values[0] == 1 && late.values[2].isNaN)
        let gone = array(3, [1, .nan, .nan, 4, .nan, .nan, 5, 7, .nan])
        // The mean of the trials that are known.
        let mean = Float(13.0 / 3)
        #expect(gone.filled(fromTrials: [0, 2]).values == [1, mean, mean, 4, mean, mean, 5, 7, mean])
        let whole = array(2, [.nan, .nan, 2, 4])
        #expect(whole.filled(fromTrials: [1]).values == [3, 3, 2, 4])
        #expect(whole.filled(fromTrials: []).values == [0, 0, 2, 4])
    }

    @Test("a tested trial that was not observed is one that is not tested")
    func transferred() throws {
        let (day, other) = (TransferWorld(day: 0), TransferWorld(day: 1))
        let gone = Set(day.tested.prefix(5))
        let size = day.counts.trialSize
        let hidden = day.counts.replacingValues(
            day.counts.values.enumerated().map { gone.contains($0 / size) ? .nan : $1 })
        func prediction(_ counts: TrialArray, _ tested: [Int]) throws -> Double {
            let prediction = TransferredPrediction(
                readOut: day.readOut, factors: day.transferred().factors,
                training: ConditionMeans(counts, labels: day.labels, trials: day.training),
                tested: ConditionMeans(counts, labels: day.labels, trials: tested))
            return try #require(prediction.bitsPerSpike(from: [other.transferred()]))
        }
        let rest = day.tested.filter { !gone.contains($0) }
        // Sums in another order.
        #expect(
            isClose(try prediction(hidden, day.tested), try prediction(day.counts, rest), relative: 1e-9))
        func few(_ counts: TrialArray, _ tested: [Int]) throws -> Double {
            try #require(
                try FewShotPrediction.bitsPerSpike(
                    factors: day.factors, counts: counts, units: [3, 7, 11], bins: 0..<TransferWorld.bins,
                    training: day.training, tested: tested, key: 1))
        }
        #expect(isClose(try few(hidden, day.tested), try few(day.counts, rest), relative: 1e-9))
        // Learnt from half of the samples, they still say most of what they can.
        let sparse = day.counts.replacingValues(
            day.counts.values.enumerated().map { ($0 / 20 + $0) % 2 == 0 ? .nan : $1 })
        #expect(try few(sparse, day.tested) > 0.7 * few(day.counts, day.tested))
        #expect(try prediction(sparse, day.tested) > 0.9 * prediction(day.counts, day.tested))
    }

    @Test("a run of such days, from the registry to figures, a new day and the monitor")
    func journey() throws {
        // Each unit in every second bin, in a phase of its own.
        func hide(_ day: Recording) -> Recording {
            var day = day
            let units = day.units.count
            for place in day.values.indices where (place / units + place % units) % 2 == 0 {
                day.values[place] = .nan
            }
            return day
        }
        let days = try DriftLab.world(seed: 3)
        try withRegistry { (registry) throws in
            try registry.register(days.map(hide))
            let names = days.map(\.session)
            try registry.stitch(
                StitchManifest(
                    text: """
                        run: sparse
                        sessions: [\(names.prefix(3).joined(separator: ", "))]
                        seed: 5
                        held_out_units: 0.2
                        model: {ic_enc_dim: 16, ic_dim: 8, gen_dim: 16, fac_dim: 4, dropout_rate: 0.05}
                        train: {epochs: 60, batch_size: 48, kl_increase_epoch: 5, l2_increase_epoch: 5}
                        """))
            let run = try TrainedRun("sparse", in: registry, threads: 1)
            for name in names.prefix(3) {
                let day = try InferredDay(try run.day(name))
                #expect(day.counts.values.count { $0.isNaN } == day.counts.values.count / 2)
                #expect(!day.smoothedCounts.values.contains { $0.isNaN })
                // Two ways to the same number: from rates, and from the loss of training.
                let loss = try day.trained.model.reconstructionLoss(
                    day.session.trials, chosen: day.heldOutTrials)
                let bits = BitsPerSpike(day.session, trials: day.heldOutTrials).value(meanLoss: loss)
                // The loss is a mean of some 10³ values, each in single precision.
                #expect(isClose(day.heldOutBitsPerSpike, bits, relative: 1e-4))
            }
            let evaluation = try RunEvaluation(
                run: "sparse", in: registry, options: RunEvaluation.Options(threads: 1))
            for day in evaluation.sessions {
                #expect(try #require(day.metrics[.bitsPerSpike]) > 0.05)
                #expect(try #require(day.metrics[.coSmoothing]) > 0)
                #expect(try #require(day.metrics[.fewShotCoSmoothing]) > 0)
                #expect(try #require(day.metrics[.rateR2]) > 0.7)
                #expect(try #require(day.metrics[.latentR2]) > 0.8)
                #expect(try #require(day.metrics[.psthR2]) > 0.3, "\(day.metrics[.psthR2] ?? .nan)")
                for metric in [Metric.withinFromCounts, .consistencyOfCounts, .skewOfCounts] {
                    #expect(day.metrics[metric] != nil)
                }
            }
            for usesLabels in [true, false] {
                var options = ExtendJourney.Options(threads: 1)
                options.name = usesLabels ? "joined" : "joined-blind"
                options.usesLabels = usesLabels
                options.epochs = 0
                let joined = try ExtendJourney.extend(
                    run: "sparse", by: names[3], in: registry, options: options)
                let day = try InferredDay(try TrainedRun(joined.run, in: registry, threads: 1).day(names[3]))
                #expect(try #require(day.heldOutBitsPerSpike) > 0.05)
            }
            let monitor = try DriftMonitor(run: "sparse", in: registry, options: .init(threads: 1))
            #expect(try monitor.judge(names[0]).verdict == .useAsIs)
            #expect(try monitor.judge(names[3]).verdict == .extend)
        }
    }
}
