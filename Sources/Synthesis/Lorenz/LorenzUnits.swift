import Foundation
public import LinearAlgebra

/// The units of one synthetic day: rate = exp(z·w + b), in Hz, of the latents z.
public struct LorenzUnits: Sendable, Equatable {
    /// Unit names; units that were kept from the day before have the same.
    public let names: [String]
    /// `[units, 3]`: log-rate per standard deviation of x, y and z.
    public let loadings: Matrix
    /// Log of a rate in Hz where all latents are 0.
    public let biases: [Double]
    /// Mean over all conditions and bins, Hz.
    public let meanRatesHz: [Double]
    /// `[conditions · bins, units]`, Hz.
    public let rates: [Double]

    init(day: Int, settings: LorenzSettings, trajectories: LorenzTrajectories) {
        let count = settings.unitCount(day: day)
        let rows = trajectories.conditions * trajectories.bins
        let digits = max(2, String(count).count)
        var loadings = Matrix(zeros: count, 3)
        var (biases, means) = ([Double](), [Double]())
        for unit in 0..<count {
            let origin = settings.origin(ofUnit: unit, day: day)
            let draws = SynthesisStream.day(settings.seed, origin.day, .loading, item: origin.unit)
                .uniforms(4)
            // A direction that is uniform on the sphere: height and longitude are (Archimedes).
            let height = 2 * draws[0] - 1
            let radius = (1 - height * height).squareRoot()
            let longitude = 2 * Double.pi * draws[1]
            let length = Self.interpolated(settings.loadingLength, draws[2])
            loadings[unit, 0] = length * radius * cos(longitude)
            loadings[unit, 1] = length * radius * sin(longitude)
            loadings[unit, 2] = length * height
            means.append(Self.interpolated(settings.meanRateHz, draws[3]))
        }
        let latents = Matrix(rows: rows, columns: 3, values: trajectories.latents)
        var rates = latents.times(loadings, transposingOther: true).values
        for index in rates.indices { rates[index] = exp(rates[index]) }
        var sums = [Double](repeating: 0, count: count)
        for index in rates.indices { sums[index % count] += rates[index] }
        for unit in 0..<count { biases.append(log(means[unit] * Double(rows) / sums[unit])) }
        let factors = biases.map { exp($0) }
        for index in rates.indices { rates[index] *= factors[index % count] }
        names = (0..<count).map { unit in
            let origin = settings.origin(ofUnit: unit, day: day)
            let text = String(origin.unit + 1)
            return "day\(origin.day + 1)-unit"
                + String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        self.loadings = loadings
        self.biases = biases
        meanRatesHz = means
        self.rates = rates
    }

    /// Of one condition, Hz, bin by bin: all units.
    func rates(ofCondition condition: Int, bins: Int) -> ArraySlice<Double> {
        let size = bins * names.count
        return rates[(condition * size)..<((condition + 1) * size)]
    }

    private static func interpolated(_ range: ClosedRange<Double>, _ share: Double) -> Double {
        range.lowerBound + share * (range.upperBound - range.lowerBound)
    }
}
