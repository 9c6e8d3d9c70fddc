import Foundation
import LinearAlgebra

/// One unit as it is when it comes: drive = exp(baseline + loading·z).
struct ReachingCell: Sendable, Equatable {
    /// Log-rate per latent, `[16]`.
    let loading: [Double]
    /// Log of the drive in Hz where all latents are 0, before any drift.
    let baseline: Double

    /// - Parameter nominal: latents of the median trials, `[rows, 16]`, over which the drive has the unit's mean rate.
    init(place: Int, origin: Int, settings: ReachingSettings, nominal: Matrix) {
        let normals = settings.stream(origin, .loading, item: place).normals(ReachingDynamics.latentCount).map
        { Double($0) }
        let weighted = zip(normals, Self.deviations(settings)).map { $0 * $1 }
        let length = weighted.map { $0 * $0 }.reduce(0, +).squareRoot()
        let rate = settings.stream(origin, .meanRate, item: place)
        let share = rate.uniforms(1)[0]
        let modulation =
            settings.modulation.lowerBound
            + share * (settings.modulation.upperBound - settings.modulation.lowerBound)
        loading = weighted.map { length > 0 ? $0 * modulation / length : 0 }
        let spread = settings.stream(origin, .meanRate, item: place + settings.units).normals(1)[0]
        let column = Matrix(rows: loading.count, columns: 1, values: loading)
        let sum = nominal.times(column).values.reduce(0) { $0 + exp($1) }
        baseline =
            log(settings.medianRateHz) + settings.rateSpread * Double(spread)
            - log(sum / Double(nominal.rows))
    }

    /// How long loadings are in each latent before they are scaled: the onset has the common share of the
    /// variance, a third of the rest is preparation.
    private static func deviations(_ settings: ReachingSettings) -> [Double] {
        let own = 1 - settings.commonShare
        return [
            (own / 3, ReachingDynamics.preparationCount), (own * 2 / 3, ReachingDynamics.movementCount),
            (settings.commonShare, ReachingDynamics.onsetCount),
        ].flatMap { share, count in
            [Double](repeating: (share / Double(count)).squareRoot(), count: count)
        }
    }
}
