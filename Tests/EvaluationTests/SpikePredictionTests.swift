import Foundation
import LinearAlgebra
import Stitching
import Testing
import TrialArrays

@testable import Evaluation

@Suite struct SpikePredictionTests {
    @Test func asTheBenchmarkCountsThem() throws {
        let fixture = try Fixtures.entry("bits_per_spike")
        let shape = try fixture.counts("shape")
        let rates = try fixture.array("rates", shape)
        let spikes = try fixture.array("spikes", shape)
        func bits(_ trials: [Int], _ bins: Range<Int>, _ units: [Int]) -> Double? {
            SpikePrediction.bitsPerSpike(
                rates: rates, counts: spikes, trials: trials, bins: bins, units: units)
        }
        let all = Array(0..<shape[0])
        #expect(isClose(bits(all, 0..<6, [0, 1, 2]), try fixture.number("all")))
        #expect(isClose(bits(all, 0..<4, [2]), try fixture.number("co")))
        #expect(isClose(bits(all, 4..<6, [0, 1, 2]), try fixture.number("forward")))
        #expect(isClose(bits([1, 3, 4], 0..<6, [0, 1, 2]), try fixture.number("subset")))
    }

    @Test func theMeanRateItselfIsWorthNothing() {
        let counts = TrialArray(trials: 2, bins: 2, width: 2, values: [1, 0, 3, 2, 0, 0, 0, 2])
        let rates = TrialArray(trials: 2, bins: 2, width: 2, values: [1, 1, 1, 1, 1, 1, 1, 1])
        #expect(
            SpikePrediction.bitsPerSpike(
                rates: rates, counts: counts, trials: [0, 1], bins: 0..<2, units: [0, 1]) == 0)
    }

    /// Pooled, a unit counts by its spikes; in the mean over units, as one.
    @Test func unitsCountAlikeInTheMeanOverUnits() throws {
        // A busy unit that is predicted and a rare one that is predicted wrongly, beside a silent one.
        let counts = TrialArray(
            trials: 1, bins: 4, width: 3, values: [9, 1, 0, 1, 0, 0, 9, 0, 0, 1, 0, 0])
        let rates = TrialArray(
            trials: 1, bins: 4, width: 3, values: [9, 0.1, 1, 1, 0.3, 1, 9, 0.3, 1, 1, 0.3, 1])
        func bits(_ units: [Int]) throws -> Double {
            try #require(
                SpikePrediction.bitsPerSpike(
                    rates: rates, counts: counts, trials: [0], bins: 0..<4, units: units))
        }
        let mean = try #require(
            SpikePrediction.meanOverUnits(
                SpikePrediction.gains(
                    rates: rates, counts: counts, trials: [0], bins: 0..<4, units: [0, 1, 2])))
        let (busy, rare) = (try bits([0]), try bits([1]))
        #expect(busy > 0 && rare < 0)
        #expect(abs(mean - (busy + rare) / 2) < 1e-12)
        // 20 spikes and one; the silent unit's expected four are a loss of the pool alone.
        let pooled = try bits([0, 1, 2])
        #expect(abs(pooled - (20 * busy + rare - 4 / log(2.0)) / 21) < 1e-12)
    }

    @Test func withoutSpikesThereIsNothingToSay() {
        let silent = TrialArray(trials: 1, bins: 3, width: 1, values: [0, 0, 0])
        let rates = TrialArray(trials: 1, bins: 3, width: 1, values: [1, 2, 3])
        #expect(
            SpikePrediction.bitsPerSpike(
                rates: rates, counts: silent, trials: [0], bins: 0..<3, units: [0]) == nil)
        #expect(
            SpikePrediction.bitsPerSpike(
                rates: rates, counts: rates, trials: [], bins: 0..<3, units: [0]) == nil)
    }

    /// Of a Poisson process that is on half of the time at rate a and half at b, the true rate is worth
    /// ½(a·log₂(a/m) + b·log₂(b/m))/m bits a spike, m = (a + b)/2.
    @Test func poissonTruth() throws {
        let (a, b) = (0.2, 1.8)
        let rows = 200_000
        let draws = RandomStream(seed: 8, purpose: 1).uniforms(rows)
        var counts: [Float] = []
        var rates: [Float] = []
        for (row, u) in draws.enumerated() {
            let rate = row % 2 == 0 ? a : b
            // By inversion of the distribution function.
            var (k, probability) = (0, exp(-rate))
            var total = probability
            while u > total, k < 50 {
                k += 1
                probability *= rate / Double(k)
                total += probability
            }
            counts.append(Float(k))
            rates.append(Float(rate))
        }
        let m = (a + b) / 2
        let expected = 0.5 * (a * log2(a / m) + b * log2(b / m)) / m
        let value = try #require(
            SpikePrediction.bitsPerSpike(
                rates: TrialArray(trials: 1, bins: rows, width: 1, values: rates),
                counts: TrialArray(trials: 1, bins: rows, width: 1, values: counts), trials: [0],
                bins: 0..<rows, units: [0]))
        // The standard error of the mean over 200,000 bins is about 0.003 bits.
        #expect(abs(value - expected) < 0.012)
    }
}
