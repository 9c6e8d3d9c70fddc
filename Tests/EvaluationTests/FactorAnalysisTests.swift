import LinearAlgebra
import TestSupport
import Testing
import TrialArrays

@testable import Evaluation

/// Factors of scikit-learn's factor analysis, where it is there.
@Suite(.enabled(if: Python.hasModules(["numpy", "sklearn"]))) struct FactorAnalysisTests {
    let world = TransferWorld(day: 0)

    private func rows(_ array: TrialArray, _ trials: [Int]) -> Matrix { array.rows(ofTrials: trials) }

    @Test(
        "as many factors as the rates have dimensions hold what the rates do, on trials that it was not fitted on"
    )
    func findsTheRates() throws {
        let found = try FactorAnalysis(counts: world.counts, training: world.training, factorCount: 2)
            .factors(smoothedBy: [0, 1])
        #expect(found.count == 2)
        func r2(_ features: TrialArray) throws -> Double {
            let rates = rows(world.rates, world.training)
            let (fit, _) = try RidgeRegression.crossValidated(
                regressors: rows(features, world.training), targets: rates,
                groups: Array(0..<rates.rows), folds: 4)
            return try #require(
                CoefficientOfDetermination.pooled(
                    actual: rows(world.rates, world.tested),
                    predicted: fit.predict(rows(features, world.tested))))
        }
        for factors in found {
            #expect(factors.columnCount == 2 && factors.trialCount == world.counts.trialCount)
            #expect(factors.columns.kind == ColumnAxis.Kind.component)
        }
        let (single, smoothed) = (try r2(found[0]), try r2(found[1]))
        // Two of many dimensions of counts, and most of the rates' variance; smoothing takes noise away.
        #expect(smoothed > 0.5 && smoothed > single, "\(single), \(smoothed)")
    }

    @Test("tested trials have no part in the fit, and the same counts give the same bits")
    func isFittedOnTrainingTrials() throws {
        let analysis = FactorAnalysis(counts: world.counts, training: world.training, factorCount: 3)
        let found = try analysis.factors(smoothedBy: [1])[0]
        #expect(try analysis.factors(smoothedBy: [1])[0] == found)
        var changed = world.counts.values
        let size = world.counts.binCount * world.counts.columnCount
        for trial in world.tested { for i in 0..<size { changed[trial * size + i] = 7 } }
        let other = try FactorAnalysis(
            counts: TrialArray(
                trials: world.counts.trials, bins: world.counts.bins, columns: world.counts.columns,
                values: changed), training: world.training, factorCount: 3
        ).factors(smoothedBy: [1])[0]
        #expect(rows(other, world.training) == rows(found, world.training))
        #expect(rows(other, world.tested) != rows(found, world.tested))
    }

    @Test("what Python says is in the error")
    func saysWhatPythonSays() throws {
        let analysis = FactorAnalysis(counts: world.counts, training: [], factorCount: 2)
        do {
            _ = try analysis.factors(smoothedBy: [0])
            Issue.record("an analysis of no trials")
        } catch EvaluationError.noFactorAnalysis(let reason) {
            #expect(reason.hasPrefix("ValueError: "), "\(reason)")
        }
    }
}
