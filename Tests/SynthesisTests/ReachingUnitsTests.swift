import Foundation
import LinearAlgebra
import Testing

@testable import Synthesis

struct ReachingUnitsTests {
    /// Rates at one point of the day, Hz, `[bins, units]`, without the day's own noise.
    private func rates(
        _ units: ReachingUnits, _ world: ReachingWorld, progress: Double, condition: Int = 0
    ) -> Matrix {
        let course = world.dynamics.course(
            of: .median(ofCondition: condition, settings: world.settings, dynamics: world.dynamics))
        return units.rates(
            latents: Matrix(rows: world.settings.bins, columns: 16, values: course.latents),
            noise: Matrix(zeros: world.settings.bins, world.settings.privateDimensions),
            progress: progress)
    }

    @Test func keptUnitsHaveTheSameNamesAndLoadings() throws {
        let world = try smallReaching {
            $0.units = 40
            $0.keptShare = 0.75
        }
        let days = (0..<3).map { world.units(day: $0) }
        for (earlier, later) in zip(days, days.dropFirst()) {
            #expect(Set(earlier.names).intersection(later.names).count == 30)
            for (index, name) in later.names.enumerated() {
                guard let before = earlier.names.firstIndex(of: name) else { continue }
                #expect(earlier.loadings.row(before) == later.loadings.row(index))
                #expect(earlier.baselines[before] == later.baselines[index])
            }
        }
        // A unit that has come does not wear the name of one that has left.
        #expect(Set(days.flatMap(\.names)).count == 60)
    }

    /// With n units the mean of n normal logarithms is within five standard errors.
    @Test func meanRatesAndModulationAreThoseOfTheSettings() throws {
        let world = try smallReaching {
            $0.units = 600
            $0.baselineDriftWithin = 0
            $0.gainDriftWithin = 0
            $0.privateStrength = 0
            $0.deadMilliseconds = 0
        }
        let units = world.units(day: 0)
        var means = [Double](repeating: 0, count: 600)
        for condition in 0..<8 {
            let rates = rates(units, world, progress: 0.5, condition: condition)
            for unit in 0..<600 { means[unit] += moments(rates.column(unit)).mean / 8 }
        }
        #expect(areNormal(means.map { log($0) }, mean: log(38), deviation: 0.6))
        for unit in 0..<600 {
            let squares: [Double] = units.loadings.row(unit).map { $0 * $0 }
            let length = squares.reduce(0, +).squareRoot()
            #expect(length > 0.25 - 1e-12 && length < 0.65 + 1e-12)
        }
    }

    /// A source that is dead for τ after a spike is seen in a share 1 − rate·τ of the time.
    @Test func deadTimeBoundsRates() throws {
        let free = try smallReaching { $0.deadMilliseconds = 0 }
        let dead = try smallReaching { $0.deadMilliseconds = 4 }
        let drives = rates(free.units(day: 1), free, progress: 0.3).values
        let seen = rates(dead.units(day: 1), dead, progress: 0.3).values
        for (drive, rate) in zip(drives, seen) {
            #expect(rate < 250)
            #expect(abs(rate - drive * (1 - rate * 0.004)) < 1e-12 * drive)
        }
    }

    @Test func mergedUnitsAreTheSumsOfTheirRates() throws {
        let apart = try smallReaching { $0.units = 20 }
        let together = try smallReaching {
            $0.units = 20
            $0.mergedShare = 0.4
        }
        let (single, merged) = (apart.units(day: 2), together.units(day: 2))
        #expect(merged.names.count == 16 && merged.merged.count == 4)
        let (a, b) = (rates(single, apart, progress: 0.3), rates(merged, together, progress: 0.3))
        for (index, name) in merged.names.enumerated() {
            let parts = merged.merged[name] ?? [name]
            #expect(parts.count == (merged.merged[name] == nil ? 1 : 2))
            var sum = [Double](repeating: 0, count: 32)
            for part in parts {
                let place = try #require(single.names.firstIndex(of: part))
                for bin in 0..<32 { sum[bin] += a[bin, place] }
            }
            for bin in 0..<32 { #expect(abs(b[bin, index] - sum[bin]) < 1e-9 * sum[bin]) }
        }
        #expect(together.units(day: 1).merged != merged.merged)
        let provenance = try together.recording(day: 2).provenance
        let pairs = try #require(provenance["merged_units"])
        #expect(pairs.split(separator: ",").count == 4)
    }

    @Test func unitsAreAbsentOnSomeDaysAndComeBack() throws {
        let world = try smallReaching {
            $0.sessions = 12
            $0.units = 40
            $0.keptShare = 1
            $0.absentShare = 0.2
        }
        let names = (0..<12).map { Set(world.units(day: $0).names) }
        #expect(names.allSatisfy { (32...40).contains($0.count) })
        #expect(Set(names.map(\.count)).count > 3)
        #expect(names.reduce(Set()) { $0.union($1) }.count == 40)
    }

    /// The standard deviation over many units, at any time of the day, is the one that was set.
    @Test(arguments: [0.0, 0.37, 1.0])
    func driftWithinTheDayHasItsSize(progress: Double) throws {
        let world = try smallReaching {
            $0.units = 800
            $0.baselineDriftWithin = 0.2
            $0.gainDriftWithin = 0.3
        }
        let units = world.units(day: 0)
        for (drifts, size) in [(units.baselineDrifts, 0.2), (units.gainDrifts, 0.3)] {
            let values = drifts.map { $0.value(at: progress) }
            #expect(drifts.allSatisfy { $0.betweenDays == 0 })
            #expect(areNormal(values, mean: 0, deviation: size))
        }
    }

    /// Slow: from one trial of a hundred to the next it moves by at most a few hundredths of its size.
    @Test func driftWithinTheDayIsSmooth() throws {
        let units = try smallReaching { $0.units = 200 }.units(day: 1)
        for drift in units.baselineDrifts {
            for trial in 0..<100 {
                let step =
                    drift.value(at: Double(trial + 1) / 100) - drift.value(at: Double(trial) / 100)
                #expect(abs(step) < 0.03)
            }
        }
    }

    /// x ← 0.9 x + step: after six days 0.9⁶ of it is left, and the variance of what came is that of six steps, of
    /// which each is left by as much.
    @Test func driftBetweenDaysAddsStepsThatFade() throws {
        let world = try smallReaching {
            $0.sessions = 10
            $0.units = 800
            $0.keptShare = 1
            $0.baselineDriftBetween = 0.1
            $0.gainDriftBetween = 0.2
        }
        let (fourth, tenth) = (world.units(day: 3), world.units(day: 9))
        for (before, after, step) in [
            (fourth.baselineDrifts, tenth.baselineDrifts, 0.1),
            (fourth.gainDrifts, tenth.gainDrifts, 0.2),
        ] {
            let came = zip(before, after).map { $1.betweenDays - pow(0.9, 6) * $0.betweenDays }
            let variance = (0..<6).reduce(0.0) { $0 + pow(0.81, Double($1)) }
            #expect(areNormal(came, mean: 0, deviation: step * variance.squareRoot()))
        }
    }

    /// Months later the spread over units is step/√(1 − 0.9²), as it is a year later.
    @Test(arguments: [40, 180])
    func driftBetweenDaysHasABound(day: Int) throws {
        let units = try smallReaching {
            $0.sessions = 200
            $0.units = 800
            $0.keptShare = 1
            $0.baselineDriftBetween = 0.1
            $0.gainDriftBetween = 0.2
        }.units(day: day)
        for (drifts, step) in [(units.baselineDrifts, 0.1), (units.gainDrifts, 0.2)] {
            #expect(
                areNormal(drifts.map(\.betweenDays), mean: 0, deviation: step / (0.19).squareRoot()))
        }
    }

    /// The day's own noise moves rates of all units together, in as many dimensions as were set, and other
    /// ones on another day.
    @Test func noiseOfADayHasItsOwnDimensions() throws {
        let world = try smallReaching {
            $0.units = 800
            $0.privateDimensions = 2
            $0.privateStrength = 0.3
        }
        let (first, second) = (world.units(day: 0), world.units(day: 1))
        #expect(first.privateLoadings.columns == 2)
        let size = 0.3 / (2.0).squareRoot()
        for units in [first, second] {
            #expect(areNormal(units.privateLoadings.values, mean: 0, deviation: size))
        }
        let products = zip(first.privateLoadings.values, second.privateLoadings.values).map(*)
        #expect(agree(moments(products).mean, 0, standardError: size * size / 40))
        let rows = (0..<200).map { world.privateNoise(day: 0, trial: $0) }
        for dimension in 0..<2 {
            let values = rows.map { $0[31, dimension] }
            #expect(areNormal(values, mean: 0, deviation: 1))
            let lagged = rows.map { $0[30, dimension] * $0[31, dimension] }
            #expect(agree(moments(lagged).mean, exp(-0.25), standardError: (2.0 / 200).squareRoot()))
        }
    }
}
