import LinearAlgebra

/// Whether units of the same name on two days are the same electrodes, told by their tuning: how much more their
/// condition averages are alike than those of units paired at random. Sorted units, and units that are plain
/// numbers, have names that mean nothing from day to day.
struct SameUnits {
    /// Units that both days name.
    let count: Int
    /// Mean correlation of their condition averages under the labels as they are, then under each relabelling;
    /// NaN where too few conditions are left to compare.
    let correlations: [Double]
    /// By how many standard errors over units each relabelling is better than the labels as they are.
    let standardErrors: [Double]
    /// Share of random pairings that are as much alike, each under the relabelling that suits it best.
    let chance: Double

    /// Fewer units of the same name are no witness.
    static let fewestUnits = 8
    /// Pairings that are tried.
    private static let pairings = 199

    /// Whether these are the same electrodes.
    var isBelieved: Bool {
        chance <= 0.01 && correlations.contains { $0 >= Self.smallestCorrelation }
    }

    /// Mean correlation below which units are taken for different ones however surely it is above chance.
    private static let smallestCorrelation = 0.1

    /// Compares two days.
    ///
    /// - Parameters:
    ///   - relabellings: the labels as they are, and then others that `own` could have.
    ///   - key: of the two days, for the pairings that are drawn.
    /// - Returns: `nil` where the days name fewer than `fewestUnits` alike, or have too few conditions in common.
    init?(
        _ own: ConditionPattern, _ other: ConditionPattern, relabellings: [Relabelling], key: UInt64
    ) {
        let there = Dictionary(
            other.channels.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        // By name, so that the draws don't depend on the order of the units.
        let common = own.channels.indices.filter { there[own.channels[$0]] != nil }
            .sorted { own.channels[$0] < own.channels[$1] }
        let partners = common.compactMap { there[own.channels[$0]] }
        guard common.count >= Self.fewestUnits else { return nil }
        // Of each relabelling, `[units here, units there]`.
        let all = relabellings.map { relabelling in
            relabelling.pairs(own, other).map { pairs in
                own.rows(pairs.here).selecting(rows: common).times(
                    other.rows(pairs.there).selecting(rows: partners), transposingOther: true)
            }
        }
        guard let labelled = all.first ?? nil else { return nil }
        let n = common.count
        func mean(_ matrix: Matrix, _ order: [Int]) -> Double {
            var sum = 0.0
            for (i, j) in order.enumerated() { sum += matrix[i, j] }
            return sum / Double(n)
        }
        func best(_ order: [Int]) -> Double {
            all.reduce(-.infinity) { best, matrix in matrix.map { max(best, mean($0, order)) } ?? best }
        }
        let named = Array(0..<n)
        count = n
        correlations = all.map { $0.map { mean($0, named) } ?? .nan }
        standardErrors = all.map { matrix in
            guard let matrix else { return 0 }
            let gains = named.map { matrix[$0, $0] - labelled[$0, $0] }
            let gain = gains.reduce(0, +) / Double(n)
            let squares = gains.reduce(0) { $0 + ($1 - gain) * ($1 - gain) }
            let error = (squares / Double(n * (n - 1))).squareRoot()
            return error > 0 ? gain / error : (gain > 0 ? .infinity : 0)
        }
        let observed = best(named)
        var asHigh = 1
        for pairing in 0..<Self.pairings {
            let order = RandomStream(
                seed: 0, key: key, purpose: AlignmentDraw.exchangedUnits, item: UInt32(pairing)
            ).permutation(n)
            if best(order) >= observed { asHigh += 1 }
        }
        chance = Double(asHigh) / Double(Self.pairings + 1)
    }
}
