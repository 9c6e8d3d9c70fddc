import LinearAlgebra
import Testing
import TrialArrays

@testable import Evaluation

@Suite struct PSTHTests {
    @Test func determinationAsScikitLearnHasIt() throws {
        let fixture = try Fixtures.entry("determination")
        let width = try fixture.count("width")
        func matrix(_ key: String) throws -> Matrix {
            let values = try fixture.numbers(key)
            return Matrix(rows: values.count / width, columns: width, values: values)
        }
        let (actual, predicted) = (try matrix("actual"), try matrix("predicted"))
        #expect(
            isClose(
                CoefficientOfDetermination.pooled(actual: actual, predicted: predicted),
                try fixture.number("pooled")))
        #expect(
            isClose(
                CoefficientOfDetermination.meanOverColumns(actual: actual, predicted: predicted),
                try fixture.number("mean_over_columns")))
    }

    @Test func aConstantColumnCountsForNothing() {
        let actual = Matrix(rows: 3, columns: 2, values: [1, 5, 2, 5, 3, 5])
        let predicted = Matrix(rows: 3, columns: 2, values: [1, 0, 2, 0, 3, 0])
        #expect(CoefficientOfDetermination.meanOverColumns(actual: actual, predicted: predicted) == 1)
        #expect(
            CoefficientOfDetermination.pooled(
                actual: Matrix(rows: 2, columns: 1, values: [2, 2]),
                predicted: Matrix(rows: 2, columns: 1, values: [1, 3])) == nil)
    }

    /// Two conditions of two trials; averages by hand.
    @Test func psthsByHand() throws {
        let labels: [String?] = ["a", "a", "b", "b", "a", "b", nil]
        let rates = TrialArray(
            trials: 7, bins: 2, width: 1, values: [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 5, 9, 9])
        let counts = TrialArray(
            trials: 7, bins: 2, width: 1, values: [1, 3, 1, 1, 2, 4, 4, 6, 0, 0, 0, 0, 9, 9])
        // Rates of trials 4 (a) and 5 (b): 1, 2, 3, 5. Counts of 0–3: a 1, 2; b 3, 5.
        #expect(
            PSTH.r2(
                rates: rates, smoothedCounts: counts, labels: labels, tested: [4, 5, 6],
                training: [0, 1, 2, 3]) == 1)
        // With trials 0 and 2 alone: a 1, 3; b 2, 4; mean 2.5, variance 5, error 0 + 1 + 1 + 1.
        let value = try #require(
            PSTH.r2(
                rates: rates, smoothedCounts: counts, labels: labels, tested: [4, 5],
                training: [0, 2]))
        #expect(abs(value - (1 - 3.0 / 5)) < 1e-12)
    }

    /// Signal variance S, noise variance N, n trials a condition: 1 − N·n/((n − 1)(S + N)).
    @Test func consistencyIsWhatItsFormulaSays() throws {
        let (conditions, perCondition, bins) = (200, 5, 20)
        let count = conditions * perCondition * bins
        let signal = RandomStream(seed: 1, purpose: 1).normals(conditions * bins)
        let noise = RandomStream(seed: 1, purpose: 2).normals(count)
        let (s, n) = (4.0, 1.0)
        var values: [Float] = []
        for trial in 0..<(conditions * perCondition) {
            for bin in 0..<bins {
                let condition = trial % conditions
                values.append(
                    Float(s.squareRoot()) * signal[condition * bins + bin]
                        + Float(n.squareRoot()) * noise[trial * bins + bin])
            }
        }
        let trials = conditions * perCondition
        let value = try #require(
            PSTH.consistency(
                TrialArray(trials: trials, bins: bins, width: 1, values: values),
                labels: (0..<trials).map { "\($0 % conditions)" }, trials: Array(0..<trials)))
        let k = Double(perCondition)
        // 4,000 means of the signal: S is known to about 2 %.
        #expect(abs(value - (1 - n * k / ((k - 1) * (s + n)))) < 0.01)
    }

    @Test func aConditionOfOneTrialHasNoOthers() {
        let values = TrialArray(trials: 2, bins: 2, width: 1, values: [1, 2, 3, 4])
        #expect(PSTH.consistency(values, labels: ["a", "b"], trials: [0, 1]) == nil)
        #expect(PSTH.consistency(values, labels: [nil, nil], trials: [0, 1]) == nil)
    }

    @Test func smoothingKeepsAConstantAndItsEdges() {
        let constant = TrialArray(trials: 2, bins: 7, width: 2, values: [Float](repeating: 3, count: 28))
        for value in constant.smoothed(standardDeviation: 1.5).values { #expect(abs(value - 3) < 1e-5) }
        let pulse = TrialArray(trials: 1, bins: 9, width: 1, values: [0, 0, 0, 0, 1, 0, 0, 0, 0])
        let smooth = pulse.smoothed(standardDeviation: 1).values
        #expect(smooth[4] > smooth[3] && smooth[3] > smooth[2] && smooth[3] == smooth[5])
        #expect(pulse.smoothed(standardDeviation: 0).values == pulse.values)
    }

    /// Every tested trial gets its condition's average over training trials; silence is not taken for certain.
    @Test func averagesAsRates() {
        let counts = TrialArray(trials: 5, bins: 2, width: 1, values: [1, 0, 3, 0, 4, 4, 9, 9, 7, 7])
        let (rates, trials) = PSTH.rates(
            smoothedCounts: counts, labels: ["a", "a", "b", "a", nil], tested: [3, 4], training: [0, 1, 2])
        #expect(trials == [3])
        #expect(Array(rates[trial: 3]) == [2, 0.125])
    }
}
