import Foundation
import Testing

@testable import Evaluation

@Suite struct MetricTests {
    @Test func quartilesAreInterpolated() throws {
        let summary = try #require(MetricSummary([4, 1, 3, 2]))
        #expect(summary == (try #require(MetricSummary([1, 2, 3, 4]))))
        #expect(summary.median == 2.5 && summary.lowerQuartile == 1.75)
        #expect(summary.upperQuartile == 3.25 && summary.sessions == 4)
        #expect(MetricSummary([.nan]) == nil)
        #expect(MetricSummary([7, .nan])?.median == 7)
    }

    @Test func metricsHaveNamesOfTheirOwn() {
        let metrics = Metric.allCases
        #expect(Set(metrics.map(\.title)).count == metrics.count)
    }

    /// The page that people are sent to defines every metric by its name.
    @Test func everyMetricIsDefinedInTheDocs() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "docs/evaluation.md"), encoding: .utf8)
        for metric in Metric.allCases {
            #expect(page.contains("`\(metric.rawValue)`"), "\(metric.rawValue) is not defined")
        }
    }

    private func evaluation(
        _ run: String, _ values: [String: [String: Double]], part: String? = nil
    ) throws -> RunEvaluation {
        let sessions = values.keys.sorted().map { name in
            ["name": name, "date": "2024-01-01", "figures": values[name] ?? [:]] as [String: Any]
        }
        var json: [String: Any] = [
            "run": run, "version": "1", "channels": [String](), "lagMilliseconds": 0,
            "historyMilliseconds": 0, "sessions": sessions, "summary": [String: Any](),
            "populationSize": [Any](),
        ]
        json["part"] = part
        return try JSONDecoder().decode(
            RunEvaluation.self, from: JSONSerialization.data(withJSONObject: json))
    }

    @Test func whatMisleadsIsSaid() throws {
        func remarks(_ values: [String: [String: Double]]) throws -> [String] {
            try evaluation("a", values).remarks
        }
        let good = ["bits_per_spike": 0.2, "bits_per_spike_per_unit": 0.1, "psth_bits_per_spike": 0.15]
        #expect(try remarks(["d1": good, "d2": ["within_factors": 0.8, "within_counts": 0.6]]) == [])
        #expect(
            try remarks(["d1": good, "d2": ["bits_per_spike": 0.001]]) == [
                "held-out spikes of 1 of 2 sessions are predicted no better than by every unit's mean rate "
                    + "(d2: 0.001 bits per spike)"
            ])
        #expect(
            try remarks(["d1": ["bits_per_spike": 0.1, "psth_bits_per_spike": 0.12]]) == [
                "held-out spikes of session d1 are predicted no better than by the average of their condition "
                    + "(d1: 0.1 against 0.12 bits per spike): what single trials do is not seen"
            ])
        let few = try remarks(["d1": ["bits_per_spike": 0.1, "bits_per_spike_per_unit": -0.2]])
        #expect(few.count == 1 && few[0].hasSuffix("a few units that fire much make the former"))
        let worse = try remarks(["d1": ["within_factors": 0.32, "within_counts": 0.53]])
        #expect(worse.count == 1 && worse[0].contains("(d1: R² 0.32 against 0.53)"))
        let plain = try remarks(["d1": ["within_factors": 0.32, "within_factor_analysis": 0.4]])
        #expect(plain.count == 1 && plain[0].hasSuffix("no dynamics (d1: R² 0.32 against 0.4)"))
    }

    @Test func oneModelASessionThatIsBetterIsSaid() throws {
        let own = try evaluation("a", ["d1": ["bits_per_spike": 0.1], "d2": ["bits_per_spike": 0.2]])
        let single = try evaluation("b", ["d1": ["bits_per_spike": 0.2], "d2": ["bits_per_spike": 0.3]])
        #expect(
            try RunComparison(own, with: [single], named: "single").remarks == [
                "one model per session is better in bits/spike on 2 of 2 sessions: these days gain nothing from "
                    + "being stitched as they are"
            ])
        #expect(try RunComparison(own, with: [single], named: "b").remarks == [])
        #expect(try RunComparison(single, with: [own], named: "single").remarks == [])
    }

    @Test func runsAreComparedSessionBySession() throws {
        let own = try evaluation(
            "a",
            [
                "d1": ["bits_per_spike": 0.3, "factor_distance": 0.1],
                "d2": ["bits_per_spike": 0.2, "factor_distance": 0.4], "d3": ["bits_per_spike": 0.9],
            ])
        let first = try evaluation("b", ["d1": ["bits_per_spike": 0.1, "factor_distance": 0.2]])
        let second = try evaluation("c", ["d2": ["bits_per_spike": 0.25, "factor_distance": 0.5]])
        let comparison = try RunComparison(own, with: [first, second], named: "single")
        #expect(comparison.rows.count == 4)
        let bits = try #require(comparison.summaries.first { $0.metric == .bitsPerSpike })
        #expect(bits.sessions == 2 && bits.better == 1)
        #expect(isClose(bits.medianDifference, (0.2 - 0.05) / 2))
        let distance = try #require(comparison.summaries.first { $0.metric == .factorDistance })
        #expect(distance.better == 2)
        let stranger = try evaluation("d", ["d9": ["bits_per_spike": 1]])
        #expect(throws: EvaluationError.nothingInCommon(run: "a", other: "d")) {
            try RunComparison(own, with: [stranger], named: "d")
        }
    }

    @Test func partsAreNotMixed() throws {
        let values = ["d1": ["bits_per_spike": 0.3]]
        // What an older version wrote says no part, and is of held-out trials.
        let old = try evaluation("a", values)
        #expect(old.part == .valid && old.sessionsWithoutTest.isEmpty)
        let test = try evaluation("b", values, part: "test")
        #expect(throws: EvaluationError.partsDiffer(run: "b", part: .test, other: "a", otherPart: .valid)) {
            try RunComparison(test, with: [old], named: "a")
        }
        let again = try JSONDecoder().decode(RunEvaluation.self, from: JSONEncoder().encode(test))
        #expect(again.part == .test)
        #expect(try RunComparison(test, with: [again], named: "b").rows.count == 1)
    }
}

/// How values are named where they are kept.
@Suite struct MetricKeyTests {
    @Test("a key has one name, also where a channel's name has a stroke in it")
    func names() throws {
        #expect(MetricKey(.rateR2).name == "rate_r2")
        let key = MetricKey(.withinFromFactors, channel: "hand/x")
        #expect(key.name == "within_factors/hand/x")
        #expect(MetricKey(name: key.name) == key)
        #expect(MetricKey(name: "rate_r2") == MetricKey(.rateR2))
        #expect(MetricKey(name: "of_tomorrow/x") == nil)
    }

    @Test("values are one object by name, and what a later version measures is left out")
    func values() throws {
        var values = MetricValues<Double>()
        values[.rateR2] = 0.5
        values[.withinFromFactors, channel: "x"] = 0.25
        #expect(values[.withinFromFactors] == nil)
        #expect(values.byName == ["rate_r2": 0.5, "within_factors/x": 0.25])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(values)
        #expect(String(decoding: data, as: UTF8.self) == #"{"rate_r2":0.5,"within_factors/x":0.25}"#)
        #expect(try JSONDecoder().decode(MetricValues<Double>.self, from: data) == values)
        let newer = MetricValues(byName: ["of_tomorrow": 1, "rate_r2": 0.5])
        #expect(newer.keys == [MetricKey(.rateR2)])
    }
}
