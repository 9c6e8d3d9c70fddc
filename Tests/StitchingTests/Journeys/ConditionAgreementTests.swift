import Foundation
import LinearAlgebra
import Messages
import Recordings
import TestSupport
import Testing

@testable import Alignment
@testable import Stitching

@Suite("Condition agreement by behaviour")
struct ConditionAgreementTests {
    private func agreements(_ recordings: [Recording]) throws -> [ConditionAgreement] {
        let sessions = try recordings.map { try PreparedSession($0) }
        return try conditionAgreements(sessions)
    }

    @Test("channels that are constant or were not measured on a day are left out")
    func constantChannels() throws {
        var recordings = try TrainedWorld.recordings()
        let names = recordings[0].behaviorNames
        for day in recordings.indices {
            recordings[day] = recordings[day]
                .addingChannel("constant") { trial, t in day == 0 ? 0.1 : Float(trial + t) }
                .addingChannel("missing") { trial, t in day == 1 ? .nan : Float(trial * t) }
                .addingChannel("course") { _, t in Float(t) * 0.3 }
        }
        for agreement in try agreements(recordings) {
            #expect(agreement.channels.map(\.name) == names)
            #expect((agreement.correlation ?? 0) > 0.999)
            #expect(agreement.warning(session: "a") == nil)
        }
    }

    @Test("channels whose averages differ by no more than single trials' noise take no part")
    func noise() throws {
        var recordings = try TrainedWorld.recordings(trials: 12)
        let names = recordings[0].behaviorNames
        for day in recordings.indices {
            let trials = recordings[day].trials
            // A number of each trial, in all of its bins, that has nothing to do with conditions; and one that has.
            let draws = RandomStream(seed: 5, key: UInt64(day), purpose: 1).normals(trials.count)
            recordings[day] = recordings[day]
                .addingChannel("reaction_time") { trial, _ in draws[trial] }
                .addingChannel("distance") { trial, _ in
                    4 * (Float(trials[trial].condition ?? "") ?? 0) + draws[trial]
                }
        }
        for agreement in try agreements(recordings) {
            #expect(agreement.channels.map(\.name) == names + ["distance"])
            #expect(agreement.warning(session: "a") == nil)
        }
        // Without two trials of any condition the noise isn't known.
        for day in recordings.indices {
            var seen: Set<String> = []
            for trial in recordings[day].trialIndices(.train) {
                let condition = recordings[day].trials[trial].condition ?? ""
                if !seen.insert(condition).inserted { recordings[day].trials[trial].condition = nil }
            }
        }
        for agreement in try agreements(recordings) { #expect(agreement.channels == []) }
    }

    @Test("gaps in the behaviour of a day don't count against it")
    func gaps() throws {
        var recordings = try TrainedWorld.recordings()
        let width = recordings[1].behaviorNames.count
        let bins = recordings[1].binCount
        for trial in recordings[1].trials.indices where recordings[1].trials[trial].condition == "2" {
            for t in 0..<(bins / 2) {
                for k in 0..<width {
                    recordings[1].behavior[(trial * bins + t) * width + k] = .nan
                }
            }
        }
        for agreement in try agreements(recordings) {
            #expect((agreement.correlation ?? 0) > 0.999)
        }
    }

    @Test("days with other conditions are compared over those that they share")
    func otherConditions() throws {
        let full = try TrainedWorld.recordings(sessions: 3, conditions: 8)
        let lacking = [
            full[0].dropping(conditions: ["0", "1"]), full[1].dropping(conditions: ["6", "7"]), full[2],
        ]
        for agreement in try agreements(lacking) {
            // Latents are the same on all days: without the time course in common, averages are equal.
            #expect((agreement.correlation ?? 0) > 0.999)
        }
    }

    @Test("one channel that disagrees is named, and the labels are not blamed")
    func oneChannel() throws {
        var recordings = try TrainedWorld.recordings()
        let before = recordings[0].behaviorNames.count
        for day in recordings.indices {
            let trials = recordings[day].trials
            recordings[day] = recordings[day].addingChannel("grip") { trial, t in
                let condition = Double(trials[trial].condition ?? "") ?? 0
                return Float(cos((day == 0 ? 1 : 2.5) * condition + Double(day * t)))
            }
        }
        let agreement = try agreements(recordings)[1]
        let grip = try #require(agreement.channels.last)
        #expect(grip.name == "grip")
        #expect(grip.correlation < 0.5)
        #expect(
            agreement.warning(session: "b")
                == "session b: behaviour in grip (\(rounded(grip.correlation))) does not follow the "
                + "conditions as on the other days (correlation in brackets), but the other "
                + (before == 1 ? "channel agrees" : "\(before) channels agree")
                + "; check whether this channel means the same on all days")
    }

    @Test("labels that are wrong in most channels, or in half of the conditions, are blamed")
    func headline() {
        func agreement(_ correlations: [Double], mistaken: Int) -> ConditionAgreement {
            ConditionAgreement(
                channels: correlations.enumerated().map { .init(name: "c\($0)", correlation: $1) },
                mistaken: (0..<mistaken).map { ("\($0)", "\($0 + 1)") }, compared: 8)
        }
        let end =
            "; check which field `condition` names (the days may number their targets differently), "
            + "and whether these channels mean the same on all days"
        #expect(
            agreement([0.025, 0.0071], mistaken: 4).warning(session: "x")
                == "session x: by behaviour its conditions are not those of the other days (mean "
                + "correlation 0.016): c0 (0.025), c1 (0.007); 4 of 8 conditions resemble another one: "
                + "condition 0 moves like the others' 1, condition 1 moves like the others' 2, "
                + "condition 2 moves like the others' 3" + end)
        #expect(
            agreement([0.1, 0.2, 0.9], mistaken: 0).warning(session: "x")
                == "session x: by behaviour its conditions are not those of the other days (mean "
                + "correlation 0.4): c0 (0.1), c1 (0.2) disagree, the other channel agrees" + end)
        let half = agreement([0.1, 0.9], mistaken: 4).warning(session: "x") ?? ""
        #expect(half.hasPrefix("session x: by behaviour its conditions are not those"))
        let few = agreement([0.1, 0.9], mistaken: 3).warning(session: "x") ?? ""
        #expect(few.hasPrefix("session x: behaviour in c0 (0.1) does not follow"))
    }
}

extension Recording {
    /// The same day with one more behaviour channel.
    fileprivate func addingChannel(
        _ name: String, _ value: (_ trial: Int, _ bin: Int) -> Float
    ) -> Recording {
        var result = self
        let width = behaviorNames.count
        result.behaviorNames.append(name)
        result.behavior = (0..<(trialCount * binCount)).flatMap { row in
            behavior[(row * width)..<((row + 1) * width)] + [value(row / binCount, row % binCount)]
        }
        return result
    }
}
