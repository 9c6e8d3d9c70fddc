import Testing

@testable import Synthesis

struct LorenzTrajectoriesTests {
    /// Largest difference between the five-point difference quotient of the trajectories and the
    /// right side of the equations.
    private func worstResidual(timePerBin h: Double, bins: Int) -> Double {
        let made = LorenzTrajectories(conditions: 4, bins: bins, timePerBin: h, seed: 3)
        var worst = 0.0
        for condition in 0..<4 {
            func state(_ bin: Int, _ axis: Int) -> Double {
                made.raw[(condition * bins + bin) * 3 + axis]
            }
            for bin in 2..<bins - 2 {
                let (x, y, z) = (state(bin, 0), state(bin, 1), state(bin, 2))
                let expected = [10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z]
                for axis in 0..<3 {
                    let slope =
                        (8 * (state(bin + 1, axis) - state(bin - 1, axis))
                            - (state(bin + 2, axis) - state(bin - 2, axis))) / (12 * h)
                    worst = max(worst, abs(slope - expected[axis]))
                }
            }
        }
        return worst
    }

    /// The quotient is off by h⁴/30 times the fifth derivative. That it is off by nothing else shows
    /// where bins twice as long give 16 times the residual; slopes themselves reach some hundreds.
    @Test func everyConditionFollowsTheEquations() {
        let short = worstResidual(timePerBin: 0.001, bins: 400)
        let long = worstResidual(timePerBin: 0.002, bins: 200)
        #expect(short < 1e-4)
        #expect(abs(long / short - 16) < 1)
    }

    @Test func theStepIsShortEnoughForTheDefaultDuration() {
        let made = LorenzTrajectories(conditions: 20, bins: 100, timePerBin: 0.015, seed: 1)
        // The same starts with steps a fifth as long: after 1.5 units of time the two differ by far
        // less than any decoder could see.
        for condition in 0..<20 {
            let start = condition * 300
            var state = SIMD3(made.raw[start], made.raw[start + 1], made.raw[start + 2])
            var worst = 0.0
            for bin in 1..<100 {
                for _ in 0..<30 { state = LorenzTrajectories.advanced(state, by: 0.0005) }
                for axis in 0..<3 {
                    worst = max(worst, abs(state[axis] - made.raw[start + bin * 3 + axis]))
                }
            }
            #expect(worst < 1e-3)
        }
    }

    @Test func startsOnTheAttractorAndDiffersBetweenConditions() {
        let made = LorenzTrajectories(conditions: 50, bins: 100, timePerBin: 0.015, seed: 9)
        for row in 0..<5000 {
            #expect(abs(made.raw[row * 3]) < 21)
            #expect(abs(made.raw[row * 3 + 1]) < 30)
            #expect(made.raw[row * 3 + 2] > 0 && made.raw[row * 3 + 2] < 50)
        }
        let starts = Set((0..<50).map { made.raw[$0 * 300] })
        #expect(starts.count == 50)
        // Both wings are visited.
        #expect(starts.contains { $0 < -2 } && starts.contains { $0 > 2 })
    }

    @Test func latentsAreStandardisedOverConditionsAndBins() {
        let made = LorenzTrajectories(conditions: 12, bins: 40, timePerBin: 0.015, seed: 5)
        for axis in 0..<3 {
            let values = (0..<480).map { made.latents[$0 * 3 + axis] }
            let mean = values.reduce(0, +) / 480
            let variance = values.map { $0 * $0 }.reduce(0, +) / 480
            #expect(abs(mean) < 1e-12)
            #expect(abs(variance - 1) < 1e-12)
            for row in 0..<480 {
                let back = values[row] * made.deviations[axis] + made.means[axis]
                #expect(abs(back - made.raw[row * 3 + axis]) < 1e-12)
            }
        }
    }

    @Test func moreConditionsLeaveTheFirstOnesAsTheyAre() {
        let few = LorenzTrajectories(conditions: 3, bins: 20, timePerBin: 0.015, seed: 5)
        let many = LorenzTrajectories(conditions: 8, bins: 20, timePerBin: 0.015, seed: 5)
        #expect(few.raw == Array(many.raw.prefix(180)))
    }
}
