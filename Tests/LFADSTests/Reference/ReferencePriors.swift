import Foundation

/// KL divergence of one trial's initial condition from N(prior.mean, exp(prior.logvar)).
struct ReferenceInitialConditionPrior {
    /// Σ_d ½ (σ²/v + (μ − m)²/v − 1 + ln v − ln σ²), with gradients by μ and σ; those of m are
    /// added to the parameters' gradients. All gradients are of `weight` times the divergence.
    func divergence(
        _ parameters: inout ReferenceParameters, mean: [Double], std: [Double], weight: Double
    ) -> (value: Double, meanGradient: [Double], stdGradient: [Double]) {
        let priorMean = parameters.vector("ic_prior.mean")
        let priorLogVariance = parameters.vector("ic_prior.logvar")
        var value = 0.0
        var meanGradient = mean
        var stdGradient = std
        for d in mean.indices {
            let variance = exp(priorLogVariance[d])
            let distance = mean[d] - priorMean[d]
            value +=
                0.5
                * (std[d] * std[d] / variance + distance * distance / variance - 1
                    + priorLogVariance[d] - 2 * log(std[d]))
            meanGradient[d] = weight * distance / variance
            stdGradient[d] = weight * (std[d] / variance - 1 / std[d])
        }
        parameters.add(meanGradient.map { -$0 }, to: "ic_prior.mean")
        return (value, meanGradient, stdGradient)
    }
}

/// Monte-Carlo KL divergence of one trial's initial condition, a Student-t with location μ and scale σ in every
/// dimension, from one with location `prior.loc` and scale exp(`prior.logscale`), all with ν degrees of freedom.
struct ReferenceStudentTPrior {
    let degreesOfFreedom: Double

    /// ln of the density of μ + σ t at the place where the standard t has `t`
    private func logDensity(_ t: Double, scale: Double) -> Double {
        let nu = degreesOfFreedom
        return lgamma((nu + 1) / 2) - lgamma(nu / 2) - 0.5 * log(nu * .pi) - log(scale)
            - (nu + 1) / 2 * log(1 + t * t / nu)
    }

    /// Σ_d ln q(z) − ln p(z) at z = μ + noise ∘ σ, with gradients by μ and σ; those of the prior's location and
    /// log-scale are added to the parameters' gradients. All gradients are of `weight` times the value.
    func divergence(
        _ parameters: inout ReferenceParameters, mean: [Double], std: [Double], noise: [Double],
        weight: Double
    ) -> (value: Double, meanGradient: [Double], stdGradient: [Double]) {
        let location = parameters.vector("ic_prior.loc")
        let logScale = parameters.vector("ic_prior.logscale")
        let nu = degreesOfFreedom
        var value = 0.0
        var meanGradient = mean
        var stdGradient = std
        var locationGradient = location
        var logScaleGradient = logScale
        for d in mean.indices {
            let z = mean[d] + noise[d] * std[d]
            let scale = exp(logScale[d])
            let y = (z - location[d]) / scale
            value += logDensity(noise[d], scale: std[d]) - logDensity(y, scale: scale)
            // −d ln p / d z
            let sampleGradient = (nu + 1) * y / (nu + y * y) / scale
            meanGradient[d] = weight * sampleGradient
            stdGradient[d] = weight * (sampleGradient * noise[d] - 1 / std[d])
            locationGradient[d] = -weight * sampleGradient
            logScaleGradient[d] = weight * (1 - sampleGradient * (z - location[d]))
        }
        parameters.add(locationGradient, to: "ic_prior.loc")
        parameters.add(logScaleGradient, to: "ic_prior.logscale")
        return (value, meanGradient, stdGradient)
    }
}

/// Monte-Carlo KL divergence of one trial's inferred inputs from a stationary AR(1) prior, one
/// independent process per dimension:
///
///     α = exp(−exp(−log τ)),  z_0 ~ N(0, s²/(1 − α²)),  z_t ~ N(α z_{t−1}, s²),  s² = exp(lognvar)
struct ReferenceAutoregressivePrior {
    /// log q(z) − log p(z) for z = mean + noise ∘ std, summed over bins and dimensions.
    ///
    /// The gradients by mean and std (bins × dimensions) flow through z; those of the prior's
    /// parameters are added to the parameters' gradients. All are of `weight` times the value.
    func divergence(
        _ parameters: inout ReferenceParameters, means: [[Double]], stds: [[Double]],
        noise: [[Double]], weight: Double
    ) -> (value: Double, meanGradients: [[Double]], stdGradients: [[Double]]) {
        let logTaus = parameters.vector("co_prior.logtaus")
        let logNoiseVariances = parameters.vector("co_prior.lognvars")
        var logTauGradients = [Double](repeating: 0, count: logTaus.count)
        var logNoiseVarianceGradients = logTauGradients
        var meanGradients = means
        var stdGradients = stds
        var value = 0.0

        for d in logTaus.indices {
            let alpha = exp(-exp(-logTaus[d]))
            let noiseVariance = exp(logNoiseVariances[d])
            let z = means.indices.map { means[$0][d] + noise[$0][d] * stds[$0][d] }
            var sampleGradient = [Double](repeating: 0, count: z.count)
            var alphaGradient = 0.0
            var logNoiseVarianceGradient = 0.0

            for t in z.indices {
                // log q: z − mean is noise · std, so that only −ln std depends on a parameter.
                value += -0.5 * log(2 * .pi) - log(stds[t][d]) - 0.5 * noise[t][d] * noise[t][d]
                // −log p
                if t == 0 {
                    let variance = noiseVariance / (1 - alpha * alpha)
                    value += 0.5 * log(2 * .pi * variance) + z[0] * z[0] / (2 * variance)
                    sampleGradient[0] += z[0] / variance
                    alphaGradient +=
                        alpha / (1 - alpha * alpha) - alpha * z[0] * z[0] / noiseVariance
                    logNoiseVarianceGradient += 0.5 - z[0] * z[0] / (2 * variance)
                } else {
                    let error = z[t] - alpha * z[t - 1]
                    value += 0.5 * log(2 * .pi * noiseVariance)
                    value += error * error / (2 * noiseVariance)
                    sampleGradient[t] += error / noiseVariance
                    sampleGradient[t - 1] -= alpha * error / noiseVariance
                    alphaGradient -= error * z[t - 1] / noiseVariance
                    logNoiseVarianceGradient += 0.5 - error * error / (2 * noiseVariance)
                }
            }
            for t in z.indices {
                meanGradients[t][d] = weight * sampleGradient[t]
                stdGradients[t][d] =
                    weight * (sampleGradient[t] * noise[t][d] - 1 / stds[t][d])
            }
            // d α / d log τ = α exp(−log τ)
            logTauGradients[d] = weight * alphaGradient * alpha * exp(-logTaus[d])
            logNoiseVarianceGradients[d] = weight * logNoiseVarianceGradient
        }
        parameters.add(logTauGradients, to: "co_prior.logtaus")
        parameters.add(logNoiseVarianceGradients, to: "co_prior.lognvars")
        return (value, meanGradients, stdGradients)
    }
}

/// Penalty on recurrent matrices: Σ_k scale_k ½ ‖U_k‖² / (Σ_k size of U_k + 1e-8), over those
/// whose scale is positive.
struct ReferenceRecurrentPenalty {
    let configuration: ReferenceConfiguration

    /// Adds the gradient of `weight` times the penalty.
    func value(_ parameters: inout ReferenceParameters, weight: Double) -> Double {
        var scales = [
            "encoder.ic_enc.fwd_gru.cell": configuration.initialConditionEncoderL2,
            "encoder.ic_enc.bwd_gru.cell": configuration.initialConditionEncoderL2,
            "decoder.rnn.cell.gen_cell": configuration.generatorL2,
        ]
        if configuration.hasController {
            scales["encoder.ci_enc.fwd_gru.cell"] = configuration.controllerEncoderL2
            scales["encoder.ci_enc.bwd_gru.cell"] = configuration.controllerEncoderL2
            scales["decoder.rnn.cell.con_cell"] = configuration.controllerL2
        }
        // Sorted, so that sums come out alike in every run.
        let penalized = scales.filter { $0.value > 0 }.sorted { $0.key < $1.key }
        var size = 1e-8
        var value = 0.0
        for (cell, scale) in penalized {
            let kernel = parameters.vector("\(cell).weight_hh")
            size += Double(kernel.count)
            value += scale * 0.5 * kernel.reduce(0) { $0 + $1 * $1 }
        }
        for (cell, scale) in penalized {
            let kernel = parameters.vector("\(cell).weight_hh")
            parameters.add(kernel.map { weight * scale * $0 / size }, to: "\(cell).weight_hh")
        }
        return value / size
    }
}
