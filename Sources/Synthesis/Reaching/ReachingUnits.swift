import Foundation
public import LinearAlgebra

/// The units of one day: what they are, how they drift, and what they see of the day's own noise.
///
///     drive = exp(baseline + drift of the baseline + e^{drift of the gain} · loading·z + c·q − |c|²/2)
///     rate = drive / (1 + drive · dead time)
///
/// in Hz, of the shared latents z and the day's own noise q; a merged unit's rate is the sum of two.
public struct ReachingUnits: Sendable {
    /// Names, in the order of the recording; units that were kept from the day before have the same.
    public let names: [String]
    /// Names of the units that are recorded as one, by the name under which they are.
    public let merged: [String: [String]]
    /// `[sources, 16]`: log-rate per latent of every source of spikes. Sources are the units in the order of the
    /// recording and then those that are merged into others.
    public let loadings: Matrix
    /// By source: log of the drive in Hz where latents and noise are 0, before any drift.
    public let baselines: [Double]
    /// By source.
    public let baselineDrifts: [ReachingDrift]
    /// By source.
    public let gainDrifts: [ReachingDrift]
    /// `[sources, private dimensions]`: log-rate per standard deviation of the day's own noise.
    public let privateLoadings: Matrix
    /// By source: the unit in whose counts its spikes are.
    public let unitOfSource: [Int]
    /// Seconds after a spike in which a source gives no other.
    private let deadSeconds: Double

    init(day: Int, settings: ReachingSettings, nominal: Matrix) {
        let places = ReachingPlaces(day: day, settings: settings)
        let hosts = places.recorded.filter { places.merged[$0] != nil }
        let sources = places.recorded + hosts.compactMap { places.merged[$0] }
        let cells = sources.map {
            ReachingCell(
                place: $0, origin: places.origins[$0], settings: settings, nominal: nominal)
        }
        func drifts(_ quantity: ReachingDrift.Quantity) -> [ReachingDrift] {
            sources.map {
                ReachingDrift(
                    quantity, place: $0, origin: places.origins[$0], day: day, settings: settings)
            }
        }
        names = places.recorded.map { places.name(of: $0) }
        merged = Dictionary(
            uniqueKeysWithValues: hosts.map { host in
                let others = places.merged[host].map { [places.name(of: $0)] } ?? []
                return (places.name(of: host), [places.name(of: host)] + others)
            })
        loadings = Matrix(
            rows: sources.count, columns: ReachingDynamics.latentCount,
            values: cells.flatMap(\.loading))
        baselines = cells.map(\.baseline)
        deadSeconds = settings.deadMilliseconds / 1000
        baselineDrifts = drifts(.baseline)
        gainDrifts = drifts(.gain)
        let dimensions = settings.privateDimensions
        let scale = settings.privateStrength / Double(max(1, dimensions)).squareRoot()
        privateLoadings = Matrix(
            rows: sources.count, columns: dimensions,
            values: sources.flatMap { place in
                settings.stream(day, .privateLoading, item: place).normals(dimensions).map {
                    scale * Double($0)
                }
            })
        unitOfSource =
            Array(places.recorded.indices)
            + hosts.compactMap { places.recorded.firstIndex(of: $0) }
    }

    /// Rates of a trial, Hz, `[bins, units]`.
    ///
    /// - Parameters:
    ///   - latents: `[bins, 16]`.
    ///   - noise: the day's own, `[bins, private dimensions]`.
    ///   - progress: through the trials of the day, from 0 to 1.
    public func rates(latents: Matrix, noise: Matrix, progress: Double) -> Matrix {
        let tuned = latents.times(loadings, transposingOther: true)
        let ownNoise = noise.times(privateLoadings, transposingOther: true)
        let gains = gainDrifts.map { exp($0.value(at: progress)) }
        let offsets = baselines.indices.map { source in
            let loading = privateLoadings.row(source)
            return baselines[source] + baselineDrifts[source].value(at: progress)
                - loading.reduce(0) { $0 + $1 * $1 } / 2
        }
        var rates = Matrix(zeros: latents.rows, names.count)
        for bin in 0..<latents.rows {
            for source in baselines.indices {
                let drive = exp(
                    offsets[source] + gains[source] * tuned[bin, source] + ownNoise[bin, source])
                // As 1/(1/drive + dead time), which is right for a drive without bound as well.
                rates[bin, unitOfSource[source]] += 1 / (1 / drive + deadSeconds)
            }
        }
        return rates
    }
}
