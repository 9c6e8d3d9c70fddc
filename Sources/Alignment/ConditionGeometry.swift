import LinearAlgebra
import Messages

/// Whether a day's conditions lie to each other as on other days, told by its neurons alone and whatever units
/// each day has: the witness of the neurons for the labels.
///
/// Of each day, inner products between the condition averages of all units, at the same and at other times,
/// around the mean over conditions; those of a condition with itself, which hold the noise, are left out.
/// The correlation of two days' products is 1 where conditions are as near and as far from each other on both
/// (representational similarity: Kriegeskorte et al. 2008, *Frontiers in Systems Neuroscience* 2:4). How
/// large it would be by chance is told by the same trials under labels exchanged between the day's conditions.
///
/// The mirror image of targets on a circle has the geometry of the targets themselves. Such labels pass here;
/// `LabelWitnesses` hears of them.
struct ConditionGeometry: Equatable {
    /// Mean correlation with the other days.
    let correlation: Double
    /// Share of exchanged labels under which it is at least as high, the day's own counted in.
    let chance: Double
    /// Conditions in common with the day that shares most.
    let conditions: Int

    /// Conditions without which labels can't be exchanged in a way that matters.
    static let fewestConditions = 3
    /// Conditions from which few exchanges leave the geometry of a circle as it is, so that chance can be small.
    static let conditionsForSmallChance = 6
    /// Exchanges that are tried.
    private static let exchanges = 199
    /// Other days that are asked, spread over all.
    static let mostOthers = 8
    /// Conditions that are compared.
    private static let mostConditions = 32

    /// Whether the day is no better than with exchanged labels.
    ///
    /// Rotations and mirror images of three to five conditions on a circle are so large a share of all
    /// exchanges that a right day can't be rarer than they are; it is then doubted only below the median.
    var isByChance: Bool {
        chance > (conditions < Self.conditionsForSmallChance ? 0.5 : 0.05)
    }

    /// What to tell the user; `nil` where the day is better than by chance.
    func warning(session: String) -> String? {
        guard isByChance else { return nil }
        return
            "session \(session): its conditions lie to each other no more as on the other days (correlation "
            + "\(rounded(correlation))) than with its labels shuffled (\(Int((100 * chance).rounded())) % of "
            + "shuffles do as well); either its labels mean something else, or the task is another, or "
            + "its trials are too few to tell; this day may not stitch"
    }

    /// Of one day against others.
    ///
    /// - Parameters:
    ///   - own: its units' averages.
    ///   - others: those of other days, in as many stretches.
    ///   - key: of the day, for the exchanges that are drawn.
    /// - Returns: `nil` where no other day has `fewestConditions` in common.
    init?(_ own: ConditionPattern, others: [ConditionPattern], key: UInt64) {
        let stretches = own.stretches
        let gram = Self.products(own)
        // Indices of the common conditions, here and there.
        let pairs = others.compactMap { other -> (own: [Int], products: [Double])? in
            let there = Dictionary(uniqueKeysWithValues: other.conditions.enumerated().map { ($1, $0) })
            let common = own.conditions.indices.filter { there[own.conditions[$0]] != nil }
                .prefix(Self.mostConditions)
            guard common.count >= Self.fewestConditions else { return nil }
            let places = common.compactMap { there[own.conditions[$0]] }
            return (Array(common), Self.centred(Self.products(other), places, stretches))
        }
        guard let most = pairs.map(\.own.count).max() else { return nil }
        conditions = most
        func statistic(_ order: [Int]) -> Double {
            var sum = 0.0
            for pair in pairs {
                sum += Self.correlation(
                    Self.centred(gram, pair.own.map { order[$0] }, stretches), pair.products)
            }
            return sum / Double(pairs.count)
        }
        let observed = statistic(Array(own.conditions.indices))
        var asHigh = 1
        for exchange in 0..<Self.exchanges {
            let order = RandomStream(
                seed: 0, key: key, purpose: AlignmentDraw.exchangedLabels, item: UInt32(exchange)
            ).permutation(own.conditions.count)
            if statistic(order) >= observed { asHigh += 1 }
        }
        correlation = observed
        chance = Double(asHigh) / Double(Self.exchanges + 1)
    }

    /// `[conditions · stretches, conditions · stretches]` row-major, summed over units.
    private static func products(_ pattern: ConditionPattern) -> Matrix {
        let count = pattern.conditions.count * pattern.stretches
        var data = Matrix(zeros: count, pattern.channels.count)
        for c in pattern.conditions.indices {
            for s in 0..<pattern.stretches {
                for unit in pattern.channels.indices {
                    data[c * pattern.stretches + s, unit] = pattern[c, unit, s]
                }
            }
        }
        return data.times(data, transposingOther: true)
    }

    /// Products of chosen conditions around their mean in each stretch, those of different conditions alone,
    /// at mean 0 and unit length.
    private static func centred(_ products: Matrix, _ chosen: [Int], _ stretches: Int) -> [Double] {
        let n = chosen.count
        let rows = chosen.flatMap { c in (0..<stretches).map { c * stretches + $0 } }
        let width = rows.count
        var values = [Double](repeating: 0, count: width * width)
        for (i, row) in rows.enumerated() {
            for (j, column) in rows.enumerated() { values[i * width + j] = products[row, column] }
        }
        // Around the mean over conditions: first within each row, then within each column.
        for i in 0..<width {
            for s in 0..<stretches {
                var mean = 0.0
                for c in 0..<n { mean += values[i * width + c * stretches + s] }
                mean /= Double(n)
                for c in 0..<n { values[i * width + c * stretches + s] -= mean }
            }
        }
        var means = [Double](repeating: 0, count: stretches * width)
        for i in 0..<width {
            let start = (i % stretches) * width
            for j in 0..<width { means[start + j] += values[i * width + j] / Double(n) }
        }
        var result: [Double] = []
        result.reserveCapacity(width * (width - stretches))
        for i in 0..<width {
            let start = (i % stretches) * width
            for j in 0..<width where i / stretches != j / stretches {
                result.append(values[i * width + j] - means[start + j])
            }
        }
        let mean = result.reduce(0, +) / Double(max(result.count, 1))
        var squares = 0.0
        for i in result.indices {
            result[i] -= mean
            squares += result[i] * result[i]
        }
        let scale = squares > 0 ? 1 / squares.squareRoot() : 0
        for i in result.indices { result[i] *= scale }
        return result
    }

    private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for i in a.indices { sum += a[i] * b[i] }
        return sum
    }

    /// Which other days a day is compared with: at most `mostOthers`, spread evenly over all.
    static func others(of index: Int, count: Int) -> [Int] {
        let others = (0..<count).filter { $0 != index }
        guard others.count > mostOthers else { return others }
        return (0..<mostOthers).map { others[$0 * others.count / mostOthers] }
    }
}

/// What a draw of the alignment is for. Seeds of runs have no part in it: what `align` says of days does not
/// depend on how they will be trained.
enum AlignmentDraw {
    static let exchangedLabels: UInt32 = 1
    static let exchangedUnits: UInt32 = 2
}
