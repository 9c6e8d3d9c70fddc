import Recordings
import TestSupport
import Testing

@Suite struct PreparationTests {
    private func split(_ conditions: [String?], _ k: Int) throws -> [Int] {
        let day = Recording(
            session: "day", subject: "Tiny", date: "2020-01-02", binMilliseconds: 10,
            trialCount: conditions.count, binCount: 1, units: [.init(name: "0")],
            values: [Float](repeating: 1, count: conditions.count),
            trials: conditions.enumerated().map {
                Recording.Trial(identifier: $0, condition: $1, split: .train)
            })
        return try day.splitting(everyKthOfCondition: k).trialIndices(.valid)
    }

    @Test func everyKthTrialOfEachConditionIsHeldOut() throws {
        let labels = ["a", "b", "a", "a", "b", "a", "c", "b", "a", "b"]
        #expect(try split(labels, 2) == [2, 4, 5, 9])
        #expect(try split(labels, 3) == [3, 7])
        #expect(try split([String?](repeating: nil, count: 7), 3) == [2, 5])
        #expect(try split([nil, "a", nil, "a"], 2) == [2, 3])
    }

    @Test func splitDoesNotDependOnTheNamesOfConditions() throws {
        let labels = [0, 1, 2, 0, 0, 1, 2, 2, 1, 0, 1, 2]
        let names = [["x", "y", "z"], ["2", "0", "1"]]
        #expect(
            try split(labels.map { names[0][$0] }, 2) == split(labels.map { names[1][$0] }, 2))
    }

    @Test func joiningBins() throws {
        let full = SmallDay.full()
        let day = try full.rebinned(by: 2)
        #expect(day.binMilliseconds == 25)
        #expect([day.binCount, day.encodedBinCount, day.trialCount] == [3, 2, 12])
        #expect(day.values.count == 12 * 3 * 4)
        // Trial 1, bins 2 and 3, unit 1.
        let first = (1 * 6 + 2) * 4 + 1
        #expect(day.values[(1 * 3 + 1) * 4 + 1] == full.values[first] + full.values[first + 4])
        #expect(day.values.reduce(0, +) == full.values.reduce(0, +))
        // Channel 1 wasn't measured in bin 1 of trial 0: bin 0 alone counts.
        #expect(day.behavior[1] == full.behavior[1])
        #expect(day.behavior[0] == Float((Double(full.behavior[0]) + Double(full.behavior[2])) / 2))
        #expect(day.externalInputs[2] == (full.externalInputs[4] + full.externalInputs[5]) / 2)
        let rates = try #require(day.trueRates)
        let fullRates = try #require(full.trueRates)
        #expect(rates[0].isNaN)
        #expect(
            rates[(1 * 3 + 1) * 4 + 1]
                == Float((Double(fullRates[first]) + Double(fullRates[first + 4])) / 2))
        #expect(try full.rebinned(by: 1).contentHash == full.contentHash)
        #expect(try full.rebinned(by: 2).rebinned(by: 1).contentHash == day.contentHash)
    }

    @Test func behaviourThatWasNeverMeasuredStaysMissing() throws {
        var full = SmallDay.full()
        full.behavior[1] = .nan
        #expect(try full.rebinned(by: 2).behavior[1].isNaN)
    }

    @Test func silentUnitsAreLeftOutAndListed() throws {
        // 3 units over 2 trials × 2 bins × 100 ms = 0.4 s: 4, 0 and 1 spikes.
        let rates: [Float] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
        let day = Recording(
            session: "day", subject: "Tiny", date: "2020-01-02", binMilliseconds: 100,
            trialCount: 2, binCount: 2,
            units: [.init(name: "a"), .init(name: "b"), .init(name: "c", heldOut: true)],
            values: [1, 0, 0, 1, 0, 1, 2, 0, 0, 0, 0, 0],
            trials: (0..<2).map { .init(identifier: $0, condition: nil, split: .train) },
            trueRates: rates)
        #expect(day.meanRatesHz() == [10, 0, 2.5])
        let selected = try day.selectingUnits(minimumRateHz: 2.5)
        #expect(selected.units == [.init(name: "a"), .init(name: "c", heldOut: true)])
        #expect(selected.values == [1, 0, 1, 1, 2, 0, 0, 0])
        #expect(selected.trueRates == [1, 3, 4, 6, 7, 9, 10, 12])
        #expect(selected.provenance["removed_units"] == "b (0 Hz)")
        #expect(try day.selectingUnits(minimumRateHz: 0) == day)
        #expect(
            words { _ = try day.selectingUnits(minimumRateHz: 11) }
                == "day: no encoded unit fires at 11 Hz or more; the highest mean rate is 10 Hz. "
                + "Lower min_rate_hz.")
    }
}
