import Foundation

/// The prior over inferred inputs, a stationary AR(1) process per input whose time constant and noise are
/// learned, and its term of the loss, estimated by a sample of its own.
final class InferredInputPrior {
    private let model: ModelConfiguration
    private let noise: StandardNoise

    init(_ model: ModelConfiguration, _ scratch: DrawScratch) {
        self.model = model
        noise = StandardNoise(
            training: RandomPurpose.inferredInputPriorSample, inference: nil, scratch
        ) { $0.inferredInputsOfPrior }
    }

    /// Σ over inputs of ln q(u) − ln p(u), with its gradient as the first that stands in the controller's
    /// `dPosterior`.
    func addTerm(
        _ context: PassContext, _ weights: LossWeights, _ slice: Slice, _ controller: Controller,
        _ places: ParameterTable.Controller, into losses: DoubleBuffer, _ gradient: ShardGradient
    ) {
        let inferred = model.inferredInputCount
        _ = noise.draw(context, slice, steps: model.binCount, width: inferred)
        for j in 0..<inferred {
            addTerm(context, weights, slice, controller, places, losses, gradient, input: j)
        }
    }

    /// ln q(u) − ln p(u) at u = mean + std·ε for one inferred input: u_0 ~ N(0, s²/(1 − α²)),
    /// u_t ~ N(α u_{t−1}, s²), α = exp(−1/τ) (Pandarinath et al. 2018).
    private func addTerm(
        _ context: PassContext, _ weights: LossWeights, _ slice: Slice, _ controller: Controller,
        _ places: ParameterTable.Controller, _ losses: DoubleBuffer, _ gradient: ShardGradient,
        input j: Int
    ) {
        let rows = slice.rows
        let bins = model.binCount
        let inferred = model.inferredInputCount
        let posterior = controller.posterior.base
        let deviations = controller.deviation.base
        let draws = noise.base
        let logTau = Double(context.pointer(places.priorLogTau)[j])
        let logNoise = Double(context.pointer(places.priorLogNoise)[j])
        let inverseTau = exp(-logTau)
        let alpha = exp(-inverseTau)
        let noise = exp(logNoise)
        let startVariance = noise / (1 - alpha * alpha)
        let scale = Double(weights.lossScale * weights.inferredInputKL) / Double(weights.batchRows)
        let logStartVariance = log(startVariance)
        var dAlpha = 0.0
        var dLogNoise = 0.0
        for row in 0..<rows {
            func sample(_ bin: Int) -> Double {
                let place = bin * rows + row
                return Double(posterior[place * 2 * inferred + j])
                    + Double(draws[place * inferred + j]) * Double(deviations[place * inferred + j])
            }
            // From the last bin to the first: ∂/∂u_t takes the error of bin t + 1.
            var sum = 0.0
            var nextError = 0.0
            var current = sample(bins - 1)
            for t in Swift.stride(from: bins - 1, through: 0, by: -1) {
                let place = (t * rows + row) * inferred + j
                let epsilon = Double(draws[place])
                let deviation = Double(deviations[place])
                let logVariance = Double(posterior[(t * rows + row) * 2 * inferred + inferred + j])
                let variance = t == 0 ? startVariance : noise
                let previous = t == 0 ? 0 : sample(t - 1)
                let error = current - alpha * previous
                let squared = error * error / variance
                let logPriorVariance = t == 0 ? logStartVariance : logNoise
                sum += 0.5 * (logPriorVariance + squared - logVariance - epsilon * epsilon)
                let du = error / variance - nextError * alpha / noise
                if t > 0 { dAlpha -= error * previous / variance }
                let dLogVariance = 0.5 - 0.5 * squared
                dLogNoise += dLogVariance
                if t == 0 { dAlpha += dLogVariance * 2 * alpha / (1 - alpha * alpha) }
                nextError = error
                current = previous
                let d = controller.dPosterior.base + (t * rows + row) * 2 * inferred + j
                d[0] = Float(scale * du)
                d[inferred] = Float(scale * (du * epsilon * 0.5 * deviation - 0.5))
            }
            let place = losses.base + slice.firstRow + row
            place.pointee = j == 0 ? sum : place.pointee + sum
        }
        gradient.shared(places.priorLogTau)[j] += Float(scale * dAlpha * alpha * inverseTau)
        gradient.shared(places.priorLogNoise)[j] += Float(scale * dLogNoise)
    }

    var byteCount: Int { noise.byteCount }
}
