import Foundation

/// Negative log-likelihood of one value and its derivative by each output parameter.
struct ReferenceReconstruction {
    let configuration: ReferenceConfiguration

    /// - Parameter parameters: the model's `parameterCount` outputs for this unit and bin
    func loss(_ y: Double, _ parameters: [Double]) -> (value: Double, derivatives: [Double]) {
        switch configuration.observationModel {
        case .poisson: poisson(y, logRate: parameters[0])
        case .gaussian: gaussian(y, mean: parameters[0], logVariance: parameters[1])
        case .gamma: gamma(y, logShape: parameters[0], logRate: parameters[1])
        case .zeroInflatedGamma:
            zeroInflatedGamma(
                y, logShape: parameters[0], logRate: parameters[1], logOdds: parameters[2])
        }
    }

    /// Expected value under the output parameters.
    func mean(_ parameters: [Double]) -> Double {
        switch configuration.observationModel {
        case .poisson: exp(parameters[0])
        case .gaussian: parameters[0]
        case .gamma: exp(parameters[0]) / exp(parameters[1])
        case .zeroInflatedGamma:
            sigmoid(parameters[2])
                * (exp(parameters[0]) / exp(parameters[1]) + configuration.gammaLocation)
        }
    }

    /// exp(w) − y w + ln y!, where ln y! is Stirling's approximation for y > 1, else 0, as in the
    /// PyTorch implementation.
    private func poisson(_ y: Double, logRate: Double) -> (Double, [Double]) {
        let stirling = y > 1 ? y * log(y) - y + 0.5 * log(2 * .pi * y) : 0
        return (exp(logRate) - y * logRate + stirling, [exp(logRate) - y])
    }

    /// ½ (ln v + (y − μ)²/v), v = max(exp(logvar), 1e-6). The constant ½ ln 2π is left out, as in
    /// the PyTorch implementation. Below the floor the variance has no derivative.
    private func gaussian(_ y: Double, mean: Double, logVariance: Double) -> (Double, [Double]) {
        let variance = max(exp(logVariance), 1e-6)
        let error = y - mean
        let value = 0.5 * (log(variance) + error * error / variance)
        let byLogVariance = exp(logVariance) > 1e-6 ? 0.5 * (1 - error * error / variance) : 0
        return (value, [-error / variance, byLogVariance])
    }

    /// −(a ln b + (a − 1) ln y − b y − ln Γ(a)), a and b exponentials.
    private func gamma(_ y: Double, logShape: Double, logRate: Double) -> (Double, [Double]) {
        let a = exp(logShape)
        let b = exp(logRate)
        let value = -(a * log(b) + (a - 1) * log(y) - b * y - lgamma(a))
        return (value, [-a * (log(b) + log(y) - digamma(a)), b * y - a])
    }

    /// q = σ(log odds) is the probability of a value other than zero:
    /// y = 0: −ln(1 − q); otherwise −ln q plus the gamma loss of y − location.
    private func zeroInflatedGamma(
        _ y: Double, logShape: Double, logRate: Double, logOdds: Double
    ) -> (Double, [Double]) {
        let q = sigmoid(logOdds)
        if y == 0 { return (-log(1 - q), [0, 0, q]) }
        let shifted = gamma(
            y - configuration.gammaLocation, logShape: logShape, logRate: logRate)
        return (shifted.0 - log(q), shifted.1 + [q - 1])
    }
}

/// ψ(x) for x > 0: the recurrence ψ(x) = ψ(x + 1) − 1/x up to x ≥ 12, then the asymptotic series
/// (NIST Digital Library of Mathematical Functions 5.11.2), whose first neglected term there is
/// below 1e-16.
func digamma(_ argument: Double) -> Double {
    var x = argument
    var result = 0.0
    while x < 12 {
        result -= 1 / x
        x += 1
    }
    let s = 1 / (x * x)
    let series =
        s
        * (1.0 / 12 - s
            * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132 - s * (691.0 / 32760 - s / 12))))))
    return result + log(x) - 0.5 / x - series
}
