import Foundation
import LFADS
import Recordings
import TestSupport
import Testing

@testable import Stitching

@Suite("Bits per spike and agreement")
struct MeasureTests {
    @Test("the mean rate itself has no bits, the counts' own rates have the closed form")
    func bitsPerSpike() throws {
        let recording = try TrainedWorld.recordings(sessions: 1)[0]
        let session = try PreparedSession(recording)
        let trials = session.validationTrials
        let bits = BitsPerSpike(session, trials: trials)
        let data = session.trials
        let counts = data.counts.widened()
        func loss(_ rate: (Int, Double) -> Double) -> Double {
            var sum = 0.0
            for trial in trials {
                for t in 0..<data.binCount {
                    for j in 0..<data.unitCount {
                        let y = Double(counts[trial, t, j])
                        let r = rate(j, y)
                        let stirling = y > 1 ? y * log(y) - y + 0.5 * log(2 * .pi * y) : 0
                        sum += r - y * log(r) + stirling
                    }
                }
            }
            return sum / Double(trials.count * data.binCount * data.unitCount)
        }
        var means = [Double](repeating: 0, count: data.unitCount)
        var spikes = 0.0
        for trial in trials {
            for i in 0..<(data.binCount * data.unitCount) {
                let y = Double(counts.values[trial * counts.trialSize + i])
                means[i % data.unitCount] += y / Double(trials.count * data.binCount)
                spikes += y
            }
        }
        #expect(abs(bits.value(meanLoss: loss { unit, _ in means[unit] })) < 1e-9)
        // Twice the rate costs Σ mean·(2 − 1 − ln 2) over all bins: (1 − ln 2)/ln 2 bits a spike.
        let double = bits.value(meanLoss: loss { unit, _ in 2 * means[unit] })
        #expect(abs(double + (1 - log(2)) / log(2)) < 1e-9)
    }

    @Test("a day agrees with itself; the formula on two days")
    func agreement() throws {
        let recordings = try TrainedWorld.recordings()
        let (sessions, training) = try TrainedWorld.train(recordings, try TrainedWorld.manifest())
        let agreement = try #require(FactorAgreement(sessions, trainingTrialsPerCondition: nil))
        // An independent evaluation of the definition.
        func averages(_ index: Int) throws -> [String: [Double]] {
            let trials = Array(recordings[index].trials.indices)
            let inferred = try training.model.infer(
                sessions[index].trials, chosen: trials, quantities: .factors)
            let factors = try #require(inferred.factors).values
            let size = inferred.binCount * 3
            var sums: [String: [Double]] = [:]
            for trial in trials {
                let condition = recordings[index].trials[trial].condition ?? ""
                var sum = sums[condition] ?? [Double](repeating: 0, count: size)
                for i in 0..<size { sum[i] += Double(factors[trial * size + i]) / 6 }
                sums[condition] = sum
            }
            return sums
        }
        let (a, b) = (try averages(0), try averages(1))
        var between = 0.0
        for (condition, x) in a {
            for (p, q) in zip(x, b[condition] ?? []) { between += (p - q) * (p - q) }
        }
        var within = 0.0
        for day in [a, b] {
            for k in 0..<3 {
                let values = day.values.flatMap { average in
                    average.enumerated().filter { $0.offset % 3 == k }.map(\.element)
                }
                let mean = values.reduce(0, +) / Double(values.count)
                within += values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 2
            }
        }
        #expect(try abs(agreement.value(training) - (1 - between / within)) < 1e-6)
    }

    @Test("one day has no agreement")
    func single() throws {
        let session = try PreparedSession(try TrainedWorld.recordings(sessions: 1)[0])
        #expect(FactorAgreement([session], trainingTrialsPerCondition: nil) == nil)
    }
}
