import LinearAlgebra

/// Whether units of the same name on two days are the same electrodes, told by which of them fire together: no label
/// is needed, and no map. Sorted units, and units that are plain numbers, have names that mean nothing from day to
/// day.
///
/// On each day the smoothed counts of every two units are correlated, and these correlations are compared with those
/// of the other day, pair by pair; chance is what units that are paired at random give (Mantel 1967, *Cancer
/// Research* 27:209).
package struct SameElectrodes: Sendable, Equatable {
    /// Units that both days name.
    package let count: Int
    /// Correlation over all pairs of these units between what a pair has on one day and on the other.
    package let correlation: Double
    /// Share of random pairings of the units that are as much alike, the names' own counted in.
    package let chance: Double

    /// Fewer units of the same name can't be told from a lucky pairing.
    package static let fewestUnits = 6
    /// Below it units are taken for different ones however surely it is above chance.
    private static let smallestCorrelation = 0.2
    private static let pairings = 199

    /// Whether these are the same electrodes.
    package var areBelieved: Bool { chance <= 0.01 && correlation >= Self.smallestCorrelation }

    /// Compares two days.
    ///
    /// - Returns: `nil` where the days are of other subjects or arrays, or name fewer than `fewestUnits` alike.
    package init?(_ own: UnitsTogether, _ other: UnitsTogether) {
        guard own.unitNames == other.unitNames else { return nil }
        // By name, so that the draws don't depend on the order of the units, nor on that of the days.
        let names = own.places.keys.filter { other.places[$0] != nil }.sorted()
        let (here, there) = (names.compactMap { own.places[$0] }, names.compactMap { other.places[$0] })
        let n = names.count
        guard n >= Self.fewestUnits else { return nil }
        let ownPairs = own.pairs(here)
        let spread = (ownPairs.sumOfSquares * other.pairs(there).sumOfSquares).squareRoot()
        // The mean of the pairs and their spread are the same in any order.
        func correlation(_ order: [Int]) -> Double {
            guard spread > 0 else { return 0 }
            var product = 0.0
            var pair = 0
            for i in 0..<n {
                for j in 0..<i {
                    product += ownPairs[pair] * other.correlations[there[order[i]], there[order[j]]]
                    pair += 1
                }
            }
            return product / spread
        }
        let observed = correlation(Array(0..<n))
        let key = RandomStream.key(for: [own.session, other.session].sorted().joined(separator: "\n"))
        let asHigh = (0..<Self.pairings).count { pairing in
            correlation(
                RandomStream(
                    seed: 0, key: key, purpose: AlignmentDraw.exchangedUnits, item: UInt32(pairing)
                ).permutation(n)) >= observed
        }
        count = n
        self.correlation = observed
        chance = Double(asHigh + 1) / Double(Self.pairings + 1)
    }
}

/// How much every two units of a day fire together: the correlation of their smoothed counts over all bins of
/// training trials.
package struct UnitsTogether: Sendable {
    let session: String
    /// What the names belong to, such as subject and array.
    let unitNames: String
    /// Column of every unit.
    let places: [String: Int]
    /// `[units, units]`; nought for units that never fire.
    let correlations: Matrix

    /// - Parameter smoothingMilliseconds: standard deviation of the smoothing.
    package init(_ session: AlignableSession, smoothingMilliseconds: Double) {
        self.session = session.name
        unitNames = session.unitNames
        places = Dictionary(
            session.counts.columns.names.enumerated().map { ($1, $0) },
            uniquingKeysWith: { first, _ in first })
        let (bins, units) = (session.counts.binCount, session.counts.columnCount)
        let trials = OwnComponents.thinned(trials: session.trainingTrials.count, bins: bins)
            .map { session.trainingTrials[$0] }
        let counts = ConditionAverages.smooth(
            Matrix(
                rows: trials.count * bins, columns: units,
                values: trials.flatMap { session.counts[trial: $0].map(Double.init) }),
            blocks: trials.count, standardDeviation: session.bins(milliseconds: smoothingMilliseconds))
        let centered = counts.subtracting(rowVector: counts.columnMeans)
        var correlations = centered.times(centered, transposingSelf: true)
        let scales = (0..<units).map { unit in
            correlations[unit, unit] > 0 ? 1 / correlations[unit, unit].squareRoot() : 0
        }
        for i in 0..<units { for j in 0..<units { correlations[i, j] *= scales[i] * scales[j] } }
        self.correlations = correlations
    }

    /// Of every two of some units, around their mean.
    func pairs(_ units: [Int]) -> [Double] {
        let values = units.indices.flatMap { i in units[..<i].map { correlations[units[i], $0] } }
        let mean = values.reduce(0, +) / Double(max(values.count, 1))
        return values.map { $0 - mean }
    }
}

extension [Double] {
    fileprivate var sumOfSquares: Double { reduce(0) { $0 + $1 * $1 } }
}
