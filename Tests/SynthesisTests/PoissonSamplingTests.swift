import Foundation
import Testing

@testable import Synthesis

struct PoissonSamplingTests {
    /// Every count owns one interval of the uniform number, so on an even grid of uniforms the share of
    /// a count is its probability, to within one grid point at either end.
    @Test(arguments: [0.003, 0.3, 1, 1.7, 5, 40.5, 1000])
    func everyCountHasItsProbability(mean: Double) {
        let grid = 20_000
        var tally: [Int: Int] = [:]
        for k in 0..<grid {
            tally[
                PoissonSampling.count(mean: mean, uniform: (Double(k) + 0.5) / Double(grid)),
                default: 0] += 1
        }
        // From e^-mean upwards in logarithms: another road than that of the sampler.
        var logarithm = -mean
        for count in 0...3000 {
            if count > 0 { logarithm += log(mean) - log(Double(count)) }
            let share = Double(tally[count] ?? 0) / Double(grid)
            #expect(abs(share - exp(logarithm)) <= 1.01 / Double(grid))
        }
        #expect(tally.keys.max() ?? 0 <= 3000)
    }

    @Test func noRateNoSpikes() {
        #expect(PoissonSampling.count(mean: 0, uniform: 0) == 0)
        #expect(PoissonSampling.count(mean: 0, uniform: 0.999_999) == 0)
    }

    @Test func theLargestUniformEnds() {
        for mean in [1e-12, 0.5, 3, 700, 20_000] {
            let count = PoissonSampling.count(mean: mean, uniform: 1 - 0x1p-53)
            // Nothing farther than 12 standard deviations (and a few spikes) has a probability
            // that a double could show.
            #expect(abs(Double(count) - mean) < 12 * mean.squareRoot() + 20)
        }
    }
}
