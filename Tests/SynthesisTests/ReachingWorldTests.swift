import Foundation
import LinearAlgebra
import Recordings
import Testing

@testable import Synthesis

struct ReachingWorldTests {
    /// A world in which everything happens that can.
    private func eventful(sessions: Int = 3, seed: UInt64 = 11) throws -> ReachingWorld {
        try smallReaching {
            $0.sessions = sessions
            $0.seed = seed
            $0.mergedShare = 0.2
            $0.absentShare = 0.2
            $0.keptShare = 0.8
            $0.lackingShare = 0.5
            $0.mislabelledShare = 0.1
        }
    }

    private func channel(_ name: String, _ day: Recording) throws -> [[Double]] {
        let column = try #require(day.behaviorNames.firstIndex(of: name))
        let (width, bins) = (day.behaviorNames.count, day.binCount)
        return (0..<day.trialCount).map { trial in
            (0..<bins).map { Double(day.behavior[(trial * bins + $0) * width + column]) }
        }
    }

    /// Share of the variance over trials and bins that averages over trials of a condition have.
    private func shareOfAverages(_ values: [[Double]], _ conditions: [Int]) -> Double {
        let all = moments(values.flatMap { $0 }).deviation
        var rest = 0.0
        for condition in Set(conditions) {
            let own = conditions.indices.filter { conditions[$0] == condition }
            for bin in values[0].indices {
                let deviation = moments(own.map { values[$0][bin] }).deviation
                rest += deviation * deviation * Double(own.count)
            }
        }
        return 1 - rest / (all * all * Double(values.count * values[0].count))
    }

    @Test func theSameSeedGivesTheSameRecordings() throws {
        let first = try eventful().recordings()
        let again = try eventful().recordings()
        for (a, b) in zip(first, again) {
            #expect(a.contentHash == b.contentHash)
            #expect(a.metadata == b.metadata && a.trueRates == b.trueRates)
        }
        for (a, b) in zip(first, try eventful(seed: 12).recordings()) {
            #expect(a.values != b.values && a.behavior.prefix(100) != b.behavior.prefix(100))
        }
    }

    @Test func aDayDoesNotDependOnHowManyFollow() throws {
        let (three, five) = (try eventful(), try eventful(sessions: 5))
        for day in 0..<3 {
            #expect(
                try three.recording(day: day).contentHash == five.recording(day: day).contentHash)
        }
    }

    @Test func daysAreWhatWasAskedFor() throws {
        let world = try smallReaching(.sparse) { $0.daysBetween = 3 }
        let days = try world.recordings()
        #expect(days.map(\.date) == ["2024-01-15", "2024-01-18", "2024-01-21"])
        #expect(days[1].session == "reaching-2024-01-18")
        for day in days {
            #expect(day.binCount == 45 && day.binMilliseconds == 20 && day.units.count == 12)
            #expect((40...60).contains(day.trialCount))
            #expect(day.behaviorNames == ReachingWorld.behaviorNames)
            #expect(day.behaviorNames.filter { $0.hasPrefix("latent") }.count == 16)
            #expect(day.trialIndices(.valid).count >= 8)
        }
        // The first trial does not know how many trials there are, but for its condition.
        #expect(world.units(day: 0).names.first == "day1-unit01")
    }

    /// For Poisson counts n of mean λ, Σ(n − λ) has variance Σλ, and Σ(n − λ)²/λ has mean N and
    /// variance Σ(2 + 1/λ). Five standard deviations leave a seed at random a chance of 1e-6 to fail.
    @Test(arguments: ReachingSettings.ElectrodeArray.allCases)
    func countsArePoissonAroundTheTrueRates(array: ReachingSettings.ElectrodeArray) throws {
        let world = try smallReaching(array) { $0.mergedShare = 0.3 }
        for day in try world.recordings() {
            let rates = try #require(day.trueRates)
            var (difference, expected) = (0.0, 0.0)
            var (chiSquare, variance) = (0.0, 0.0)
            for (count, rate) in zip(day.values, rates) {
                let mean = Double(rate) * day.binMilliseconds / 1000
                let residual = Double(count) - mean
                difference += residual
                expected += mean
                chiSquare += residual * residual / mean
                variance += 2 + 1 / mean
            }
            #expect(agree(difference, 0, standardError: expected.squareRoot()))
            #expect(agree(chiSquare, Double(rates.count), standardError: variance.squareRoot()))
        }
    }

    /// What this world is for: averages over a condition's trials are not all that there is.
    @Test func averagesOfConditionsAreNotAllOfSingleTrials() throws {
        let world = try smallReaching { $0.trials = 150...150 }
        let day = try world.recording(day: 0)
        let conditions = world.trials(day: 0).map(\.condition)
        for name in ReachingDynamics.latentNames {
            let share = try shareOfAverages(channel(name, day), conditions)
            #expect(share < 0.95, "\(name)")
        }
        for name in ["velocity_x", "velocity_y"] {
            let share = try shareOfAverages(channel(name, day), conditions)
            #expect(share > 0.5 && share < 0.95, "\(name): \(share)")
        }
        let still = try smallReaching {
            $0.trials = 150...150
            $0.initialStateSpread = 0
            $0.reactionSpread = 0
            $0.amplitudeSpread = 0
            $0.inputShare = 0
        }
        let repeated = try still.recording(day: 0)
        for name in ReachingDynamics.latentNames {
            let share = try shareOfAverages(channel(name, repeated), conditions)
            #expect(share > 1 - 1e-9, "\(name)")
        }
    }

    @Test func numbersOfSingleTrialsAreKeptBesideTheirCourses() throws {
        let world = try smallReaching()
        let (day, trials) = (try world.recording(day: 2), world.trials(day: 2))
        let reaction = try channel("reaction_time", day)
        let amplitude = try channel("amplitude", day)
        let input = try channel("input_time", day)
        for (index, trial) in trials.enumerated() {
            #expect(reaction[index].allSatisfy { $0 == Double(Float(trial.reactionSeconds * 1000)) })
            #expect(amplitude[index].allSatisfy { $0 == Double(Float(trial.amplitude)) })
            let time = trial.input.map { Double(Float($0.seconds * 1000)) }
            #expect(input[index].allSatisfy { time == nil ? $0.isNaN : $0 == time })
        }
        let latents = try channel("latent_movement_2", day)
        let course = world.dynamics.course(of: trials[7]).latents
        #expect((0..<32).allSatisfy { latents[7][$0] == Double(Float(course[$0 * 16 + 7])) })
    }

    @Test func trueRatesOfHeldOutTrialsOnly() throws {
        let day = try smallReaching { $0.trueRatesOfHeldOutTrialsOnly = true }.recording(day: 0)
        let whole = try smallReaching().recording(day: 0)
        let (rates, all) = (try #require(day.trueRateArray), try #require(whole.trueRateArray))
        for trial in 0..<day.trialCount {
            let isHeldOut = day.trials[trial].split == .valid
            #expect(rates[trial, 3, 4].isFinite == isHeldOut)
            if isHeldOut { #expect(rates[trial, 3, 4] == all[trial, 3, 4]) }
        }
        #expect(day.values == whole.values)
    }

    @Test func monthsAreLikeThoseOfALaboratory() throws {
        let settings = ReachingSettings.months()
        let world = try ReachingWorld(settings)
        #expect(world.sessionCount == 44 && settings.units == 96)
        let counts = (0..<44).map { world.trials(day: $0).count }
        #expect(counts.allSatisfy { (100...250).contains($0) })
        let present = (0..<44).map { Set(world.trials(day: $0).map(\.condition)).count }
        #expect(Set(present) == [6, 8])
        // Of 96 units, 5 in 100 leave each day: after 43 days about a tenth is left.
        let (first, last) = (Set(world.units(day: 0).names), Set(world.units(day: 43).names))
        #expect((2...25).contains(first.intersection(last).count))
        #expect(ReachingSettings.months(sessions: 22).daysBetween == 4)
    }
}
