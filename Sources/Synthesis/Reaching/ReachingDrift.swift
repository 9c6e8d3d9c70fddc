import Foundation

/// How a unit's log-rate and modulation wander: by a step from each day to the next since the unit came, back to
/// the unit's own mean, and smoothly over the trials of a day. Both are logarithms.
public struct ReachingDrift: Sendable, Equatable {
    /// Sum of the steps from day to day, of which less is left the longer ago they were.
    public let betweenDays: Double
    /// Amplitudes of one, two and three half turns of a cosine over the day, and of sines.
    let cosines: [Double]
    let sines: [Double]

    /// What drifts.
    enum Quantity: Int { case baseline, gain }

    init(
        _ quantity: Quantity, place: Int, origin: Int, day: Int, settings: ReachingSettings
    ) {
        let (within, between) =
            quantity == .baseline
            ? (settings.baselineDriftWithin, settings.baselineDriftBetween)
            : (settings.gainDriftWithin, settings.gainDriftBetween)
        let item = 2 * place + quantity.rawValue
        func normals(_ day: Int, _ purpose: SynthesisStream.Purpose, _ count: Int) -> [Double] {
            settings.stream(day, purpose, item: item)
                .normals(count).map { Double($0) }
        }
        // A sum of steps alone has no bound: after a month units would burst as no neuron does.
        betweenDays = stride(from: origin + 1, through: day, by: 1).reduce(0.0) {
            settings.driftKept * $0 + between * normals($1, .betweenDays, 1)[0]
        }
        // Slower waves are larger. cos² + sin² = 1: the variance is the same at all times of the day.
        let weights = [1.0, 1 / 2.0, 1 / 3.0]
        let length = weights.map { $0 * $0 }.reduce(0, +).squareRoot()
        let draws = normals(day, .withinDay, 6)
        cosines = zip(weights, draws).map { within * $0 * $1 / length }
        sines = zip(weights, draws.dropFirst(3)).map { within * $0 * $1 / length }
    }

    /// - Parameter progress: through the trials of the day, from 0 to 1.
    /// - Returns: what is added to the logarithm.
    public func value(at progress: Double) -> Double {
        (0..<3).reduce(betweenDays) { sum, wave in
            let angle = Double.pi * Double(wave + 1) * progress
            return sum + cosines[wave] * cos(angle) + sines[wave] * sin(angle)
        }
    }
}
