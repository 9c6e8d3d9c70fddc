import Foundation

/// The prior over initial conditions that has heavy tails: a Student-t with ν degrees of freedom, whose location m
/// and log-scale s are learned, in every dimension by itself. The posterior is one as well, with the same ν.
final class StudentTInitialConditionPrior: InitialConditionPrior {
    private let model: ModelConfiguration
    private let noise: StandardNoise

    init(_ model: ModelConfiguration, _ scratch: DrawScratch) {
        self.model = model
        noise = StandardNoise(
            training: RandomPurpose.initialConditionPriorSample, inference: nil,
            degreesOfFreedom: model.initialConditionDegreesOfFreedom, scratch
        ) { $0.initialConditionOfPrior }
    }

    /// Σ over dimensions of ln q(z) − ln p(z) at a sample z = mean + std·t of its own, for the divergence of two
    /// Student-t has no closed form:
    ///
    ///     s − ln std + (ν + 1)/2 · [ln(1 + y²/ν) − ln(1 + t²/ν)],  y = (z − m)·exp(−s)
    func addTerm(
        _ context: PassContext, _ weights: LossWeights, _ slice: Slice,
        _ encoder: InitialConditionEncoder, into losses: DoubleBuffer, _ gradient: ShardGradient
    ) {
        let dimensions = model.initialConditionDimensions
        let floor = Double(model.initialConditionVarianceFloor)
        let freedom = Double(model.initialConditionPriorDegreesOfFreedom)
        let location = context.pointer(context.table.initialConditionPriorMean)
        let logScale = context.pointer(context.table.initialConditionPriorSpread)
        let dLocation = gradient.shared(context.table.initialConditionPriorMean)
        let dLogScale = gradient.shared(context.table.initialConditionPriorSpread)
        let scale =
            Double(weights.lossScale * weights.initialConditionKL) / Double(weights.batchRows)
        _ = noise.draw(context, slice, steps: 1, width: dimensions)
        for row in 0..<slice.rows {
            var sum = 0.0
            let mean = encoder.posterior.base + row * 2 * dimensions
            let d = encoder.dPosterior.base + row * 2 * dimensions
            for j in 0..<dimensions {
                let t = Double(noise.base[row * dimensions + j])
                let deviation = Double(encoder.deviation.base[row * dimensions + j])
                let s = Double(logScale[j])
                let inverse = exp(-s)
                let y = (Double(mean[j]) + deviation * t - Double(location[j])) * inverse
                sum +=
                    s - log(deviation)
                    + 0.5 * (freedom + 1) * (log1p(y * y / freedom) - log1p(t * t / freedom))
                // ∂/∂y of (ν + 1)/2 · ln(1 + y²/ν)
                let dy = (freedom + 1) * y / (freedom + y * y)
                let dMean = scale * dy * inverse
                let dDeviation = dMean * t - scale / deviation
                d[j] = Float(dMean)
                // ∂std/∂(log-variance) = ½ exp(log-variance)/std = ½ (std² − floor)/std.
                d[dimensions + j] = Float(
                    dDeviation * 0.5 * (deviation * deviation - floor) / deviation)
                dLocation[j] -= Float(dMean)
                dLogScale[j] += Float(scale * (1 - dy * y))
            }
            losses.base[slice.firstRow + row] = sum
        }
    }

    var byteCount: Int { noise.byteCount }
}
