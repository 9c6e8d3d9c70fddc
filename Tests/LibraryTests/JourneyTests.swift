import Foundation
import Neurostitch
import TestSupport
import Testing

/// What another program can do: only public interfaces, of the umbrella alone.
@Suite("The library as other programs use it") struct JourneyTests {
    private func world() throws -> LorenzWorld {
        var settings = LorenzSettings()
        settings.conditions = 6
        settings.trialsPerCondition = 10
        settings.bins = 20
        settings.timePerBin = 0.05
        settings.unitCounts = [20, 18, 19]
        settings.meanRateHz = 20...40
        return try LorenzWorld(settings)
    }

    @Test("docs/library.md: the whole journey, as it stands there")
    func documentedJourney() throws {
        try withTemporaryFolder { folder in
            let files = try world().write(to: folder)
            let factors = try #require(
                try journey(manifests: files.days.map(\.manifest), workspace: "\(folder)/workspace"))
            #expect(factors.shape == [60, 20, 3])
            #expect(factors.columns.names == ["factor_0", "factor_1", "factor_2"])
            #expect(factors.trials.conditions.allSatisfy { $0 != nil })
            #expect(factors.values.allSatisfy { $0.isFinite })
        }
        let document = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../docs/library.md")
        let code = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Journey.swift")
        let text = try String(contentsOf: document, encoding: .utf8)
        #expect(text.contains("```swift journey\n" + (try String(contentsOf: code, encoding: .utf8)) + "```"))
    }

    @Test("days made in memory; a run looked at, exported, imported, monitored and written to files")
    func everythingElse() throws {
        try withTemporaryFolder { folder in
            let registry = try SessionRegistry.create(at: "\(folder)/workspace")
            let recordings = try world().recordings()
            for recording in recordings { _ = try RegisterJourney.register(recording, in: registry) }
            let names = recordings.map(\.session)
            var manifest = StitchManifest(run: "two", sessions: .names([names[0], names[1]]))
            manifest.model.factorCount = 3
            manifest.training.epochs = 6
            let aligned = try StitchJourney.align(manifest, in: registry)
            #expect(aligned.days.allSatisfy { $0.heldOutR2 > 0.5 })
            #expect(try StitchJourney.stitch(manifest, in: registry).isFinished)

            let run = try TrainedRun("two", in: registry, threads: 1)
            let day = try run.day(names[1])
            let inferred = try day.infer([.factors, .rates, .initialConditions], trials: [4, 2])
            #expect(inferred.means?.columns.names == recordings[1].units.map(\.name))
            #expect(inferred.factors?.trials.places == [4, 2])
            #expect(inferred.initialConditionMeans?.bins == .once)
            #expect(throws: StitchingError.self) { try day.infer(.factors, trials: [1000]) }
            do {
                _ = try run.day("nobody")
            } catch let error as any ReportedError {
                #expect(error.category == .missingInput && error.description.contains("nobody"))
            }

            let file = try FactorFile(day, trials: [0, 1], quantities: [.factors, .rates])
            #expect(try file.write(to: "\(folder)/factors.csv", as: .csv).count == 2)
            let exported = try ExportJourney.export(
                run: "two", sessions: [], to: "\(folder)/model.h5", in: registry)
            let again = try ImportJourney.importModel(
                from: exported.file, as: "again", sessions: nil, in: registry, threads: 1)
            #expect(again.sessions.map(\.name) == [names[0], names[1]])
            #expect(
                try TrainedRun("again", in: registry).day(names[1]).infer(.factors).factors
                    == day.infer(.factors).factors)

            let monitor = try DriftMonitor(run: "two", in: registry, options: .init())
            #expect(try monitor.judge(names[1]).membership == .trained)
            let evaluation = try EvaluationJourney.evaluate(run: "two", in: registry).evaluation
            #expect(evaluation.sessions.allSatisfy { $0[.rateR2] != nil })
        }
    }

    @Test("a model of arrays alone, without files and days")
    func modelAlone() throws {
        let counts = try world().recording(day: 0).countArray
        let trials = try SessionTrials(
            name: "arrays", counts: counts, encodedUnitCount: counts.columnCount,
            trainingTrials: Array(0..<48), validationTrials: Array(48..<60))
        var configuration = ModelConfiguration(
            encodedBinCount: counts.binCount, binCount: counts.binCount)
        configuration.readIn = .affine(dimensions: 4)
        configuration.factorCount = 3
        let model = try StitchedModel(
            configuration, sessions: [trials.shape], startingFrom: 1, threads: 1)
        let before = try model.reconstructionLoss(trials, chosen: trials.validationTrials)
        var settings = TrainingConfiguration()
        settings.epochs = 4
        settings.readInRateScale = 1
        settings.readOutRateScale = 1
        let training = try StitchedTraining(model, [trials], settings, seed: 1)
        while !training.isFinished { _ = try training.runEpoch() }
        #expect(try model.reconstructionLoss(trials, chosen: trials.validationTrials) < before)
    }
}
