import LinearAlgebra

/// Trajectories of the Lorenz system (Lorenz 1963), one per condition, on the attractor.
///
///     dx/dt = σ(y − x),  dy/dt = x(ρ − z) − y,  dz/dt = xy − βz;  σ = 10, ρ = 28, β = 8/3
public struct LorenzTrajectories: Sendable, Equatable {
    /// How many trajectories there are.
    public let conditions: Int
    /// Bins of every trajectory.
    public let bins: Int
    /// `[conditions · bins, 3]`, as the equations give them.
    public let raw: [Double]
    /// Mean of x, y, z over all conditions and bins.
    public let means: [Double]
    /// Standard deviation of x, y, z over all conditions and bins.
    public let deviations: [Double]
    /// `[conditions · bins, 3]`: `raw` with mean 0 and variance 1 in each dimension.
    public let latents: [Double]

    /// Of one condition, bin by bin: x, y, z.
    func latents(ofCondition condition: Int) -> ArraySlice<Double> {
        latents[(condition * bins * 3)..<((condition + 1) * bins * 3)]
    }

    static let sigma = 10.0
    static let rho = 28.0
    static let beta = 8.0 / 3.0
    /// Longest step of the integrator. Steps a fifth as long change a trajectory of 1.5 units of time
    /// by less than a thousandth, where x, y and z span some forty.
    static let longestStep = 0.0025
    /// Long enough to be on the attractor from anywhere near it: the slowest direction towards it
    /// shrinks like exp(−14 t).
    static let burnIn = 10.0

    /// Each condition's start is drawn for itself, so that more conditions leave the first ones as
    /// they are (before standardisation).
    init(conditions: Int, bins: Int, timePerBin: Double, seed: UInt64) {
        self.conditions = conditions
        self.bins = bins
        let steps = max(1, Int((timePerBin / Self.longestStep).rounded(.up)))
        let step = timePerBin / Double(steps)
        var raw: [Double] = []
        raw.reserveCapacity(conditions * bins * 3)
        for condition in 0..<conditions {
            let draws = SynthesisStream.world(seed, .initialCondition, item: condition).uniforms(3)
            var state = SIMD3(draws[0] * 30 - 15, draws[1] * 40 - 20, draws[2] * 35 + 5)
            for _ in 0..<Int(Self.burnIn / Self.longestStep) {
                state = Self.advanced(state, by: Self.longestStep)
            }
            for bin in 0..<bins {
                if bin > 0 { for _ in 0..<steps { state = Self.advanced(state, by: step) } }
                raw += [state.x, state.y, state.z]
            }
        }
        let rows = Double(conditions * bins)
        var means = [0.0, 0, 0]
        for index in raw.indices { means[index % 3] += raw[index] / rows }
        var variances = [0.0, 0, 0]
        for index in raw.indices {
            let centred = raw[index] - means[index % 3]
            variances[index % 3] += centred * centred / rows
        }
        let deviations = variances.map { $0 > 0 ? $0.squareRoot() : 1 }
        self.raw = raw
        self.means = means
        self.deviations = deviations
        latents = raw.indices.map { (raw[$0] - means[$0 % 3]) / deviations[$0 % 3] }
    }

    static func derivative(_ s: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(sigma * (s.y - s.x), s.x * (rho - s.z) - s.y, s.x * s.y - beta * s.z)
    }

    /// One step of the classical fourth-order method of Runge and Kutta.
    static func advanced(_ state: SIMD3<Double>, by step: Double) -> SIMD3<Double> {
        let k1 = derivative(state)
        let k2 = derivative(state + k1 * (step / 2))
        let k3 = derivative(state + k2 * (step / 2))
        let k4 = derivative(state + k3 * step)
        return state + (k1 + k2 * 2 + k3 * 2 + k4) * (step / 6)
    }
}
