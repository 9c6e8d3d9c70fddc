import Foundation
import LinearAlgebra
import Recordings
import Testing

@testable import Synthesis

struct LorenzWorldTests {
    @Test func theSameSeedGivesTheSameRecordings() throws {
        let first = try smallWorld().recordings()
        #expect(try smallWorld().recordings() == first)
        let other = try smallWorld { $0.seed = 12 }.recordings()
        for (a, b) in zip(first, other) {
            #expect(a.values != b.values)
            #expect(a.behavior != b.behavior)
            #expect(a.trials.map(\.condition) != b.trials.map(\.condition))
        }
    }

    @Test func anotherSessionLeavesTheEarlierOnesAsTheyAre() throws {
        let three = try smallWorld().recordings()
        let five = try smallWorld { $0.sessions = 5 }.recordings()
        #expect(five.count == 5)
        #expect(Array(five.prefix(3)) == three)
    }

    /// What a BCI sees overnight: some units stay, under the same names, with the same tuning.
    @Test func keptUnitsAreThoseOfTheDayBefore() throws {
        let world = try smallWorld {
            $0.sessions = 3
            $0.unitCounts = [6, 5, 6]
            $0.keptShare = 0.5
        }
        let days = try world.recordings()
        #expect(days[0].units.map(\.name) == (1...6).map { "day1-unit0\($0)" })
        #expect(days[1].units.map(\.name).prefix(3) == ["day1-unit01", "day1-unit02", "day1-unit03"])
        #expect(days[1].units.map(\.name).suffix(2) == ["day2-unit04", "day2-unit05"])
        #expect(days[2].units.map(\.name).prefix(3) == ["day1-unit01", "day1-unit02", "day1-unit03"])
        let units = (0..<3).map { world.units(day: $0) }
        for unit in 0..<3 {
            #expect(units[1].loadings.row(unit) == units[0].loadings.row(unit))
            #expect(units[2].biases[unit] == units[0].biases[unit])
        }
        #expect(units[1].loadings.row(3) != units[0].loadings.row(3))
        // Other spikes, of course.
        #expect(days[1].values.prefix(100) != days[0].values.prefix(100))
        #expect(throws: SynthesisError.self) { try smallWorld { $0.keptShare = 1.5 } }
    }

    @Test func daysAreWhatWasAskedFor() throws {
        let days = try smallWorld { $0.sessions = 4 }.recordings()
        #expect(days.map(\.units.count) == [5, 3, 5, 3])
        #expect(days.map(\.date) == ["2024-01-15", "2024-03-16", "2024-05-16", "2024-07-16"])
        #expect(days[1].session == "lorenz-2024-03-16")
        #expect(days[1].subject == "Lorenz")
        #expect(days[0].units.map(\.name).first == "day1-unit01")
        let names = days.flatMap { $0.units.map(\.name) }
        #expect(Set(names).count == names.count)
        for day in days {
            #expect(day.trialCount == 60)
            #expect(day.binCount == 30 && day.encodedBinCount == 30)
            #expect(day.binMilliseconds == 20)
            #expect(day.behaviorNames == ["latent_x", "latent_y", "latent_z"])
        }
    }

    @Test func defaultsAreThoseOfTheKnownWorld() {
        let settings = LorenzSettings()
        #expect((0..<3).map { settings.unitCount(day: $0) } == [35, 26, 35])
        #expect(settings.conditions == 65 && settings.trialsPerCondition == 20)
        #expect(settings.bins == 100 && settings.binMilliseconds == 20)
        #expect(settings.timePerBin == 0.015 && settings.validEvery == 5)
    }

    @Test func trialsOfEveryConditionAreShuffledAndSplit() throws {
        let days = try smallWorld().recordings()
        #expect(days[0].trials.map(\.condition) != days[1].trials.map(\.condition))
        for day in days {
            let labels = day.trials.map { $0.condition ?? "none" }
            #expect(labels != labels.sorted())
            for condition in 0..<6 {
                let own = day.trials.filter { $0.condition == String(condition) }
                #expect(own.count == 10)
                #expect(own.indices.filter { own[$0].split == .valid } == [4, 9])
            }
            #expect(day.trials.map(\.identifier) == Array(0..<60))
        }
    }

    @Test func latentsOfATrialAreThoseOfItsConditionOnEveryDay() throws {
        let world = try smallWorld()
        for day in try world.recordings() {
            for (trial, entry) in day.trials.enumerated() {
                let condition = try #require(entry.condition.flatMap { Int($0) })
                let own = day.behavior[trial * 90..<(trial + 1) * 90]
                let truth = world.trajectories.latents[condition * 90..<(condition + 1) * 90]
                #expect(own.elementsEqual(truth.map { Float($0) }))
            }
        }
    }

    @Test func unitsHaveTheLoadingsAndMeanRatesOfTheSettings() throws {
        let world = try smallWorld { $0.unitCounts = [200] }
        let units = world.units(day: 0)
        let rows = 6 * 30
        for unit in 0..<200 {
            let length = units.loadings.row(unit).map { $0 * $0 }.reduce(0, +).squareRoot()
            #expect(length >= 0.7 - 1e-12 && length <= 1.3 + 1e-12)
            #expect(units.meanRatesHz[unit] >= 5 && units.meanRatesHz[unit] <= 20)
            var mean = 0.0
            for row in 0..<rows {
                var log = units.biases[unit]
                for axis in 0..<3 {
                    log += world.trajectories.latents[row * 3 + axis] * units.loadings[unit, axis]
                }
                let rate = units.rates[row * 200 + unit]
                #expect(abs(rate - exp(log)) < 1e-12 * rate)
                mean += rate / Double(rows)
            }
            #expect(abs(mean - units.meanRatesHz[unit]) < 1e-10)
        }
        // Directions are spread evenly: each coordinate of a unit vector has mean 0 and variance
        // 1/3, so the mean of 200 stays within four standard deviations, 4·√(1/600) = 0.163.
        for axis in 0..<3 {
            var mean = 0.0
            for unit in 0..<200 {
                let length = units.loadings.row(unit).map { $0 * $0 }.reduce(0, +).squareRoot()
                mean += units.loadings[unit, axis] / length / 200
            }
            #expect(abs(mean) < 0.163)
        }
        #expect(world.units(day: 1).loadings != units.loadings)
    }

    /// For Poisson counts n of mean λ, Σ(n − λ) has variance Σλ, and Σ(n − λ)²/λ has mean N and
    /// variance Σ(2 + 1/λ). Five standard deviations leave a seed at random a chance of 1e-6 to fail.
    @Test func countsArePoissonAroundTheTrueRates() throws {
        for day in try smallWorld({ $0.trialsPerCondition = 40 }).recordings() {
            let rates = try #require(day.trueRates)
            var (difference, expected) = (0.0, 0.0)
            var (chiSquare, variance) = (0.0, 0.0)
            for (count, rate) in zip(day.values, rates) {
                let mean = Double(rate) * 0.02
                let residual = Double(count) - mean
                difference += residual
                expected += mean
                chiSquare += residual * residual / mean
                variance += 2 + 1 / mean
            }
            #expect(abs(difference) < 5 * expected.squareRoot())
            #expect(abs(chiSquare - Double(rates.count)) < 5 * variance.squareRoot())
        }
    }

    /// Neighbouring units, bins and trials are independent given the rates: the standardised
    /// residuals' lagged products have mean 0 and, λ being what it is, variance 1 each.
    @Test func countsAreIndependentGivenTheRates() throws {
        let day = try smallWorld({ $0.trialsPerCondition = 40 }).recording(day: 0)
        let rates = try #require(day.trueRates)
        let residuals = zip(day.values, rates).map {
            (Double($0) - Double($1) * 0.02) / (Double($1) * 0.02).squareRoot()
        }
        for lag in [1, 2, 5, 10, 150, 300] {
            let pairs = residuals.count - lag
            let sum = (0..<pairs).reduce(0.0) { $0 + residuals[$1] * residuals[$1 + lag] }
            #expect(abs(sum) < 5 * Double(pairs).squareRoot(), "lag \(lag)")
        }
    }
}
