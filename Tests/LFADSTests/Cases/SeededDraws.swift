import Foundation

/// A small generator (SplitMix64) with the draws that test cases need: the same seed gives the
/// same case on every machine.
struct SeededDraws: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// Uniform in [0, 1).
    mutating func uniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Standard normal, rounded to what a Float holds.
    mutating func normal() -> Double {
        let radius = (-2 * log(1 - uniform())).squareRoot()
        return Double(Float(radius * cos(2 * .pi * uniform())))
    }

    /// Standard Student-t, rounded to what a Float holds: a normal over the root of a mean of squares, for whole
    /// degrees of freedom.
    mutating func studentT(_ degreesOfFreedom: Double) -> Double {
        let numerator = normal()
        var squares = 0.0
        for _ in 0..<Int(degreesOfFreedom) {
            let value = normal()
            squares += value * value
        }
        return Double(Float(numerator / (squares / degreesOfFreedom).squareRoot()))
    }

    /// Poisson count, by multiplication of uniforms.
    mutating func count(mean: Double) -> Double {
        var product = uniform()
        var count = 0.0
        while product > exp(-mean) {
            product *= uniform()
            count += 1
        }
        return count
    }

    /// 1 with the given probability, else 0.
    mutating func bernoulli(_ probability: Double) -> Double {
        uniform() < probability ? 1 : 0
    }
}
