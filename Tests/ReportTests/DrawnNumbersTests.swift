import Evaluation
import Foundation
import Recordings
import Stitching
import Testing

@testable import Report

/// What is drawn is what the metrics were computed from.
@Suite("Drawn numbers", .timeLimit(.minutes(5))) struct DrawnNumbersTests {
    private func days(_ lab: ReportLab) throws -> (RunEvaluation, [InferredDay]) {
        let evaluation = try RunEvaluation(
            run: "small", in: lab.registry, options: .init(threads: 1))
        return (
            evaluation,
            try evaluation.sessions.map {
                try InferredDay(TrainedRun("small", in: lab.registry, threads: 1).day($0.name))
            }
        )
    }

    @Test("decoded behaviour has the R² of the metric, channel by channel")
    func decoding() throws {
        let lab = try ReportLab()
        try lab.register(ReportLab.unruly)
        try lab.train()
        let (evaluation, days) = try days(lab)
        for (session, day) in zip(evaluation.sessions, days) {
            let decoded = try DecodedBehavior(day, channels: evaluation.channels)
            #expect(decoded.channels.map(\.name) == ["<x>", "y & z", "z", "reaction"])
            #expect(decoded.channels.map(\.isOnePerTrial) == [false, false, false, true])
            for channel in decoded.channels {
                #expect(channel.r2 == session[.withinFromFactors, channel: channel.name])
                #expect(channel.actual.count == day.testedTrials.count)
                let pairs = zip(channel.actual.joined(), channel.decoded.joined()).filter { $0.0.isFinite }
                let mean = pairs.reduce(0) { $0 + $1.0 } / Double(pairs.count)
                let missed = pairs.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                let total = pairs.reduce(0) { $0 + ($1.0 - mean) * ($1.0 - mean) }
                let r2 = try #require(channel.r2)
                // Sums of moments against sums of squares: rounding only.
                #expect(abs(1 - missed / total - r2) < 1e-8 * max(1, abs(r2)))
            }
        }
        let late = try DecodedBehavior(
            days[0], channels: ["<x>"], lagMilliseconds: 40, historyMilliseconds: 20)
        let first = try #require(late.channels.first?.decoded.first)
        #expect(first.count == days[0].factors.binCount)
        #expect(first.prefix(3).allSatisfy(\.isNaN) && first.dropFirst(3).allSatisfy(\.isFinite))
    }

    @Test("spikes that were not observed are gaps in the pictures, and no silence")
    func gaps() throws {
        let lab = try ReportLab()
        // Unit 1 of every trial, from bin 4 on; and all of unit 2 of every other trial.
        func isHidden(_ trial: Int, _ bin: Int, _ unit: Int) -> Bool {
            (unit == 1 && bin >= 4) || (unit == 2 && trial % 2 == 0)
        }
        try lab.register { recording in
            let (bins, units) = (recording.binCount, recording.units.count)
            let values = recording.values.enumerated().map { place, value in
                let row = place / units
                return isHidden(row / bins, row % bins, place % units) ? Float.nan : value
            }
            recording = Recording(
                recording.metadata, values: values, behavior: recording.behavior,
                externalInputs: recording.externalInputs, trueRates: recording.trueRates)
        }
        try lab.train()
        let (_, days) = try days(lab)
        for day in days {
            let labels = day.conditions
            let order = ConditionOrder(labels.compactMap(\.self))
            let pictures = UnitPicture.most(
                modulatedOf: day, day.smoothedCounts, labels, order,
                TimeWindows(bins: day.rates.binCount, binMilliseconds: day.recording.binMilliseconds),
                DayDetail(days: 1))
            var gaps = 0
            for picture in pictures {
                let unit = day.recording.units.firstIndex { $0.name == picture.name }
                for row in picture.counts {
                    let blank = row.indices.filter { row[$0].isNaN }
                    gaps += blank.count
                    if unit == 1 {
                        #expect(blank == Array(4..<row.count))
                    } else if unit != 2 {
                        #expect(blank.isEmpty)
                    }
                }
            }
            #expect(gaps > 0)
        }
    }

    @Test("planes are those of the metrics")
    func rotations() throws {
        let lab = try ReportLab()
        try lab.register()
        try lab.train()
        let (evaluation, days) = try days(lab)
        for (session, day) in zip(evaluation.sessions, days) {
            let means = ConditionMeans(day.factors, labels: day.conditions, trials: day.usualTrials)
            #expect(try day.rotationOfFactors(means)?.skewR2 == session[.skewOfFactors])
            #expect(
                try day.rotationOfFactors(means)?.planes.first?.frequencyHz == session[.frequencyOfFactors])
            #expect(
                try day.rotationOfCounts(day.smoothedCounts)?.unconstrainedR2
                    == session[.unconstrainedOfCounts])
        }
    }

    @Test("the space of factors keeps distances as far as its dimensions go")
    func space() throws {
        let lab = try ReportLab()
        try lab.register()
        try lab.train()
        let (_, days) = try days(lab)
        let means = days.map {
            ConditionMeans($0.factors, labels: $0.conditions, trials: $0.usualTrials)
        }
        let full = try #require(try FactorSpace(means, components: 4))
        #expect(full.components == 4)
        #expect(abs(full.explainedShare.reduce(0, +) - 1) < 1e-9)
        let curve = try #require(means[0].values[means[0].names[0]])
        let other = try #require(means[1].values[means[1].names[1]])
        func distance(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        }
        let (a, b) = (full.coordinates(curve), full.coordinates(other))
        #expect(a.count == 4 && a[0].count == means[0].binCount)
        let seen = distance(Array(a.joined()), Array(b.joined()))
        #expect(abs(seen - distance(curve.values, other.values)) < 1e-9 * seen)
        #expect(try FactorSpace([]) == nil)
    }
}
