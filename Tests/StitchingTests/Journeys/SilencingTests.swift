import LFADS
import TestSupport
import Testing

@testable import Stitching

/// A controller that is made to infer nothing, to see what its inputs were worth.
@Suite struct SilencingTests {
    @Test func silentInputsAreZeroAndNothingElseChanges() throws {
        let sessions = try TrainedWorld.recordings().map { try PreparedSession($0) }
        let manifest = try TrainedWorld.manifest(
            """
            model: {ic_enc_dim: 8, ic_dim: 4, gen_dim: 8, fac_dim: 3, ci_enc_dim: 4, con_dim: 5, co_dim: 2}
            train: {epochs: 3, batch_size: 16}
            """)
        let training = try TrainedWorld.start(sessions, manifest)
        while !training.isFinished { _ = try training.runEpoch() }
        let model = training.model
        func infer(withoutInferredInputs: Bool = false) throws -> InferredTrials {
            try model.infer(
                sessions[0].trials, chosen: [0, 3],
                quantities: [.rates, .initialConditions, .inferredInputs],
                withoutInferredInputs: withoutInferredInputs)
        }
        let before = try infer()
        let parameters = model.parameterValues
        let silent = try infer(withoutInferredInputs: true)
        #expect(try #require(silent.inferredInputMeans).values.allSatisfy { $0 == 0 })
        #expect(try !#require(before.inferredInputMeans).values.allSatisfy { $0 == 0 })
        #expect(silent.initialConditionMeans == before.initialConditionMeans)
        #expect(silent.means != before.means)
        #expect(model.parameterValues == parameters)
        #expect(try infer().means == before.means)
    }
}
