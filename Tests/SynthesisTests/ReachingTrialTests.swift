import Foundation
import Testing

@testable import Synthesis

struct ReachingTrialTests {
    @Test func trialsVaryWithinAConditionAsTheSettingsSay() throws {
        let world = try smallReaching { $0.trials = 4000...4000 }
        let trials = world.trials(day: 1)
        let reactions = trials.map { log($0.reactionSeconds) }
        #expect(areNormal(reactions, mean: log(0.25), deviation: 0.18))
        let amplitudes = trials.map { log($0.amplitude) }
        #expect(areNormal(amplitudes, mean: 0, deviation: 0.12))
        for dimension in 0..<6 {
            let deviations = trials.map { trial in
                trial.initialState[dimension]
                    - world.dynamics.preparation(ofCondition: trial.condition)[dimension]
            }
            #expect(areNormal(deviations, mean: 0, deviation: 0.2))
        }
        let inputs = trials.filter { $0.input != nil }
        #expect(isShare(inputs.count, of: 4000, expected: 0.3))
        for trial in trials {
            guard let input = trial.input else { continue }
            #expect(input.seconds >= 0.3 + trial.reactionSeconds)
            let square = (input.direction * input.direction).sum()
            #expect(abs(square - 0.36) < 1e-12)
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
        #expect(isShare(lacking, of: 200, expected: 0.3))
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
        #expect(isShare(wrong.count, of: 4000, expected: 0.1))
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
        let day = try world.recording(day: 1)
        let column = try #require(day.behaviorNames.firstIndex(of: "true_condition"))
        for (index, trial) in world.trials(day: 1).enumerated() {
            #expect(day.trials[index].condition == String(trial.label))
            for bin in 0..<32 {
                #expect(day.behavior[(index * 32 + bin) * 22 + column] == Float(trial.condition))
            }
        }
    }
}
