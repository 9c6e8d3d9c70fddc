import Foundation

/// One number of a day beside what the trained days have of it, and the limit that follows from them.
///
/// Limits. A day of the run itself is held against the others alone, so that it is measured by days that
/// may all be better than it is, and may be outside:
/// - `bits_per_spike` and `decoding_r2`: the worst of the trained days, or a share of their median,
///   whichever is lower. Days of one run differ that much by their units alone, and bits per spike by more: they are
///   also inside if the day's own PSTHs predict the same trials no better.
/// - `agreement`: the worst of the trained days, or 0.9, below which decoders across days are not to be
///   trusted, whichever is lower.
/// - `factor_distance`: the farthest of the trained days, or 0.1, whichever is higher.
public struct DriftNumber: Sendable, Equatable, Codable {
    /// What a day is judged by.
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Of the day's held-out trials.
        case bitsPerSpike = "bits_per_spike"
        /// Between the distributions of factors of this day and the trained days.
        case distance = "factor_distance"
        /// R² of behaviour, read by a decoder that was fitted on the trained days.
        case decoding = "decoding_r2"
        /// Of condition-averaged factors with the trained days.
        case agreement

        /// Its name for people.
        public var title: String {
            switch self {
            case .bitsPerSpike: "bits/spike, held-out trials"
            case .distance: "distance of factor distributions"
            case .decoding: "R² decoding, trained days' decoder"
            case .agreement: "agreement with trained days"
            }
        }

        /// Whether a low value is the good one.
        public var isBetterLow: Bool { self == .distance }
        /// Digits after the point with which people read it.
        public var decimals: Int { self == .bitsPerSpike || self == .distance ? 4 : 3 }
    }

    /// What the number is of.
    public let kind: Kind
    /// The value of the day that is judged.
    public let value: Double
    /// Trained days that have the number; 0 where there is nothing to hold it against.
    public let days: Int
    /// Median over the trained days.
    public let median: Double?
    /// The least of the trained days.
    public let lowest: Double?
    /// The greatest of the trained days.
    public let highest: Double?
    /// `nil` where trained days show nothing that a day could be held to.
    public let limit: Double?
    /// Whether the value keeps the limit, or there is none.
    public let isInside: Bool

    /// Share of the trained days' median that bits per spike and R² must reach where units are others.
    static let share = 2.0 / 3
    /// The same units are compared with themselves.
    static let shareOfSameUnits = 0.8
    static let agreement = 0.9
    static let distance = 0.1

    /// - Parameter enough: what is enough whatever the trained days have, where it is known and above 0.
    /// - Returns: `nil` for a value that is not known.
    init?(
        _ kind: Kind, _ value: Double?, trained: [Double?], share: Double = DriftNumber.share,
        enough: Double? = nil
    ) {
        guard let value, value.isFinite else { return nil }
        let known = trained.compactMap { $0 }.filter(\.isFinite)
        self.kind = kind
        self.value = value
        days = known.count
        median = MetricSummary(known)?.median
        lowest = known.min()
        highest = known.max()
        var limit = Self.limit(kind, lowest: lowest, highest: highest, median: median, share: share)
        if let enough, enough > 0, let asked = limit { limit = min(asked, enough) }
        self.limit = limit
        isInside = limit.map { kind.isBetterLow ? value <= $0 : value >= $0 } ?? true
    }

    private static func limit(
        _ kind: Kind, lowest: Double?, highest: Double?, median: Double?, share: Double
    ) -> Double? {
        switch kind {
        case .distance: return max(highest ?? 0, distance)
        case .agreement: return min(lowest ?? agreement, agreement)
        case .bitsPerSpike, .decoding:
            // Where the trained days themselves have nothing, nothing can be asked of another.
            guard let median, let lowest, median > 0 else { return nil }
            return min(lowest, share * median)
        }
    }

    /// `bits/spike 0.0123 is below 0.0800`
    var complaint: String {
        func number(_ value: Double) -> String { String(format: "%.\(kind.decimals)f", value) }
        return "\(kind.title): \(number(value)) is \(kind.isBetterLow ? "above" : "below") "
            + "\(number(limit ?? .nan))"
    }
}
