import ArrayFiles
import Testing

/// The reference's hand-written gradients against finite differences of its own loss.
///
/// Coordinated dropout stops gradients, so that its gradient isn't that of the loss's value:
/// differences are taken of the surrogate, in which each element of the reconstruction loss is
/// multiplied by its gradient mask.
@Suite("Gradients of the reference against finite differences")
struct FiniteDifferenceTests {
    /// Five-point central differences with step h are off by h⁴/30 times the fifth derivative, and
    /// by about 1e-15 · |loss|/h from rounding. With h = 1e-3 both stay below 1e-9 of the largest
    /// gradient in the tensor . A wrong
    /// term or a missing path shows at 1e-3 or more.
    static let tolerance = 1e-8

    @Test("single entries of every parameter", arguments: RandomCase.all)
    func entries(_ example: RandomCase) throws {
        let result = try example.reference().train(example.batch)
        let gradients = result.gradients
        #expect(gradients.keys.sorted() == example.configuration.trainableNames)
        var draws = SeededDraws(seed: 99)
        var failures: [String] = []
        for (name, gradient) in gradients.sorted(by: { $0.key < $1.key }) {
            let size = gradient.values.count
            let largest = gradient.values.map(abs).max() ?? 0
            let chosen =
                size <= 4
                ? Array(0..<size) : (0..<4).map { _ in Int(draws.uniform() * Double(size)) }
            for index in chosen {
                var direction = [Double](repeating: 0, count: size)
                direction[index] = 1
                let difference = try derivative(example, along: [name: direction])
                // An entry may be small because large terms cancel; its tensor sets the scale.
                // A tensor in which nothing flows has only the loss's own rounding.
                let scale = max(largest, 1e-3 * result.scalar("loss/surrogate_total").magnitude)
                let error = abs(difference - gradient.values[index]) / scale
                if !(error < Self.tolerance) {
                    failures.append(
                        "\(name)[\(index)]: \(gradient.values[index]) against \(difference)")
                }
            }
        }
        #expect(failures == [])
    }

    @Test("random directions through all parameters", arguments: RandomCase.all)
    func directions(_ example: RandomCase) throws {
        let gradients = try example.reference().train(example.batch).gradients
        var draws = SeededDraws(seed: 7)
        for _ in 0..<4 {
            // Of unit length overall, so that the step means the same as for a single entry.
            var direction: [String: [Double]] = [:]
            var squares = 0.0
            for (name, gradient) in gradients.sorted(by: { $0.key < $1.key }) {
                let values = gradient.values.map { _ in draws.normal() }
                direction[name] = values
                squares += values.reduce(0) { $0 + $1 * $1 }
            }
            direction = direction.mapValues { $0.map { $0 / squares.squareRoot() } }
            var expected = 0.0
            var scale = 0.0
            for (name, gradient) in gradients {
                for (slope, part) in zip(gradient.values, direction[name, default: []]) {
                    expected += slope * part
                    scale += (slope * part).magnitude
                }
            }
            let difference = try derivative(example, along: direction)
            #expect(abs(difference - expected) < Self.tolerance * scale)
        }
    }

    @Test("some cases clip, some of them only in part")
    func clippingIsExercised() throws {
        let clipped = try RandomCase.all.map { example in
            try example.reference().surrogate(example.batch).clipped
        }
        #expect(clipped.contains { $0.contains(true) && $0.contains(false) })
    }

    /// Directional derivative of the surrogate by five-point central differences. The clip of the
    /// cells has a kink: the step shrinks until all five points clip the same states.
    private func derivative(
        _ example: RandomCase, along direction: [String: [Double]]
    ) throws -> Double {
        var step = 1e-3
        while step > 1e-5 {
            let points = try [-2.0, -1, 1, 2].map { multiple in
                try surrogate(example, moved: multiple * step, along: direction)
            }
            if points.allSatisfy({ $0.clipped == points[0].clipped }) {
                return
                    (8 * (points[2].total - points[1].total)
                    - (points[3].total - points[0].total)) / (12 * step)
            }
            step /= 2
        }
        return .nan
    }

    private func surrogate(
        _ example: RandomCase, moved distance: Double, along direction: [String: [Double]]
    ) throws -> (total: Double, clipped: [Bool]) {
        var parameters = example.parameters
        for (name, part) in direction {
            guard let array = parameters[name] else { continue }
            parameters[name] = ShapedArray(
                shape: array.shape, values: zip(array.values, part).map { $0 + distance * $1 })
        }
        let model = try ReferenceModel(
            configuration: example.configuration, parameters: parameters)
        return model.surrogate(example.batch)
    }
}
