import Foundation
import Recordings
import Registry
import Testing
import TrialArrays

@testable import Stitching

/// Trials that no file holds, as a program has them and as lines of text.
@Suite("Stream of trials") struct TrialStreamTests {
    private func withStream(
        _ body: (TrialStream, _ rows: [[Float]], TrainedDay) throws -> Void
    ) throws {
        try ExchangeWorld.withRun { registry, recordings in
            let query = try TrainedRun("small", in: registry, threads: 1).day(recordings[0].session)
            let units = recordings[0].units.count
            let rows = (0..<recordings[0].binCount).map { bin in
                Array(recordings[0].values[(bin * units)..<((bin + 1) * units)])
            }
            try body(TrialStream(query), rows, query)
        }
    }

    @Test("a trial has the factors that the query gives; a window answers for its newest bins")
    func factors() throws {
        try withStream { stream, rows, query in
            let inferred = try stream.infer(counts: rows)
            let known = try #require(try query.infer(.factors, trials: [0]).factors)
            #expect(inferred.factors.shape == [1, rows.count, stream.factorCount])
            #expect(inferred.means.columns.names == query.recording.units.map(\.name))
            #expect(inferred.factors.values == known.values)

            var window = stream.emptyWindow
            #expect(try stream.infer(newest: Array(rows.prefix(5)), in: &window) == nil)
            #expect(window.missingBinCount == rows.count - 5)
            let newest = try #require(
                try stream.infer(newest: Array(rows.dropFirst(5)), in: &window))
            #expect(newest.bins == 5..<rows.count && newest.factors == inferred.factors)
        }
    }

    @Test("what was not observed is null in lines and NaN in programs, with the factors that the query gives")
    func gaps() throws {
        func isHidden(_ place: Int) -> Bool { place % 7 == 2 }
        try ExchangeWorld.withRun(sessions: 2) { recordings in
            for index in recordings.indices {
                let source = recordings[index]
                recordings[index] = Recording(
                    source.metadata,
                    values: source.values.enumerated().map { isHidden($0) ? .nan : $1 },
                    behavior: source.behaviorArray.values,
                    externalInputs: source.externalInputArray.values, trueRates: nil)
            }
        } _: { registry, recordings in
            let query = try TrainedRun("small", in: registry, threads: 1).day(recordings[0].session)
            let stream = try TrialStream(query)
            let known = try #require(try query.infer(.factors, trials: [0]).factors)
            let units = stream.unitCount
            let rows = (0..<stream.binCount).map {
                Array(recordings[0].values[($0 * units)..<(($0 + 1) * units)])
            }
            #expect(rows.joined().contains { $0.isNaN })
            #expect(try stream.infer(counts: rows).factors.values == known.values)
            // An array's description says nan.
            let text = "\(rows)".replacing("nan", with: "null")
            var answers = StreamAnswers(stream)
            let whole = answers.answer(to: "{\"counts\": \(text)}")
            let window = answers.answer(to: "{\"bins\": \(text)}")
            #expect(!whole.isError && whole.text == window.text)
            let filled = "\(rows)".replacing("nan", with: "1.0")
            #expect(answers.answer(to: "{\"counts\": \(filled)}").text != whole.text)
            #expect(answers.answer(to: "{\"counts\": [[\"a\"]]}").isError)
        }
    }

    @Test("wrong extents and values are errors, and leave a window as it was")
    func refused() throws {
        try withStream { stream, rows, _ in
            let units = stream.unitCount
            var window = stream.emptyWindow
            #expect(throws: TrialStreamError.binCount(found: 3, trial: 20, encoded: 20)) {
                try stream.infer(counts: Array(rows.prefix(3)))
            }
            var short = rows
            short[4].removeLast()
            #expect(
                throws: TrialStreamError.unitCount(array: "counts", bin: 4, found: units - 1, units: units)
            ) { try stream.infer(counts: short) }
            var negative = rows
            negative[2][1] = -1
            let wrong = TrialStreamError.notACount(array: "bins", bin: 2, place: 1, value: -1)
            #expect(throws: wrong) { try stream.infer(newest: negative, in: &window) }
            #expect(window.binCount == 0)
            #expect("\(wrong)" == "bins[2][1] is -1.0, which is no count")
            #expect(throws: TrialStreamError.windowBinCount(found: 0, window: 20)) {
                try stream.infer(newest: [], in: &window)
            }
            #expect(throws: TrialStreamError.externalInputExtents(inputs: 0, bins: 20)) {
                try stream.infer(counts: rows, externalInputs: [[1]])
            }
        }
    }

    @Test("lines of text have the same answers in JSON, and errors have the number of their line")
    func lines() throws {
        try withStream { stream, rows, _ in
            var answers = StreamAnswers(stream)
            let good = answers.answer(to: "{\"id\": \"a\", \"counts\": \(rows)}")
            #expect(!good.isError && good.text.hasPrefix("{\"id\":\"a\",\"factors\":[["))
            #expect(
                answers.answer(to: "{\"id\": 2.5}").text
                    == #"{"id":2.5,"error":"expected one of \"counts\" and \"bins\"","line":2}"#)
            let garbage = answers.answer(to: "garbage")
            #expect(garbage.isError && garbage.text.hasSuffix("\"line\":3}"))
            #expect(
                answers.answer(to: "{\"bins\": [\(rows[0])]}").text == #"{"waiting_for_bins":19}"#)
        }
    }
}
