import CKernels
import Foundation
import LinearAlgebra

extension ShardWorkspace {
    /// Read-out parameters of the observation model from the factors, per session.
    func readOut(_ context: PassContext) {
        let bins = model.binCount
        for (index, segment) in segments.enumerated() {
            let map = context.table.sessions[segment.session].readOut
            let count = bins * segment.count
            readOuts[index].reserve(count * map.outputs)
            affine(
                context, map, factorRows(index), into: readOuts[index].base, rows: count)
        }
    }

    /// A segment's factors `[bins, segment rows, factors]`: the buffer itself where the segment is the
    /// whole shard, a copy otherwise.
    private func factorRows(_ index: Int) -> UnsafeMutablePointer<Float> {
        let segment = segments[index]
        let width = model.factorCount
        let afterStart = factors.base + rows * width
        if segment.count == rows { return afterStart }
        segmentFactors[index].reserve(model.binCount * segment.count * width)
        pick(
            afterStart, segment, steps: model.binCount, width: width,
            into: segmentFactors[index].base)
        return segmentFactors[index].base
    }

    /// Reconstruction loss, its gradient in place of the read-out, and back to `dFactors`.
    func reconstructionBackward(
        _ context: PassContext, _ weights: LossWeights, _ gradient: UnsafeMutablePointer<Float>,
        _ layout: ShardGradientLayout
    ) {
        let bins = model.binCount
        let width = model.factorCount
        dFactors.reserve((bins + 1) * rows * width)
        dFactors.setToZero(rows * width)
        for (index, segment) in segments.enumerated() {
            let maps = context.table.sessions[segment.session]
            let map = maps.readOut
            let units = context.sessions[segment.session].unitCount
            let count = bins * segment.count
            let weight = weights.elementWeight(session: segment.session, bins: bins, units: units)
            let d = readOuts[index].base
            losses.reconstruction[index] =
                reconstruction(index, units: units, scale: Float(weight) * weights.lossScale)
                + context.constant(segment)

            let isWhole = segment.count == rows
            let f = isWhole ? factors.base + rows * width : segmentFactors[index].base
            if context.trainsReadOut {
                addAffineGradients(
                    map, d, f, rows: count,
                    weights: gradient + layout.place(map.weights, segment: index, maps),
                    bias: gradient + layout.place(map.bias, segment: index, maps))
            }
            if !isWhole { segmentRows.reserve(count * width) }
            let df = isWhole ? dFactors.base + rows * width : segmentRows.base
            multiply(
                d, leadingA: map.outputs, context.pointer(map.weights), leadingB: width, into: df,
                leadingC: width, rows: count, columns: width, inner: map.outputs)
            if !isWhole {
                scatter(df, segment, steps: bins, width: width, into: dFactors.base + rows * width)
            }
        }
    }

    /// Σ of the negative log-likelihood of a segment; the read-out becomes its scaled gradient.
    private func reconstruction(_ index: Int, units: Int, scale: Float) -> Double {
        let count = model.binCount * segments[index].count
        let d = readOuts[index].base
        let y = targets[index].base
        let mask = masksGradient ? gradientMasks[index].base : nil
        if model.observation == .poisson {
            return loops.pointee.poisson(count, units, d, units, y, units, mask, units, scale)
        }
        let outputs = units * model.observation.parametersPerUnit
        var sum = 0.0
        for row in 0..<count {
            sum += model.observation.replaceByGradient(
                d + row * outputs, values: y + row * units, units: units,
                gradientMask: mask.map { UnsafePointer($0 + row * units) }, scale: scale)
        }
        return sum
    }

    /// Σ of the negative log-likelihood per segment without gradients (validation). The read-out
    /// is used up.
    func reconstructionValue(_ context: PassContext) {
        for (index, segment) in segments.enumerated() {
            let units = context.sessions[segment.session].unitCount
            let count = model.binCount * segment.count
            let value: Double
            if model.observation == .poisson {
                value = loops.pointee.poisson_value(
                    count, units, readOuts[index].base, units, targets[index].base, units)
            } else {
                value = reconstruction(index, units: units, scale: 0)
            }
            losses.reconstruction[index] = value + context.constant(segment)
        }
    }

    /// KL of the initial condition (analytic) and of the inferred inputs (one fresh sample under an
    /// AR(1) prior), with gradients into `dInitialCondition` and `dInferredInputPosterior`.
    func addPriorTerms(
        _ context: PassContext, _ weights: LossWeights, _ gradient: UnsafeMutablePointer<Float>
    ) {
        addInitialConditionPrior(context, weights, gradient)
        guard model.hasController else { return }
        let inferred = model.inferredInputCount
        _ = drawNoise(
            context, training: RandomPurpose.inferredInputPriorSample, inference: nil,
            steps: model.binCount, width: inferred, given: { $0.inferredInputsOfPrior },
            into: inferredInputPriorNoise)
        dInferredInputPosterior.reserve(model.binCount * rows * 2 * inferred)
        for j in 0..<inferred { addAutoregressivePrior(context, weights, gradient, dimension: j) }
    }

    /// KL(N(mean, std²) ‖ N(m, v)) = ½ Σ [ln v − ln std² + (std² + (mean − m)²)/v − 1].
    private func addInitialConditionPrior(
        _ context: PassContext, _ weights: LossWeights, _ gradient: UnsafeMutablePointer<Float>
    ) {
        let dimensions = model.initialConditionDimensions
        let floor = model.initialConditionVarianceFloor
        let priorMean = context.pointer(context.table.initialConditionPriorMean)
        let priorLogVariance = context.pointer(context.table.initialConditionPriorLogVariance)
        let scale = weights.lossScale * weights.initialConditionKL / Float(weights.batchRows)
        let dPriorMean = gradient + context.table.initialConditionPriorMean
        dInitialCondition.reserve(rows * 2 * dimensions)
        let priorVariance = (0..<dimensions).map { exp(priorLogVariance[$0]) }
        var sum = 0.0
        for row in 0..<rows {
            let mean = initialConditionPosterior.base + row * 2 * dimensions
            let d = dInitialCondition.base + row * 2 * dimensions
            for j in 0..<dimensions {
                let deviation = initialConditionDeviation.base[row * dimensions + j]
                let variance = deviation * deviation
                let v = priorVariance[j]
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
        }
        losses.initialConditionKL = sum
    }

    /// ln q(u) − ln p(u) at u = mean + std·ε for one inferred input, p being a stationary AR(1) process:
    /// u_0 ~ N(0, s²/(1 − α²)), u_t ~ N(α u_{t−1}, s²), α = exp(−1/τ) (Pandarinath et al. 2018).
    private func addAutoregressivePrior(
        _ context: PassContext, _ weights: LossWeights, _ gradient: UnsafeMutablePointer<Float>,
        dimension j: Int
    ) {
        let bins = model.binCount
        let inferred = model.inferredInputCount
        let logTau = Double(context.pointer(context.table.inferredInputPriorLogTau)[j])
        let logNoise = Double(context.pointer(context.table.inferredInputPriorLogNoise)[j])
        let inverseTau = exp(-logTau)
        let alpha = exp(-inverseTau)
        let noise = exp(logNoise)
        let startVariance = noise / (1 - alpha * alpha)
        let scale = Double(weights.lossScale * weights.inferredInputKL) / Double(weights.batchRows)
        var sum = 0.0
        var dAlpha = 0.0
        var dLogNoise = 0.0
        for row in 0..<rows {
            // From the last bin to the first: ∂/∂u_t takes the error of bin t + 1.
            var nextError = 0.0
            for t in Swift.stride(from: bins - 1, through: 0, by: -1) {
                func sample(_ bin: Int) -> Double {
                    let place = (bin * rows + row) * inferred + j
                    let mean = inferredInputPosterior.base[(bin * rows + row) * 2 * inferred + j]
                    return Double(mean) + Double(inferredInputPriorNoise.base[place])
                        * Double(inferredInputDeviation.base[place])
                }
                let place = (t * rows + row) * inferred + j
                let epsilon = Double(inferredInputPriorNoise.base[place])
                let deviation = Double(inferredInputDeviation.base[place])
                let logVariance = Double(
                    inferredInputPosterior.base[(t * rows + row) * 2 * inferred + inferred + j])
                let variance = t == 0 ? startVariance : noise
                let previous = t == 0 ? 0 : sample(t - 1)
                let error = sample(t) - alpha * previous
                let squared = error * error / variance
                sum += 0.5 * (log(variance) + squared - logVariance - epsilon * epsilon)
                let du = error / variance - nextError * alpha / noise
                if t > 0 { dAlpha -= error * previous / variance }
                let dLogVariance = 0.5 - 0.5 * squared
                dLogNoise += dLogVariance
                if t == 0 { dAlpha += dLogVariance * 2 * alpha / (1 - alpha * alpha) }
                nextError = error
                let d = dInferredInputPosterior.base + (t * rows + row) * 2 * inferred + j
                d[0] = Float(scale * du)
                d[inferred] = Float(scale * (du * epsilon * 0.5 * deviation - 0.5))
            }
        }
        losses.inferredInputKL += sum
        gradient[context.table.inferredInputPriorLogTau + j] += Float(
            scale * dAlpha * alpha * inverseTau)
        gradient[context.table.inferredInputPriorLogNoise + j] += Float(scale * dLogNoise)
    }
}
