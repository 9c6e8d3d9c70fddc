import ArrayFiles
import Foundation
import TestSupport
import Testing
import TrialArrays

@testable import LFADS

/// The float32 engine against recorded steps of the PyTorch implementation and against the slow
/// float64 reference.
///
/// Float32 carries 6e-8 a rounding; sums of some hundred terms through a dozen recurrent steps reach
/// a few 1e-6 of the largest element in the forward pass, and an order more in the backward pass,
/// where products of nearly cancelling terms meet. An error in an equation is far larger.
@Suite("Production engine against recorded steps and the reference")
struct ProductionParityTests {
    static let forwardTolerance = 1e-5
    static let gradientTolerance = 1e-4
    static let lossTolerance = 1e-6

    /// Cases of the random list that the production engine means to support.
    static let cases: [RandomCase] =
        RandomCase.all.filter {
            // The affine read-in is the only one that several sessions may have, and the gamma of the
            // zero-inflated model starts at zero here.
            ($0.configuration.readInDimensions != nil || $0.configuration.sessionCount == 1)
                && $0.configuration.gammaLocation == 0
        }

    private func compareForward(
        _ found: ProductionCase, _ expected: [String: ShapedArray<Double>], group: String
    ) {
        for session in 0..<found.configuration.sessionCount {
            let outputs = found.outputs(session: session, inference: group == "infer")
            #expect(outputs.count >= 4)
            let wanted = Dictionary(
                uniqueKeysWithValues: outputs.keys.map {
                    ($0, expected["sess\(session)/\(group)/\($0)"] ?? .scalar(.nan))
                })
            #expect(disagreements(outputs, wanted, tolerance: Self.forwardTolerance) == [])
        }
    }

    private func compareTraining(
        _ production: ProductionCase, _ arrays: [String: ShapedArray<Double>],
        gradients: [String: ShapedArray<Double>]
    ) throws {
        let context = production.forward(.given(production.draws), production.weights)
        compareForward(production, arrays, group: "out")
        for session in 0..<production.configuration.sessionCount {
            let name = "sess\(session)/out/output_params"
            #expect(
                scaledDifference(
                    production.readOut(context, session: session), from: arrays[name] ?? .scalar(.nan))
                    <= Self.forwardTolerance)
        }
        for sliceRows in [1_000, 2] {
            let losses = try production.step(sliceRows: sliceRows)
            func expect(_ value: Double, _ name: String, _ tolerance: Double) {
                let wanted = arrays["loss/\(name)"]?.values.first ?? .nan
                #expect(
                    abs(value - wanted) <= tolerance * abs(wanted),
                    "\(name): \(value) instead of \(wanted)")
            }
            expect(losses.total, "total", Self.lossTolerance)
            expect(losses.reconstruction, "recon", Self.forwardTolerance)
            expect(losses.initialConditionKL, "ic_kl", Self.forwardTolerance)
            expect(losses.inferredInputKL, "co_kl", Self.forwardTolerance)
            expect(losses.l2, "l2", Self.forwardTolerance)
            for (session, value) in losses.reconstructionOfSession.enumerated() {
                let wanted = arrays["sess\(session)/out/recon"]?.values.first ?? .nan
                #expect(abs(value - wanted) <= Self.forwardTolerance * abs(wanted))
            }
            let found = production.gradients
            let expected = gradients.filter { !$0.value.values.isEmpty }
            #expect(Set(found.filter { !$0.value.values.isEmpty }.keys) == Set(expected.keys))
            #expect(disagreements(found, expected, tolerance: Self.gradientTolerance) == [])
            let optimizer = AdamOptimizer(
                production.model.table, readInRateScale: 1, readOutRateScale: 1)
            expect(
                optimizer.norm(production.training.gradient.base), "grad_norm", Self.gradientTolerance)
        }
    }

    @Test("training step", arguments: ParityFixture.paths)
    func training(path: String) throws {
        let fixture = try ParityFixture(contentsOf: path)
        let production = try ProductionCase(
            fixture.configuration, fixture.parameters, fixture.batch)
        try compareTraining(production, fixture.arrays, gradients: fixture.gradients)
    }

    @Test("posterior means pushed through", arguments: ParityFixture.paths)
    func inference(path: String) throws {
        let fixture = try ParityFixture(contentsOf: path)
        let production = try ProductionCase(
            fixture.configuration, fixture.parameters, fixture.batch)
        let context = production.forward(.none)
        compareForward(production, fixture.arrays, group: "infer")
        for session in fixture.batch.sessions.indices {
            #expect(
                scaledDifference(
                    production.readOut(context, session: session),
                    from: fixture.arrays["sess\(session)/infer/output_params"] ?? .scalar(.nan))
                    <= Self.forwardTolerance)
        }
        for (session, data) in fixture.batch.sessions.enumerated() {
            // The public call: all quantities, trial by trial.
            let inferred = try production.model.infer(
                production.sessions[session], chosen: Array(0..<data.trialCount), quantities: .all)
            func expect(_ array: TrialArray?, _ name: String) {
                let wanted = fixture.arrays["sess\(session)/infer/\(name)"] ?? .scalar(.nan)
                let found = ShapedArray(shape: wanted.shape, values: (array?.values ?? []).map(Double.init))
                #expect(scaledDifference(found, from: wanted) <= Self.forwardTolerance, "\(name)")
            }
            expect(inferred.means, "output_means")
            expect(inferred.factors, "factors")
            expect(inferred.initialConditionMeans, "ic_mean")
            expect(inferred.initialConditionDeviations, "ic_std")
            expect(inferred.generatorStates, "gen_states")
            if fixture.configuration.hasController {
                expect(inferred.inferredInputMeans, "co_means")
                expect(inferred.inferredInputDeviations, "co_stds")
            }
        }
    }

    @Test("two AdamW steps with the same clipped gradient", arguments: ParityFixture.paths)
    func optimizer(path: String) throws {
        let fixture = try ParityFixture(contentsOf: path)
        let production = try ProductionCase(
            fixture.configuration, fixture.parameters, fixture.batch)
        let model = production.model
        let gradient = production.training.gradient
        // The recorded gradient itself: a rounding in ours would turn the sign of elements near zero,
        // whose first Adam step is the learning rate either way.
        for tensor in model.table.tensors {
            for (i, value) in (fixture.gradients[tensor.name]?.values ?? []).enumerated() {
                gradient.base[tensor.offset + i] = Float(value)
            }
        }
        var settings = TrainingConfiguration()
        settings.weightDecay = 0.01
        let optimizer = AdamOptimizer(model.table, readInRateScale: 1, readOutRateScale: 1)
        let norm = optimizer.norm(gradient.base)
        for step in 0..<2 {
            optimizer.update(
                model.parameters.base, gradient.base, norm: norm, rate: 4e-3, settings)
            for (name, expected) in fixture.optimized[step] where !expected.values.isEmpty {
                let found = ShapedArray(
                    shape: expected.shape, values: (model.parameter(name) ?? []).map(Double.init))
                #expect(scaledDifference(found, from: expected) <= Self.forwardTolerance, "\(name)")
            }
        }
    }

    @Test("random cases against the slow reference", arguments: cases)
    func random(reference: RandomCase) throws {
        let production = try ProductionCase(
            reference.configuration, reference.parameters, reference.batch)
        let expected = try reference.reference().train(reference.batch)
        try compareTraining(production, expected.arrays, gradients: expected.gradients)
    }
}
