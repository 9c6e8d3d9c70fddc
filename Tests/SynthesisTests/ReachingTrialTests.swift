import Foundation
import Testing

@testable import Synthesis

struct ReachingTrialTests {
    private func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
        return (mean, (squares / Double(values.count)).squareRoot())
    }

    /// Of n normal numbers the mean is within five standard errors σ/√n, the standard deviation within
    /// five of σ/√(2n), all but once in a million.
    private func expectNormal(_ values: [Double], mean: Double, deviation: Double) {
        let (found, n) = (moments(values), Double(values.count))
        #expect(abs(found.mean - mean) < 5 * deviation / n.squareRoot())
        #expect(abs(found.deviation - deviation) < 5 * deviation / (2 * n).squareRoot())
    }

    @Test func trialsVaryWithinAConditionAsTheSettingsSay() throws {
        let world = try smallReaching { $0.trials = 4000...4000 }
        let trials = world.trials(day: 1)
        expectNormal(
            trials.map { log($0.reactionSeconds) }, mean: log(0.25), deviation: 0.18)
        expectNormal(trials.map { log($0.amplitude) }, mean: 0, deviation: 0.12)
        for dimension in 0..<6 {
            expectNormal(
                trials.map {
                    $0.initialState[dimension]
                        - world.dynamics.preparation(ofCondition: $0.condition)[dimension]
                }, mean: 0, deviation: 0.2)
        }
        // Of a share p of n the standard error is √(p(1 − p)/n).
        let share = Double(trials.filter { $0.input != nil }.count) / 4000
        #expect(abs(share - 0.3) < 5 * (0.3 * 0.7 / 4000).squareRoot())
        for trial in trials {
            guard let input = trial.input else { continue }
            #expect(input.seconds >= 0.3 + trial.reactionSeconds)
            #expect(abs((input.direction * input.direction).sum() - 0.36) < 1e-12)
        }
    }

    @Test func everyConditionIsShownAboutEquallyOften() throws {
        let trials = try smallReaching().trials(day: 0)
        #expect((40...60).contains(trials.count))
        let counts = (0..<8).map { condition in trials.filter { $0.condition == condition }.count }
        #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        #expect(trials.map(\.condition) != trials.map(\.condition).sorted())
    }

    @Test func daysHaveTheirOwnNumberOfTrials() throws {
        let world = try smallReaching {
            $0.sessions = 60
            $0.trials = 50...250
        }
        let counts = (0..<60).map { world.trials(day: $0).count }
        #expect(counts.allSatisfy { (50...250).contains($0) })
        // 60 of 201 numbers: both ends of the range are reached, and hardly any twice.
        #expect((counts.min() ?? 0) < 80 && (counts.max() ?? 0) > 220)
        #expect(Set(counts).count > 40)
    }

    @Test func someDaysLackConditions() throws {
        let world = try smallReaching {
            $0.sessions = 200
            $0.lackingShare = 0.3
        }
        var (lacking, gone) = (0, Set<Int>())
        for day in 0..<200 {
            let present = Set(world.trials(day: day).map(\.condition))
            #expect(present.count == 8 || present.count == 6)
            if present.count == 6 {
                lacking += 1
                gone.formUnion(Set(0..<8).subtracting(present))
            }
        }
        #expect(abs(Double(lacking) / 200 - 0.3) < 5 * (0.3 * 0.7 / 200).squareRoot())
        #expect(gone == Set(0..<8))
    }

    @Test func aShareOfTheTrialsIsMislabelled() throws {
        let world = try smallReaching {
            $0.trials = 4000...4000
            $0.mislabelledShare = 0.1
            $0.lackingShare = 1
        }
        let trials = world.trials(day: 0)
        let wrong = trials.filter { $0.label != $0.condition }
        #expect(abs(Double(wrong.count) / 4000 - 0.1) < 5 * (0.1 * 0.9 / 4000).squareRoot())
        // No label that the day doesn't have.
        #expect(Set(trials.map(\.label)) == Set(trials.map(\.condition)))
        let without = try smallReaching {
            $0.trials = 4000...4000; $0.lackingShare = 1
        }
        #expect(without.trials(day: 0).map(\.condition) == trials.map(\.condition))
    }

    @Test func aMirroredDayCallsTargetsByTheirMirrorImage() throws {
        let world = try smallReaching { $0.mirroredSession = 1 }
        #expect(world.trials(day: 0).allSatisfy { $0.label == $0.condition })
        #expect(world.trials(day: 1).allSatisfy { $0.label == (8 - $0.condition) % 8 })
        let recordings = try world.recordings()
        #expect(recordings[0].metadata.provenance["true_conditions"] == nil)
        let truth = try #require(recordings[1].metadata.provenance["true_conditions"])
        #expect(
            truth.split(separator: ",").map { Int($0) } == world.trials(day: 1).map(\.condition))
    }
}
