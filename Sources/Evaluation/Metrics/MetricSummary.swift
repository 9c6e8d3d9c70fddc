/// Median and quartiles of a metric over sessions, interpolated linearly between order statistics.
public struct MetricSummary: Sendable, Codable, Equatable {
    /// Half of the sessions have less.
    public let median: Double
    /// A quarter of the sessions has less.
    public let lowerQuartile: Double
    /// A quarter of the sessions has more.
    public let upperQuartile: Double
    /// Sessions that have a finite value.
    public let sessions: Int

    /// `nil` where no value is finite.
    public init?(_ values: [Double]) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let first = sorted.first else { return nil }
        func quantile(_ share: Double) -> Double {
            let place = share * Double(sorted.count - 1)
            let low = Int(place)
            guard low + 1 < sorted.count else { return sorted.last ?? first }
            return sorted[low] + (place - Double(low)) * (sorted[low + 1] - sorted[low])
        }
        median = quantile(0.5)
        lowerQuartile = quantile(0.25)
        upperQuartile = quantile(0.75)
        sessions = sorted.count
    }
}
