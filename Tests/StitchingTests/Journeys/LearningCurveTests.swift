import Foundation
import Recordings
import Registry
import TestSupport
import Testing

@testable import Stitching

/// What fewer trials of a new day would give, kept for the report.
@Suite struct LearningCurveTests {
    private func withRun(_ body: (SessionRegistry, Recording) throws -> Void) throws {
        try TrainedWorld.withRun(of: try TrainedWorld.recordings(sessions: 3)) { registry, recordings in
            try body(registry, recordings[2])
        }
    }

    private func measure(
        _ registry: SessionRegistry, _ session: String, _ trials: [Int], usesLabels: Bool = true,
        shouldStop: () -> Bool = { false }
    ) throws -> [ExtendJourney.Outcome] {
        var options = ExtendJourney.Options(threads: 1)
        // Maps without labels on a few trials are no start for training.
        options.epochs = usesLabels ? 2 : 0
        options.usesLabels = usesLabels
        return try ExtendJourney.measureLearningCurve(
            run: "small", by: session, trials: trials, in: registry, options: options,
            shouldStop: shouldStop)
    }

    private func close(_ a: Double?, _ b: Double?) -> Bool {
        guard let a, let b else { return a == b }
        // JSON may miss the last place.
        return abs(a - b) <= 1e-14 * abs(b)
    }

    @Test("what was measured is kept, each number of trials once, and no run is entered")
    func kept() throws {
        try withRun { registry, day in
            let runs = try registry.runs()
            let outcomes = try measure(registry, day.session, [14, 8, 1000, 2000])
            #expect(outcomes.map(\.trainingTrials) == [14, 8, 24, 24])
            let (curves, leftOut) = try LearningCurve.all(ofRun: "small", in: registry)
            #expect(leftOut == [] && curves.count == 1)
            let curve = try #require(curves.first)
            #expect(curve.session == day.session && curve.usedLabels)
            #expect(curve.points.map(\.trainingTrials) == [8, 14, 24])
            for (point, outcome) in zip(curve.points, [outcomes[1], outcomes[0], outcomes[2]]) {
                #expect(close(point.alignedBitsPerSpike, outcome.alignedBitsPerSpike))
                #expect(close(point.bitsPerSpike, outcome.bitsPerSpike))
                #expect(point.epochs == outcome.epochs)
            }
            #expect(try registry.runs() == runs)
        }
    }

    @Test("the other way of joining is another curve; measured again, a curve is replaced")
    func replaced() throws {
        try withRun { registry, day in
            _ = try measure(registry, day.session, [10, 20], usesLabels: false)
            _ = try measure(registry, day.session, [8, 14])
            _ = try measure(registry, day.session, [9, 15, 24])
            let curves = try LearningCurve.all(ofRun: "small", in: registry).curves
            #expect(curves.map(\.usedLabels) == [true, false])
            #expect(curves.map { $0.points.map(\.trainingTrials) } == [[9, 15, 24], [10, 20]])
        }
    }

    @Test("stopped or refused, nothing is kept, and what was there stays")
    func stopped() throws {
        try withRun { registry, day in
            let folder = RunFolder(registry.workspace, run: "small")
            #expect(throws: StitchingError.self) {
                try measure(registry, day.session, [8, 14], shouldStop: { true })
            }
            #expect(!FileManager.default.fileExists(atPath: folder.learningCurves))
            _ = try measure(registry, day.session, [8, 14])
            let before = FileManager.default.contents(atPath: folder.learningCurve(of: day.session))
            var asked = 0
            #expect(throws: StitchingError.self) {
                try measure(
                    registry, day.session, [9, 15],
                    shouldStop: {
                        asked += 1
                        return asked > 4
                    })
            }
            #expect(FileManager.default.contents(atPath: folder.learningCurve(of: day.session)) == before)
            #expect(try names(in: folder.learningCurves) == ["\(day.session).json"])
        }
    }

    @Test("a curve of another content, of another run or of no sense is left out with a word")
    func stale() throws {
        try withRun { registry, day in
            _ = try measure(registry, day.session, [8, 14])
            let folder = RunFolder(registry.workspace, run: "small")
            let path = folder.learningCurve(of: day.session)
            let good = try #require(FileManager.default.contents(atPath: path))
            func leftOut(_ text: String) throws -> [String] {
                try Data(text.utf8).write(to: URL(fileURLWithPath: path))
                let (curves, leftOut) = try LearningCurve.all(ofRun: "small", in: registry)
                #expect(curves == [])
                return leftOut
            }
            let text = String(decoding: good, as: UTF8.self)
            let unreadable = ["learning-curves/\(day.session).json can't be read and is left out."]
            #expect(try leftOut("{") == unreadable)
            #expect(
                try leftOut(text.replacingOccurrences(of: "\"version\" : 1", with: "\"version\" : 2"))
                    == unreadable)
            let stale = [
                "The learning curve of \(day.session) was measured on another content of it, or before "
                    + "the run was trained on, and is left out."
            ]
            #expect(
                try leftOut(text.replacingOccurrences(of: "\"run\" : \"small\"", with: "\"run\" : \"x\""))
                    == stale)
            #expect(
                try leftOut(
                    text.replacingOccurrences(of: "\"epochs_done\" : 3", with: "\"epochs_done\" : 2"))
                    == stale)

            try good.write(to: URL(fileURLWithPath: path))
            #expect(try LearningCurve.all(ofRun: "small", in: registry).curves.count == 1)
            var other = day
            other.values[0] += 1
            _ = try RegisterJourney.register(other, in: registry, asNewRevision: true)
            #expect(try LearningCurve.all(ofRun: "small", in: registry).leftOut == stale)
            // Measured anew, the old content's curves are gone.
            _ = try measure(registry, day.session, [10], usesLabels: false)
            let curves = try LearningCurve.all(ofRun: "small", in: registry).curves
            #expect(curves.map(\.usedLabels) == [false])
        }
    }
}
