import ArrayFiles

/// Clipping of the global gradient norm and AdamW with decoupled weight decay.
struct ReferenceOptimizer {
    var learningRate = 4e-3
    var firstDecay = 0.9
    var secondDecay = 0.999
    var epsilon = 1e-8
    var weightDecay = 0.01
    var largestNorm = 200.0
    /// Factors on the learning rate, by parameter name; 1 where none is given
    var learningRateScales: [String: Double] = [:]

    /// Gradients times min(1, largestNorm / (norm + 1e-6)).
    func clipped(
        _ gradients: [String: ShapedArray<Double>]
    ) -> [String: ShapedArray<Double>] {
        let squares = gradients.values.flatMap(\.values).map { $0 * $0 }
        let norm = squares.sorted().reduce(0, +).squareRoot()
        let factor = min(1, largestNorm / (norm + 1e-6))
        return gradients.mapValues { array in
            ShapedArray(shape: array.shape, values: array.values.map { $0 * factor })
        }
    }

    /// Parameters after each of the steps, one for every set of gradients (already clipped).
    /// Parameters without a gradient are left as they are.
    ///
    ///     p ← p (1 − η λ);  m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²
    ///     p ← p − η/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
    func steps(
        from parameters: [String: ShapedArray<Double>],
        gradients: [[String: ShapedArray<Double>]]
    ) -> [[String: ShapedArray<Double>]] {
        var current = parameters
        var first: [String: [Double]] = [:]
        var second: [String: [Double]] = [:]
        var history: [[String: ShapedArray<Double>]] = []
        var firstPower = 1.0
        var secondPower = 1.0
        for step in gradients {
            firstPower *= firstDecay
            secondPower *= secondDecay
            for (name, gradient) in step {
                guard var values = current[name]?.values else { continue }
                let rate = learningRate * learningRateScales[name, default: 1]
                let zeros = [Double](repeating: 0, count: values.count)
                var m = first[name, default: zeros]
                var v = second[name, default: zeros]
                for i in values.indices {
                    let g = gradient.values[i]
                    m[i] = firstDecay * m[i] + (1 - firstDecay) * g
                    v[i] = secondDecay * v[i] + (1 - secondDecay) * g * g
                    let denominator =
                        v[i].squareRoot() / (1 - secondPower).squareRoot() + epsilon
                    values[i] *= 1 - rate * weightDecay
                    values[i] -= rate / (1 - firstPower) * m[i] / denominator
                }
                first[name] = m
                second[name] = v
                current[name] = ShapedArray(shape: gradient.shape, values: values)
            }
            history.append(current)
        }
        return history
    }
}
