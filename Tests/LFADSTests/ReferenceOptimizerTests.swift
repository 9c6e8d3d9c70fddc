import ArrayFiles
import Testing

/// Clipping and AdamW by numbers worked out by hand.
///
/// The recorded steps don't show the clipping: AdamW divides by the gradient's own size, so that
/// a common factor on all gradients all but cancels.
@Suite("Reference optimiser")
struct ReferenceOptimizerTests {
    @Test("one factor for all tensors brings the global norm to the limit")
    func clipping() {
        var optimizer = ReferenceOptimizer()
        optimizer.largestNorm = 1
        let gradients = [
            "a": ShapedArray(shape: [1, 1], values: [3.0]),
            "b": ShapedArray(shape: [1], values: [-4.0]),
        ]
        let clipped = optimizer.clipped(gradients)
        // Norm 5, and 1e-6 is added to it before the division.
        #expect(clipped["a"]?.shape == [1, 1])
        #expect(abs((clipped["a"]?.values[0] ?? 0) - 3 / 5.000_001) < 1e-15)
        #expect(abs((clipped["b"]?.values[0] ?? 0) + 4 / 5.000_001) < 1e-15)
        optimizer.largestNorm = 5.1
        #expect(optimizer.clipped(gradients) == gradients)
    }

    @Test("two steps with different gradients, one parameter at a quarter of the rate")
    func twoSteps() {
        var optimizer = ReferenceOptimizer()
        optimizer.learningRateScales = ["slow": 0.25]
        func array(_ value: Double) -> ShapedArray<Double> {
            ShapedArray(shape: [1], values: [value])
        }
        let history = optimizer.steps(
            from: ["fast": array(1), "slow": array(1), "frozen": array(7)],
            gradients: [0.5, -0.25].map { ["fast": array($0), "slow": array($0)] })

        // Bias-corrected moments: 0.5 and 0.25, then (0.045 − 0.025)/0.19 and
        // (0.999 · 0.00025 + 0.0000625)/0.001999.
        let first = 0.5 / (0.5 + 1e-8)
        let second = (0.02 / 0.19) / ((0.00031225 / 0.001999).squareRoot() + 1e-8)
        for (name, rate) in ["fast": 4e-3, "slow": 1e-3] {
            let afterOne = 1 - 0.01 * rate - rate * first
            let afterTwo = afterOne * (1 - 0.01 * rate) - rate * second
            #expect(abs((history[0][name]?.values[0] ?? 0) - afterOne) < 1e-14)
            #expect(abs((history[1][name]?.values[0] ?? 0) - afterTwo) < 1e-14)
        }
        #expect(history[1]["frozen"] == array(7))
    }
}
