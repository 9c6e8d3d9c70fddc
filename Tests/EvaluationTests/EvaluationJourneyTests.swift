import Registry
import Stitching
import Testing

@testable import Evaluation

/// Evaluating, entering and comparing, as a program does it.
@Suite("Evaluation as a journey", .serialized, .timeLimit(.minutes(5))) struct EvaluationJourneyTests {
    @Test("what is found is entered under its names, and nothing is compared that isn't there")
    func entered() throws {
        let lab = try DriftLab(seed: 5, epochs: 2)
        let options = RunEvaluation.Options(threads: 1)
        let outcome = try EvaluationJourney.evaluate(run: "small", in: lab.registry, options: options)
        #expect(outcome.comparison == nil)
        let kept = try lab.registry.evaluation(ofRun: "small")
        #expect(kept.map(\.session) == outcome.evaluation.sessions.map(\.name))
        #expect(kept.map(\.figures) == outcome.evaluation.sessions.map { $0.metrics.byName })
        #expect(throws: StitchingError.noSingles(run: "small")) {
            try EvaluationJourney.evaluate(
                run: "small", in: lab.registry, options: options, against: .singles)
        }
        #expect(throws: RegistryError.self) {
            try EvaluationJourney.evaluate(
                run: "small", in: lab.registry, options: options, against: .run("nobody"))
        }
        let itself = try #require(
            try EvaluationJourney.evaluate(
                run: "small", in: lab.registry, options: options, against: .run("small")
            ).comparison)
        #expect(itself.other == "small" && itself.rows(of: .bitsPerSpike).count == 3)
        #expect(itself.rows.allSatisfy { $0.value == $0.other })
    }
}
