import CKernels
import Foundation

/// How data arise from the read-out: the likelihood that the reconstruction loss is the negative of.
public enum ObservationModel: String, Sendable, Equatable, Codable, CaseIterable {
    /// Counts; one parameter per unit, the log of the expected count per bin.
    case poisson
    /// Real values; mean and log-variance.
    case gaussian
    /// Positive values; log-shape α and log-rate β.
    case gamma
    /// Zero, or a gamma above zero: log-shape, log-rate and the logit of the probability of not being zero.
    case zeroInflatedGamma = "zero_inflated_gamma"

    /// Read-out parameters per unit; a read-out row stands at `parameter · units + unit`.
    public var parametersPerUnit: Int {
        switch self {
        case .poisson: return 1
        case .gaussian, .gamma: return 2
        case .zeroInflatedGamma: return 3
        }
    }

    /// Terms of the negative log-likelihood that depend on the data alone.
    ///
    /// Poisson: Stirling's approximation of ln y! for y > 1, as in the reference (PyTorch's
    /// `full=True`); it does not depend on any parameter.
    public func constant(_ y: Float) -> Double {
        guard self == .poisson, y > 1 else { return 0 }
        let value = Double(y)
        return value * log(value) - value + 0.5 * log(2 * .pi * value)
    }

    /// Loss and gradient of one row of units, in place for all models but Poisson (whose loop is in C).
    ///
    /// - Parameters:
    ///   - parameters: `[parametersPerUnit, units]`, replaced by the scaled and masked gradient.
    ///   - observed: 1 = observed; what isn't has neither loss nor gradient. `nil` = all are.
    /// - Returns: Σ over units of the negative log-likelihood.
    func replaceByGradient(
        _ parameters: UnsafeMutablePointer<Float>, values y: UnsafePointer<Float>, units: Int,
        observed: UnsafePointer<UInt8>?, gradientMask: UnsafePointer<UInt8>?, scale: Float
    ) -> Double {
        var loss = 0.0
        for j in 0..<units {
            if let observed, observed[j] == 0 {
                for parameter in 0..<parametersPerUnit { parameters[parameter * units + j] = 0 }
                continue
            }
            let mask = gradientMask.map { $0[j] != 0 ? scale : 0 } ?? scale
            switch self {
            case .poisson:
                preconditionFailure("the Poisson loss has its own loop")
            case .gaussian:
                let residual = parameters[j] - y[j]
                let exponential = exp(parameters[units + j])
                let variance = max(exponential, 1e-6)
                loss += 0.5 * (log(Double(variance)) + Double(residual * residual / variance))
                parameters[j] = mask * residual / variance
                let slope: Float = exponential >= 1e-6 ? 0.5 * (1 - residual * residual / variance) : 0
                parameters[units + j] = mask * slope
            case .gamma:
                let (value, dShape, dRate) = Self.gammaTerms(
                    logShape: Double(parameters[j]), logRate: Double(parameters[units + j]),
                    Double(y[j]))
                loss += value
                parameters[j] = mask * Float(dShape)
                parameters[units + j] = mask * Float(dRate)
            case .zeroInflatedGamma:
                let logit = Double(parameters[2 * units + j])
                // −ln σ(x) = ln(1 + e^(−x)), stable for both signs.
                if y[j] > 0 {
                    let (value, dShape, dRate) = Self.gammaTerms(
                        logShape: Double(parameters[j]), logRate: Double(parameters[units + j]),
                        Double(y[j]))
                    loss += value + Self.softplus(-logit)
                    parameters[j] = mask * Float(dShape)
                    parameters[units + j] = mask * Float(dRate)
                    parameters[2 * units + j] = mask * Float(-1 / (1 + exp(logit)))
                } else {
                    loss += Self.softplus(logit)
                    parameters[j] = 0
                    parameters[units + j] = 0
                    parameters[2 * units + j] = mask * Float(1 / (1 + exp(-logit)))
                }
            }
        }
        return loss
    }

    /// Replaces the leading `units` of a row of read-out parameters by the expected value per bin.
    func replaceByMeans(_ parameters: UnsafeMutablePointer<Float>, units: Int) {
        for j in 0..<units {
            switch self {
            case .poisson: parameters[j] = exp(parameters[j])
            case .gaussian: break
            case .gamma: parameters[j] = exp(parameters[j] - parameters[units + j])
            case .zeroInflatedGamma:
                parameters[j] =
                    exp(parameters[j] - parameters[units + j])
                    / (1 + exp(-parameters[2 * units + j]))
            }
        }
    }

    private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    /// −ln Gamma(y; α, β) with its derivatives by ln α and ln β.
    private static func gammaTerms(
        logShape: Double, logRate: Double, _ y: Double
    ) -> (value: Double, dLogShape: Double, dLogRate: Double) {
        let shape = exp(logShape)
        let rate = exp(logRate)
        let logValue = log(y)
        let value = -(shape * logRate + (shape - 1) * logValue - rate * y - logGamma(shape))
        return (value, shape * (digamma(shape) - logRate - logValue), rate * y - shape)
    }

    /// ln Γ by the reentrant C function; `lgamma` itself writes a global sign.
    private static func logGamma(_ x: Double) -> Double {
        var sign: Int32 = 0
        return lgamma_r(x, &sign)
    }

    /// ψ(x) for x > 0: recurrence up to 6, then the asymptotic series.
    static func digamma(_ start: Double) -> Double {
        var x = start
        var shift = 0.0
        while x < 10 {
            shift -= 1 / x
            x += 1
        }
        let s = 1 / (x * x)
        let series =
            s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132)))))
        return shift + log(x) - 0.5 / x - series
    }
}
