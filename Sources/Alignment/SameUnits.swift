import LinearAlgebra

/// What the tuning of units that two days name alike says of the labels; for units that are the same electrodes
/// (``SameElectrodes``).
struct SameUnits {
    /// Units that both days name.
    let count: Int
    /// Mean correlation of their condition averages under the labels as they are, then under each relabelling;
    /// NaN where too few conditions are left to compare.
    let correlations: [Double]
    /// By how many standard errors over units each relabelling is better than the labels as they are.
    let standardErrors: [Double]

    /// Fewer units of the same name are no witness.
    static let fewestUnits = 8

    /// Compares two days.
    ///
    /// - Parameter relabellings: the labels as they are, and then others that `own` could have.
    /// - Returns: `nil` where the days name fewer than `fewestUnits` alike, or have too few conditions in common.
    init?(_ own: ConditionPattern, _ other: ConditionPattern, relabellings: [Relabelling]) {
        let there = Dictionary(
            other.channels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        // By name, so that sums don't depend on the order of the units.
        let common = own.channels.indices.filter { there[own.channels[$0]] != nil }
            .sorted { own.channels[$0] < own.channels[$1] }
        let partners = common.compactMap { there[own.channels[$0]] }
        guard common.count >= Self.fewestUnits else { return nil }
        let n = common.count
        // Of each relabelling, the correlation of every unit with the one of its name.
        let all: [[Double]?] = relabellings.map { relabelling in
            relabelling.pairs(own, other).map { pairs in
                let (here, there) = (own.rows(pairs.here), other.rows(pairs.there))
                return zip(common, partners).map { unit, partner in
                    zip(here.row(unit), there.row(partner)).reduce(0) { $0 + $1.0 * $1.1 }
                }
            }
        }
        guard let labelled = all.first ?? nil else { return nil }
        count = n
        correlations = all.map { $0.map { $0.reduce(0, +) / Double(n) } ?? .nan }
        standardErrors = all.map { values in
            guard let values else { return 0 }
            let gains = zip(values, labelled).map { $0 - $1 }
            let gain = gains.reduce(0, +) / Double(n)
            let squares = gains.reduce(0) { $0 + ($1 - gain) * ($1 - gain) }
            let error = (squares / Double(n * (n - 1))).squareRoot()
            return error > 0 ? gain / error : (gain > 0 ? .infinity : 0)
        }
    }
}
