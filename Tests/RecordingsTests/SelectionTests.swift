import TestSupport
import Testing

@testable import Recordings

@Suite struct SelectionTests {
    private func random(_ seed: UInt64) -> () -> Double {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        return {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 11) / Double(1 << 53)
        }
    }

    private func recording(
        _ units: Int, trials: Int = 40, bins: Int = 50, binMilliseconds: Double = 1,
        _ value: (_ trial: Int, _ bin: Int, _ unit: Int) -> Float
    ) -> Recording {
        Recording(
            session: "day", subject: "Tiny", date: "2020-01-02", binMilliseconds: binMilliseconds,
            trialCount: trials, binCount: bins, units: (0..<units).map { .init(name: "u\($0)") },
            values: (0..<trials * bins * units).map {
                value($0 / (bins * units), $0 / units % bins, $0 % units)
            },
            trials: (0..<trials).map { .init(identifier: $0, condition: nil, split: .train) })
    }

    @Test func unitsThatVanishAreLeftOut() throws {
        // Unit 1 stops after half of the session but for a rare spike, unit 2 is silent, unit 3 comes late.
        let day = recording(4) { trial, bin, unit in
            switch unit {
            case 0: bin % 10 == 0 ? 1 : 0
            case 1: trial < 20 ? (bin % 5 == 0 ? 1 : 0) : (trial == 30 && bin == 0 ? 1 : 0)
            case 2: 0
            default: trial >= 4 && bin == 3 ? 1 : 0
            }
        }
        #expect(day.presence() == [1, 0.5, 0, 0.9])
        let kept = try day.selectingUnits(minimumPresence: 0.8)
        #expect(kept.units.map(\.name) == ["u0", "u3"])
        #expect(
            kept.provenance["removed_units"]
                == "u1 (present in 0.5 of the session), u2 (present in 0 of the session)")
        #expect(
            words { _ = try recording(1) { _, _, _ in 0 }.selectingUnits(minimumPresence: 0.1) }
                == "day: of 1 units, none that the encoder sees is left by min_presence 0.1. Ask for less.")
    }

    // Against the textbook's formula on dense columns.
    @Test func correlationsOfCoincidentSpikes() {
        let next = random(3)
        let (bins, units) = (4000, 5)
        var columns = (0..<units).map { unit in
            (0..<bins).map { _ in next() < 0.05 * Double(unit + 1) ? (next() < 0.1 ? 2.0 : 1.0) : 0 }
        }
        for bin in 0..<bins where columns[0][bin] > 0 && next() < 0.7 { columns[3][bin] += 1 }
        func correlation(_ a: [Double], _ b: [Double]) -> Double {
            let (ma, mb) = (a.reduce(0, +) / Double(bins), b.reduce(0, +) / Double(bins))
            let (da, db) = (a.map { $0 - ma }, b.map { $0 - mb })
            func dot(_ x: [Double], _ y: [Double]) -> Double { zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } }
            return dot(da, db) / (dot(da, da) * dot(db, db)).squareRoot()
        }
        let events = (0..<bins).flatMap { bin in
            (0..<units).compactMap { unit in
                columns[unit][bin] > 0
                    ? CoincidentSpikes.Event(bin: bin, unit: unit, count: Float(columns[unit][bin])) : nil
            }
        }
        let expected = correlation(columns[0], columns[3])
        #expect(expected > 0.25)
        let removals = CoincidentSpikes(
            events: events.shuffled(), unitCount: units, binCount: bins
        ).removals(maximum: 0.2)
        #expect(removals.map(\.unit) == [3] && removals.map(\.partner) == [0])
        // Sums of whole numbers are exact; only the last division and root differ.
        #expect(abs(removals[0].correlation - expected) < 1e-12)
    }

    @Test func theUnitWithMostPartnersGoesFirst() throws {
        // Unit 2 hears units 0 and 4, which don't hear each other.
        let next = random(5)
        var fired = [[Bool]](repeating: [], count: 5)
        for unit in 0..<5 { fired[unit] = (0..<2000).map { _ in next() < 0.04 } }
        for bin in 0..<2000 { fired[2][bin] = fired[0][bin] || fired[4][bin] }
        let day = recording(5) { trial, bin, unit in fired[unit][trial * 50 + bin] ? 1 : 0 }
        let kept = try day.selectingUnits(UnitSelection.coincidence(0.3))
        #expect(kept.units.map(\.name) == ["u0", "u1", "u3", "u4"])
        #expect(kept.provenance["removed_units"]?.hasPrefix("u2 (shares spikes with u") == true)
        // Of two that share all spikes the later goes, and only a held-out one would be left.
        var twins = recording(2) { trial, bin, _ in (trial + bin) % 7 == 0 ? 1 : 0 }
        twins.units[0].heldOut = true
        #expect(
            words { _ = try twins.selectingUnits(UnitSelection.coincidence(0.3)) }
                == "day: of 2 units, none that the encoder sees is left by max_coincidence 0.3. Ask for less."
        )
        let coarse = recording(2, binMilliseconds: 20) { _, bin, _ in Float(bin % 2) }
        #expect(
            words { _ = try coarse.selectingUnits(UnitSelection.coincidence(0.3)) }
                == "day: in bins of 20 ms, cells that fire together can't be told from cross-talk; "
                + "max_coincidence needs bins of 2 ms at most.")
    }

    @Test func unitsAreOmittedByName() throws {
        var selection = UnitSelection(minimumRateHz: 1)
        selection.omitted = ["u2", "u0"]
        let day = recording(4) { _, bin, unit in unit == 3 ? 0 : Float(bin % 2) }
        let kept = try day.selectingUnits(selection)
        #expect(kept.units.map(\.name) == ["u1"])
        #expect(
            kept.provenance["removed_units"]
                == "u0 (omitted by the manifest), u2 (omitted by the manifest), u3 (0 Hz)")
        selection.omitted = ["u5"]
        #expect(
            words { _ = try day.selectingUnits(selection) }
                == "day has no unit \"u5\"; it has, nearest name first: u0, u1, u2, u3.")
    }
}

extension UnitSelection {
    fileprivate static func coincidence(_ maximum: Double) -> UnitSelection {
        var selection = UnitSelection()
        selection.maximumCoincidence = maximum
        return selection
    }
}
