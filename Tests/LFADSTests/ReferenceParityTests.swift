import ArrayFiles
import TestSupport
import Testing

/// The slow reference against recorded steps of the PyTorch implementation.
@Suite("Reference model against recorded steps")
struct ReferenceParityTests {
    /// Both sides add up float64 numbers in different orders: a few hundred terms an element, each
    /// rounded to 1e-16, through a dozen recurrent steps (observed: 2e-15 of the largest element).
    /// 1e-10 leaves room for other libraries' exp and tanh; an error in an equation is many orders
    /// larger.
    static let tolerance = 1e-10

    @Test("all six fixtures are found")
    func fixtures() throws {
        let names = try ParityFixture.paths.map { try ParityFixture(contentsOf: $0).name }
        #expect(Set(names).isSuperset(of: ["p1", "p2", "p3", "p4", "p5", "p6"]))
    }

    @Test(
        "a folder that the environment names holds fixtures",
        .enabled(if: ParityFixture.additionalFolder != nil))
    func additionalFixtures() throws {
        let folder = try #require(ParityFixture.additionalFolder)
        #expect(ParityFixture.paths.contains { $0.hasPrefix("\(folder)/") })
    }

    @Test("names, shapes and trainable parameters", arguments: ParityFixture.paths)
    func parameterTable(path: String) throws {
        let fixture = try ParityFixture(contentsOf: path)
        #expect(fixture.configuration.parameterShapes == fixture.parameters.mapValues(\.shape))
        #expect(fixture.configuration.trainableNames == fixture.trainableNames)
        #expect(fixture.gradients.keys.sorted() == fixture.trainableNames)
    }

    @Test("training outputs", arguments: ParityFixture.paths)
    func trainingOutputs(path: String) throws {
        let fixture = try ParityFixture(contentsOf: path)
        let found = try fixture.reference().train(fixture.batch).arrays
        let expected = fixture.arrays.filter { name, _ in
            name.contains("/out/") || name.hasSuffix("/encod_data_after_cd")
                || name.hasSuffix("/grad_mask")
        }
        #expect(expected.count == 15 * fixture.configuration.sessionCount)
        #expect(disagreements(found, expected, tolerance: Self.tolerance) == [])
    }

    @Test("outputs with posterior means", arguments: ParityFixture.paths)
    func inferenceOutputs(path: String) throws {
        let fixture = try ParityFixture(contentsOf: path)
        let found = try fixture.reference().infer(fixture.batch).arrays
        let expected = fixture.arrays.filter { $0.key.contains("/infer/") }
        #expect(expected.count == 8 * fixture.configuration.sessionCount)
        #expect(disagreements(found, expected, tolerance: Self.tolerance) == [])
    }

    @Test("loss terms, total and gradient norm", arguments: ParityFixture.paths)
    func losses(path: String) throws {
        let fixture = try ParityFixture(contentsOf: path)
        let found = try fixture.reference().train(fixture.batch).arrays
        let expected = fixture.arrays.filter { $0.key.hasPrefix("loss/") }
        #expect(expected.count == 8)
        #expect(disagreements(found, expected, tolerance: Self.tolerance) == [])
    }

    @Test("gradients", arguments: ParityFixture.paths)
    func gradients(path: String) throws {
        let fixture = try ParityFixture(contentsOf: path)
        let found = try fixture.reference().train(fixture.batch).gradients
        #expect(found.keys.sorted() == fixture.trainableNames)
        #expect(disagreements(found, fixture.gradients, tolerance: Self.tolerance) == [])
    }

    @Test("two AdamW steps with the clipped gradient", arguments: ParityFixture.paths)
    func optimizer(path: String) throws {
        let fixture = try ParityFixture(contentsOf: path)
        let optimizer = ReferenceOptimizer()
        let gradients = try fixture.reference().train(fixture.batch).gradients
        let clipped = optimizer.clipped(gradients)
        let found = optimizer.steps(
            from: fixture.parameters, gradients: [clipped, clipped])
        for (step, expected) in fixture.optimized.enumerated() {
            #expect(expected.keys.sorted() == fixture.trainableNames)
            #expect(disagreements(found[step], expected, tolerance: Self.tolerance) == [])
        }
        // What isn't trained stays as it was.
        for name in fixture.parameters.keys where !fixture.trainableNames.contains(name) {
            #expect(found[1][name] == fixture.parameters[name])
        }
    }
}
