import Foundation
import LFADS
import LinearAlgebra
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// A day seen through another day's maps.
@Suite struct ElectrodeViewTests {
    private func withRun(
        more: String = "", _ change: (inout Recording) -> Void,
        _ body: (SessionRegistry, [Recording]) throws -> Void
    ) throws {
        var recordings = try TrainedWorld.recordings(units: [9, 8])
        var next = recordings[1]
        next.session = "next"
        next.date = "2025-01-01"
        change(&next)
        recordings.append(next)
        try TrainedWorld.withRun(more + TrainedWorld.tiny, of: recordings, body)
    }

    private func view(_ registry: SessionRegistry, of name: String = "next") throws -> ElectrodeView? {
        try ElectrodeView(
            of: registry.session(named: name), in: TrainedRun("small", in: registry, threads: 1))
    }

    private func inferred(_ query: TrainedDay) throws -> InferredTrials {
        try query.infer([.factors, .rates], trials: Array(0..<query.recording.trialCount))
    }

    @Test("with all electrodes the same day under another name has the same bits")
    func sameDay() throws {
        try withRun({ _ in }) { registry, recordings in
            let view = try #require(try view(registry))
            #expect(view.electrodes == 8 && view.reference.record.name == recordings[1].session)
            let own = try inferred(
                TrainedRun("small", in: registry, threads: 1).day(recordings[1].session))
            let seen = try inferred(view.day)
            #expect(seen.factors == own.factors)
            #expect(seen.means == own.means)
            #expect(try inferred(view.reference).means == own.means)
        }
    }

    @Test("missing units fire at their mean, and every map goes by names")
    func restricted() throws {
        // Units in another order, two of them others than before, one more that nobody knows.
        try withRun({ day in
            let order = [6, 0, 5, 2, 7, 1, 3, 4]
            day = day.permutingUnits(order)
            for place in [1, 4] { day.units[place].name = "other\(place)" }
        }) { registry, recordings in
            let view = try #require(try view(registry))
            #expect(view.electrodes == 6)
            let source = try TrainedRun("small", in: registry, threads: 1).day(recordings[1].session)
            let (day, own) = (view.day.session, source.session)
            #expect(day.recording.units.count == 6)
            #expect(!day.recording.units.contains { $0.name.hasPrefix("other") })

            // Of a trial of both days, whose shared units have the same counts.
            let seen = ReadInMap(view.day.model, day).applied(
                to: day.windowAverages([4], windows: 20, bins: 20))
            var counts = own.windowAverages([4], windows: 20, bins: 20)
            let known = Set(day.recording.units.map(\.name))
            let mean = own.windowAverages(own.trainingTrials, windows: 20, bins: 20).columnMeans
            for (column, unit) in own.unitOrder.enumerated()
            where !known.contains(own.recording.units[unit].name) {
                for row in 0..<counts.rows { counts[row, column] = mean[column] }
            }
            let expected = ReadInMap(source.model, own).applied(to: counts)
            for (a, b) in zip(seen.values, expected.values) {
                // The bias is rounded to Float once more.
                #expect(abs(a - b) < 1e-5 * max(1, abs(b)))
            }

            func rows(_ query: TrainedDay) -> [String: [Float]] {
                let name = "readout.\(query.session.name)"
                let width = query.settings.model.factorCount
                let weights = query.model.parameter("\(name).weight") ?? []
                let bias = query.model.parameter("\(name).bias") ?? []
                return Dictionary(
                    uniqueKeysWithValues: query.session.unitOrder.enumerated().map { row, unit in
                        (
                            query.recording.units[unit].name,
                            weights[(row * width)..<((row + 1) * width)] + [bias[row]]
                        )
                    })
            }
            let (few, all) = (rows(view.day), rows(source))
            #expect(few.count == 6 && few.allSatisfy { all[$0.key] == $0.value })
        }
    }

    @Test("units that a day keeps from the encoder are kept from it here")
    func heldOut() throws {
        try withRun({ day in day.units[2].heldOut = true }) { registry, _ in
            let view = try #require(try view(registry))
            #expect(view.electrodes == 7 && view.day.recording.units.count == 8)
            #expect(view.day.session.encodedUnitCount == 7)
            #expect(view.reference.session.encodedUnitCount == 7)
        }
    }

    @Test("other animals, other arrays and a few electrodes are no view")
    func none() throws {
        for change in [
            { $0.subject = "Somebody" }, { $0.array = "PMd" },
            { for index in $0.units.indices.dropFirst(4) { $0.units[index].name = "new\(index)" } },
        ] as [(inout Recording) -> Void] {
            try withRun(change) { registry, _ in
                let view = try view(registry)
                #expect(view == nil)
            }
        }
    }
}
