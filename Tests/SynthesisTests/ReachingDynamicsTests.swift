import Foundation
import Testing

@testable import Synthesis

struct ReachingDynamicsTests {
    private func median(_ world: ReachingWorld, _ condition: Int) -> ReachingTrial {
        .median(ofCondition: condition, settings: world.settings, dynamics: world.dynamics)
    }

    /// Largest difference of two entries in the same place.
    private func worst(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).map { abs($0 - $1) }.max() ?? 0
    }

    @Test func latentsAreStandardisedOverTheMedianTrialsOfAllConditions() throws {
        let world = try smallReaching()
        let rows = (0..<8).flatMap { world.dynamics.course(of: median(world, $0)).latents }
        let columns = (0..<16).map { latent in
            moments(stride(from: latent, to: rows.count, by: 16).map { rows[$0] })
        }
        #expect(columns.allSatisfy { abs($0.mean) < 1e-10 })
        for group in [0..<6, 6..<14, 14..<16] {
            let variances: [Double] = columns[group].map { $0.deviation * $0.deviation }
            #expect(abs(moments(variances).mean - 1) < 1e-10)
        }
    }

    @Test func theHandGoesToTheTargetAndStops() throws {
        let world = try smallReaching { $0.bins = 60 }
        for condition in 0..<8 {
            let velocity = world.dynamics.course(of: median(world, condition)).velocity
            var way = SIMD2<Double>.zero
            for bin in 0..<60 { way += SIMD2(velocity[2 * bin], velocity[2 * bin + 1]) }
            let angle = 2 * Double.pi * Double(condition) / 8
            let across = (way * SIMD2(sin(angle), -cos(angle))).sum()
            let along = (way * SIMD2(cos(angle), sin(angle))).sum()
            // Both planes turn alike: the way is straight to the last bit but for rounding.
            #expect(abs(across) < 1e-9 * along)
            #expect(hypot(velocity[118], velocity[119]) < 0.5)
        }
    }

    @Test func nothingMovesBeforeTheOnset() throws {
        let world = try smallReaching()
        let course = world.dynamics.course(of: median(world, 3))
        // Cue at 300 ms, reaction time 250 ms: bins 0 to 9 have their middle before 550 ms, and bin 11's
        // is 25 ms into it.
        #expect(course.velocity.prefix(20).allSatisfy { $0 == 0 })
        #expect(course.velocity[22...23].contains { abs($0) > 0 })
        for bin in 1..<10 {
            #expect(course.latents[bin * 16..<(bin + 1) * 16] == course.latents[0..<16])
        }
    }

    /// A reaction time that is three bins longer moves everything by three bins.
    @Test func reactionTimeShiftsLatentsAndBehaviour() throws {
        let world = try smallReaching()
        var late = median(world, 2)
        late.reactionSeconds += 0.15
        let (first, second) = (
            world.dynamics.course(of: median(world, 2)), world.dynamics.course(of: late)
        )
        #expect(
            worst(Array(first.velocity.prefix(29 * 2)), Array(second.velocity.dropFirst(6))) < 1e-3)
        #expect(
            worst(Array(first.latents.prefix(29 * 16)), Array(second.latents.dropFirst(48))) < 1e-3)
        #expect(worst(first.latents, second.latents) > 0.5)
    }

    @Test func amplitudeScalesTheMovementAndLeavesPreparationAsItIs() throws {
        let world = try smallReaching()
        var large = median(world, 5)
        large.amplitude = 1.5
        let (first, second) = (
            world.dynamics.course(of: median(world, 5)), world.dynamics.course(of: large)
        )
        #expect(worst(first.velocity.map { $0 * 1.5 }, second.velocity) < 1e-9)
        for bin in 0..<32 {
            let preparation = bin * 16..<bin * 16 + 6
            #expect(first.latents[preparation] == second.latents[preparation])
        }
    }

    @Test func anInputChangesWhatFollowsItAndNothingBefore() throws {
        let world = try smallReaching()
        var corrected = median(world, 0)
        corrected.input = ReachingTrial.Input(seconds: 0.9, direction: SIMD2(0, 0.6))
        let (first, second) = (
            world.dynamics.course(of: median(world, 0)), world.dynamics.course(of: corrected)
        )
        // Bin 17 has its middle at 875 ms.
        #expect(first.latents.prefix(18 * 16) == second.latents.prefix(18 * 16))
        #expect(abs(second.velocity[42] - first.velocity[42]) < 1e-9)
        #expect(second.velocity[43] > 5)
    }

    /// A tenth of the step gives the same course: the integrator is exact for all that is seen.
    @Test func theStepIsShortEnough() throws {
        func world(_ binMilliseconds: Double, _ bins: Int) throws -> ReachingWorld {
            try smallReaching {
                $0.binMilliseconds = binMilliseconds
                $0.bins = bins
                $0.cueMilliseconds = 20
                $0.reactionMilliseconds = 43
            }
        }
        let (coarse, fine) = (try world(10, 32), try world(1, 320))
        let (a, b) = (coarse.dynamics.course(of: median(coarse, 1)), median(fine, 1))
        let course = fine.dynamics.course(of: b)
        // The scales differ by where the bins lie; the shape of a latent doesn't.
        func shape(_ values: [Double]) -> [Double] {
            let most = values.map(abs).max() ?? 1
            return values.map { $0 / most }
        }
        // The middle of a bin of 10 ms is where a bin of 1 ms ends: the mean of its neighbours' middles.
        let speed = (0..<32).map { bin -> Double in
            let place = 2 * (10 * bin + 4)
            return (course.velocity[place] + course.velocity[place + 2]) / 2
        }
        let own = (0..<32).map { a.velocity[2 * $0] }
        #expect(worst(shape(own), shape(speed)) < 0.02)
    }
}
