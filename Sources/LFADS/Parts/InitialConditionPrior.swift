import Foundation

/// A prior over initial conditions, and its term of the loss.
protocol InitialConditionPrior {
    /// The divergence of every row's posterior from the prior, unscaled, to `losses`; its gradient as the first
    /// that stands in the encoder's `dPosterior`.
    func addTerm(
        _ context: PassContext, _ weights: LossWeights, _ slice: Slice,
        _ encoder: InitialConditionEncoder, into losses: DoubleBuffer, _ gradient: ShardGradient
    )

    var byteCount: Int { get }
}

/// The prior N(m, v) with a mean that is learned.
final class NormalInitialConditionPrior: InitialConditionPrior {
    private let model: ModelConfiguration
    private let variance = FloatBuffer()

    init(_ model: ModelConfiguration) { self.model = model }

    /// KL(N(mean, std²) ‖ N(m, v)) = ½ Σ [ln v − ln std² + (std² + (mean − m)²)/v − 1], with its gradient as
    /// the first that stands in the encoder's `dPosterior`.
    func addTerm(
        _ context: PassContext, _ weights: LossWeights, _ slice: Slice,
        _ encoder: InitialConditionEncoder, into losses: DoubleBuffer, _ gradient: ShardGradient
    ) {
        let dimensions = model.initialConditionDimensions
        let floor = model.initialConditionVarianceFloor
        let priorMean = context.pointer(context.table.initialConditionPriorMean)
        let priorLogVariance = context.pointer(context.table.initialConditionPriorSpread)
        let scale = weights.lossScale * weights.initialConditionKL / Float(weights.batchRows)
        let dPriorMean = gradient.shared(context.table.initialConditionPriorMean)
        variance.reserve(dimensions)
        for j in 0..<dimensions { variance.base[j] = exp(priorLogVariance[j]) }
        for row in 0..<slice.rows {
            var sum = 0.0
            let mean = encoder.posterior.base + row * 2 * dimensions
            let d = encoder.dPosterior.base + row * 2 * dimensions
            for j in 0..<dimensions {
                let deviation = encoder.deviation.base[row * dimensions + j]
                let variance = deviation * deviation
                let v = self.variance.base[j]
                let distance = mean[j] - priorMean[j]
                sum += Double(
                    0.5
                        * (priorLogVariance[j] - log(variance)
                            + (variance + distance * distance) / v - 1))
                let dMean = scale * distance / v
                d[j] = dMean
                dPriorMean[j] -= dMean
                // ∂std²/∂(log-variance) = exp(log-variance) = std² − floor.
                d[dimensions + j] = scale * 0.5 * (1 / v - 1 / variance) * (variance - floor)
            }
            losses.base[slice.firstRow + row] = sum
        }
    }

    var byteCount: Int { variance.byteCount }
}
