import CKernels
import Foundation

extension SliceWorkspace {
    /// Read-out parameters of one row, `[bins, parameters per unit · units]`, in `readOut`.
    func computeReadOut(_ context: PassContext, row index: Int) {
        let bins = model.binCount
        let map = context.packed.readOuts[row(context, index).session]
        readOut.reserve(context.largest.readOut)
        multiply(
            context.packed.term(
                factors.base + (rows + index) * model.factorCount,
                leading: rows * model.factorCount, map.forward),
            into: readOut.base, leadingC: map.outputs, rows: bins, columns: map.outputs,
            bias: context.packed.pointer(map.bias))
    }

    /// Reconstruction loss trial by trial: read-out, its gradient in place, the read-out's own
    /// gradients, and back to `dFactors`, before the next trial takes the cache.
    func reconstruct(
        _ context: PassContext, _ weights: LossWeights, _ losses: RowLosses, _ gradient: ShardGradient
    ) {
        let bins = model.binCount
        let width = model.factorCount
        dFactors.reserve((bins + 1) * rowCapacity * width)
        dFactors.setToZero(rows * width)
        for index in 0..<rows {
            let row = row(context, index)
            let session = context.session(of: row)
            let map = context.table.sessions[row.session].readOut
            let weight = weights.elementWeight(
                session: row.session, bins: bins, units: session.unitCount)
            computeReadOut(context, row: index)
            losses.reconstruction.base[firstRow + index] = replaceByGradient(
                row, session,
                mask: context.masksGradient
                    ? gradientMask.base + index * context.largest.reconstructed : nil,
                scale: Float(weight) * weights.lossScale)
            if context.trainsReadOut {
                addGradients(
                    map, dOut: readOut.base, leadingOut: map.outputs,
                    factors.base + (rows + index) * width, leadingIn: rows * width, count: bins,
                    weights: gradient.ofSession(map.weights, session: row.session),
                    bias: gradient.ofSession(map.bias, session: row.session))
            }
            multiply(
                context.packed.term(
                    readOut.base, leading: map.outputs,
                    context.packed.readOuts[row.session].backward),
                into: dFactors.base + (rows + index) * width, leadingC: rows * width, rows: bins,
                columns: width)
        }
    }

    /// Σ of a trial's negative log-likelihood; the read-out becomes its scaled gradient.
    private func replaceByGradient(
        _ row: BatchRow, _ session: SessionTrials, mask: UnsafePointer<UInt8>?, scale: Float
    ) -> Double {
        let bins = model.binCount
        let units = session.unitCount
        return session.withValues(ofTrial: row.trial) { y in
            if model.observation == .poisson {
                return loops.pointee.poisson(
                    bins, units, readOut.base, units, y, units, mask, units, scale)
            }
            let outputs = units * model.observation.parametersPerUnit
            var sum = 0.0
            for t in 0..<bins {
                sum += model.observation.replaceByGradient(
                    readOut.base + t * outputs, values: y + t * units, units: units,
                    gradientMask: mask.map { $0 + t * units }, scale: scale)
            }
            return sum
        }
    }

    /// The reconstruction loss of every row alone (validation), to its place in `losses`.
    func reconstructionValues(_ context: PassContext, into losses: DoubleBuffer) {
        for index in 0..<rows {
            let row = row(context, index)
            let session = context.session(of: row)
            computeReadOut(context, row: index)
            let value: Double
            if model.observation == .poisson {
                value = session.withValues(ofTrial: row.trial) {
                    loops.pointee.poisson_value(
                        model.binCount, session.unitCount, readOut.base, session.unitCount, $0,
                        session.unitCount)
                }
            } else {
                value = replaceByGradient(row, session, mask: nil, scale: 0)
            }
            losses.base[firstRow + index] = value
        }
    }

    /// KL of the initial condition (analytic) and of the inferred inputs (one fresh sample under an
    /// AR(1) prior), with gradients into `dInitialCondition` and `dInferredInputPosterior`.
    func addPriorTerms(
        _ context: PassContext, _ weights: LossWeights, _ losses: RowLosses, _ gradient: ShardGradient
    ) {
        addInitialConditionPrior(context, weights, losses, gradient)
        guard let places = context.table.controller else { return }
        let inferred = model.inferredInputCount
        _ = drawNoise(
            context, training: RandomPurpose.inferredInputPriorSample, inference: nil,
            steps: model.binCount, width: inferred, given: { $0.inferredInputsOfPrior },
            into: inferredInputPriorNoise)
        dInferredInputPosterior.reserve(model.binCount * rowCapacity * 2 * inferred)
        for j in 0..<inferred {
            addAutoregressivePrior(context, weights, losses, gradient, places, dimension: j)
        }
    }

    /// KL(N(mean, std²) ‖ N(m, v)) = ½ Σ [ln v − ln std² + (std² + (mean − m)²)/v − 1].
    private func addInitialConditionPrior(
        _ context: PassContext, _ weights: LossWeights, _ losses: RowLosses, _ gradient: ShardGradient
    ) {
        let dimensions = model.initialConditionDimensions
        let floor = model.initialConditionVarianceFloor
        let priorMean = context.pointer(context.table.initialConditionPriorMean)
        let priorLogVariance = context.pointer(context.table.initialConditionPriorLogVariance)
        let scale = weights.lossScale * weights.initialConditionKL / Float(weights.batchRows)
        let dPriorMean = gradient.shared(context.table.initialConditionPriorMean)
        dInitialCondition.reserve(rowCapacity * 2 * dimensions)
        priorVariance.reserve(dimensions)
        for j in 0..<dimensions { priorVariance.base[j] = exp(priorLogVariance[j]) }
        for row in 0..<rows {
            var sum = 0.0
            let mean = initialConditionPosterior.base + row * 2 * dimensions
            let d = dInitialCondition.base + row * 2 * dimensions
            for j in 0..<dimensions {
                let deviation = initialConditionDeviation.base[row * dimensions + j]
                let variance = deviation * deviation
                let v = priorVariance.base[j]
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
            losses.initialConditionKL.base[firstRow + row] = sum
        }
    }

    /// ln q(u) − ln p(u) at u = mean + std·ε for one inferred input, p being a stationary AR(1) process:
    /// u_0 ~ N(0, s²/(1 − α²)), u_t ~ N(α u_{t−1}, s²), α = exp(−1/τ) (Pandarinath et al. 2018).
    private func addAutoregressivePrior(
        _ context: PassContext, _ weights: LossWeights, _ losses: RowLosses, _ gradient: ShardGradient,
        _ places: ParameterTable.Controller, dimension j: Int
    ) {
        let bins = model.binCount
        let inferred = model.inferredInputCount
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
                return Double(inferredInputPosterior.base[place * 2 * inferred + j])
                    + Double(inferredInputPriorNoise.base[place * inferred + j])
                    * Double(inferredInputDeviation.base[place * inferred + j])
            }
            // From the last bin to the first: ∂/∂u_t takes the error of bin t + 1.
            var sum = 0.0
            var nextError = 0.0
            var current = sample(bins - 1)
            for t in Swift.stride(from: bins - 1, through: 0, by: -1) {
                let place = (t * rows + row) * inferred + j
                let epsilon = Double(inferredInputPriorNoise.base[place])
                let deviation = Double(inferredInputDeviation.base[place])
                let logVariance = Double(
                    inferredInputPosterior.base[(t * rows + row) * 2 * inferred + inferred + j])
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
                let d = dInferredInputPosterior.base + (t * rows + row) * 2 * inferred + j
                d[0] = Float(scale * du)
                d[inferred] = Float(scale * (du * epsilon * 0.5 * deviation - 0.5))
            }
            let place = losses.inferredInputKL.base + firstRow + row
            place.pointee = j == 0 ? sum : place.pointee + sum
        }
        gradient.shared(places.priorLogTau)[j] += Float(
            scale * dAlpha * alpha * inverseTau)
        gradient.shared(places.priorLogNoise)[j] += Float(scale * dLogNoise)
    }
}
