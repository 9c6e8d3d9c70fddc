import Foundation
import LinearAlgebra
import Recordings
import TestSupport
import Testing
import TrialArrays

@testable import Alignment

/// Days of targets on a circle, made here: units tuned to the target's direction, Poisson-like noise, velocity, and
/// "muscles" with directions of their own.
private struct CircleDay {
    var name: String
    var seed: UInt64
    /// Seed of the units' tuning: the same on two days for the same electrodes.
    var tuning: UInt64 = 1
    var trialsPerCondition = 10
    var targets = 8
    /// What a target is called.
    var label: (Int) -> String = { "\($0)" }
    /// Whether the first two channels are exchanged.
    var exchangesVelocity = false
    var lacking: Set<Int> = []
    /// Labels by lot, not by target.
    var isMeaningless = false
    static let bins = 12
    static let units = 40

    func session() -> AlignableSession {
        let bins = Self.bins
        let units = Self.units
        let directions = RandomStream(seed: tuning, key: 7, purpose: 1).uniforms(units).map { 2 * .pi * $0 }
        var (counts, behavior): ([Float], [Float]) = ([], [])
        var labels: [String?] = []
        let members = (0..<targets).filter { !lacking.contains($0) }
        let trials = members.count * trialsPerCondition
        let lots = RandomStream(seed: seed, key: 11, purpose: 1).permutation(trials)
        for trial in 0..<trials {
            let target = members[trial % members.count]
            labels.append(label(isMeaningless ? members[lots[trial] % members.count] : target))
            let angle = 2 * Double.pi * Double(target) / Double(targets)
            let draws = RandomStream(seed: seed, key: 13, purpose: 1, item: UInt32(trial)).normals(
                bins * (units + 6))
            for t in 0..<bins {
                let course = sin(Double.pi * Double(t) / Double(bins))
                for unit in 0..<units {
                    let rate = 2 + 1.5 * course * cos(angle - directions[unit])
                    let noise = Double(draws[t * (units + 6) + unit]) * rate.squareRoot()
                    counts.append(Float(max(0, (rate + noise).rounded())))
                }
                var channels = [cos(angle), sin(angle)] + [0.4, 1.3, 2.9, 4.4].map { cos(angle - $0) }
                if exchangesVelocity { channels.swapAt(0, 1) }
                for (index, channel) in channels.enumerated() {
                    behavior.append(
                        Float(course * channel) + 0.2 * draws[t * (units + 6) + units + index])
                }
            }
        }
        return AlignableSession(
            name: name,
            counts: array(counts, trials, (0..<units).map { "\($0)" }, .unit, labels),
            encodedUnitCount: units,
            trainingTrials: Array(0..<trials),
            behavior: array(
                behavior, trials, ["velocity_x", "velocity_y", "emg_a", "emg_b", "emg_c", "emg_d"], .channel,
                labels))
    }

    private func array(
        _ values: [Float], _ trials: Int, _ names: [String], _ kind: ColumnAxis.Kind, _ labels: [String?]
    ) -> TrialArray {
        TrialArray(
            trials: TrialAxis(conditions: labels), bins: BinAxis(count: Self.bins, milliseconds: 50),
            columns: ColumnAxis(kind, names: names), values: values)
    }
}

@Suite("Witnesses for labels")
struct LabelWitnessTests {
    private func checks(_ days: [CircleDay]) throws -> LabelChecks {
        let sessions = days.map { $0.session() }
        let list = ConditionList(sessions)
        return try LabelChecks(
            sessions, sessions.map { ConditionAverages($0, list, smoothingMilliseconds: 60) }, list,
            smoothingMilliseconds: 60, threads: 2)
    }

    private static let shuffled = [3, 6, 0, 5, 1, 7, 4, 2]

    @Test(
        "right labels are not doubted, with few trials, few or lacking conditions, or other units",
        arguments: 1...4)
    func right(seed: UInt64) throws {
        var few = CircleDay(name: "b", seed: seed + 20)
        few.trialsPerCondition = 2
        var lacking = CircleDay(name: "b", seed: seed + 20)
        lacking.lacking = [0, 3]
        let other = CircleDay(name: "b", seed: seed + 20, tuning: 99)
        for second in [CircleDay(name: "b", seed: seed + 20), few, lacking, other] {
            for day in try checks([CircleDay(name: "a", seed: seed), second]).ofDays {
                #expect(day.warning == nil)
                #expect(day.geometry?.isByChance == false)
                #expect(day.geometry?.warning(session: "a") == nil)
            }
        }
    }

    @Test("labels by lot, and those of another order, are no better than shuffled ones")
    func meaningless() throws {
        var lots = CircleDay(name: "b", seed: 20)
        lots.isMeaningless = true
        var order = CircleDay(name: "b", seed: 20)
        order.label = { "\(Self.shuffled[$0])" }
        for second in [lots, order] {
            let geometry = try #require(
                try checks([CircleDay(name: "a", seed: 1), second]).ofDays[1].geometry)
            #expect(geometry.isByChance)
            #expect(
                geometry.warning(session: "b")?.hasPrefix(
                    "session b: its conditions lie to each other no more as on the other days (correlation ")
                    == true)
        }
        // No turn of the circle is taken for the answer.
        let warning = try #require(try checks([CircleDay(name: "a", seed: 1), order]).ofDays[1].warning)
        #expect(warning.hasPrefix("session b: by behaviour its conditions are not those of the other days"))
    }

    @Test("a mirrored day among others is named, and the others are left alone")
    func mirrored() throws {
        var mirrored = CircleDay(name: "c", seed: 3)
        mirrored.label = { "\((8 - $0) % 8)" }
        let days = try checks([CircleDay(name: "a", seed: 1), CircleDay(name: "b", seed: 2), mirrored]).ofDays
        #expect(days[0].warning == nil)
        #expect(days[1].warning == nil)
        let warning = try #require(days[2].warning)
        #expect(
            warning.hasPrefix("session c: its labels are mirrored against 40 units that the days name alike"))
        #expect(
            warning.contains("of the other days: its 1 is their 7, its 2 is their 6, its 3 is their 5, …"))
        // The neurons by themselves can't tell.
        #expect(days[2].geometry?.isByChance == false)
    }

    @Test("forces that were exchanged to fit mirrored labels stand alone with them")
    func standsAlone() throws {
        var mirrored = CircleDay(name: "b", seed: 3)
        mirrored.label = { "\((10 - $0) % 8)" }
        mirrored.exchangesVelocity = true
        for day in try checks([CircleDay(name: "a", seed: 1), mirrored]).ofDays {
            let warning = try #require(day.warning)
            #expect(warning.contains("its labels are mirrored against 40 units that the days name alike"))
            #expect(warning.contains(" and behaviour in emg_"))
            #expect(
                warning.contains(
                    "; behaviour in velocity_x, velocity_y agrees with the labels and stands alone with them")
            )
        }
    }

    @Test("channels that were exchanged under right labels stand alone against the units")
    func exchanged() throws {
        var exchanged = CircleDay(name: "b", seed: 3)
        exchanged.exchangesVelocity = true
        let warning = try #require(try checks([CircleDay(name: "a", seed: 1), exchanged]).ofDays[1].warning)
        #expect(warning.hasPrefix("session b: behaviour in velocity_x ("))
        #expect(
            warning.contains(
                ", but the other 4 channels agree; 40 units that the days name alike are tuned as "))
        #expect(warning.hasSuffix("; check whether these channels mean the same on all days"))
    }

    @Test("units of the same name that are different units are not believed")
    func differentUnits() throws {
        var mirrored = CircleDay(name: "b", seed: 3, tuning: 99)
        mirrored.label = { "\((8 - $0) % 8)" }
        let found = try checks([CircleDay(name: "a", seed: 1), mirrored])
        #expect(
            found.notes.first?.hasPrefix(
                "40 units of the same name on a and b don't fire together alike (correlation ") == true)
        // Behaviour is heard without them.
        let warning = try #require(found.ofDays[1].warning)
        #expect(warning.hasPrefix("session b: its labels are mirrored against behaviour in velocity_y"))
        let same = try checks([CircleDay(name: "a", seed: 1), CircleDay(name: "b", seed: 3)])
        #expect(same.notes == [])
    }

    @Test("a day alone has nothing to agree with")
    func alone() throws {
        let checks = try checks([CircleDay(name: "a", seed: 1)])
        #expect(checks.ofDays[0].geometry == nil)
        #expect(!checks.ofDays[0].isUntestable)
        #expect(checks.ofDays[0].warning == nil)
        #expect(checks.notes == [])
    }
}
