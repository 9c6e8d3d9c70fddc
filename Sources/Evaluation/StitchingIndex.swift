import LinearAlgebra

/// Whether the days share one space, told without behaviour.
///
/// *Agreement* of days a and b over their common conditions: 1 − Σ(f̄_a − f̄_b)²/V, f̄ condition-averaged
/// factors, V the mean over all days of Σ(f̄ − mean f̄)²; sums over conditions, bins and factors. With
/// C the variance that the days have in common and O that of each day alone it is 1 − 2·O/(C + O), so
/// (1 + agreement)/2 is the common share. A day's value is the mean over the other days.
public struct StitchingIndex: Sendable {
    /// Per day; `nil` for a day without conditions in common with others.
    public let agreement: [Double?]
    /// The same with the conditions of every day renamed at random: what agreement is worth when labels
    /// mean nothing. Mean over `shuffles`.
    public let shuffled: [Double?]

    public static let shuffles = 50

    /// - Parameters:
    ///   - days: condition-averaged factors, in the run's order.
    ///   - shuffles: how often conditions are renamed; 0 where `shuffled` is not asked for.
    public init(
        _ days: [ConditionMeans], seed: UInt64 = 0, shuffles: Int = StitchingIndex.shuffles
    ) {
        let common = Self.commonConditions(days)
        guard !common.names.isEmpty, common.days.count > 1 else {
            agreement = days.map { _ in nil }
            shuffled = agreement
            return
        }
        func flat(_ day: Int, _ order: [Int]) -> [Double] {
            order.flatMap { days[day].values[common.names[$0]] ?? [] }
        }
        let straight = Array(common.names.indices)
        let averages = common.days.map { flat($0, straight) }
        let width = days[common.days[0]].width
        let variance =
            averages.reduce(0) { $0 + Self.squares($1, width: width) }
            / Double(averages.count)
        let values = Self.meanAgreement(averages, variance: variance)
        var sums = [Double](repeating: 0, count: values.count)
        for shuffle in 0..<shuffles {
            let renamed = common.days.enumerated().map { place, day in
                flat(
                    day,
                    RandomStream(
                        seed: seed, purpose: Self.purpose, item: UInt32(place), step: UInt32(shuffle)
                    ).permutation(common.names.count))
            }
            let random = Self.meanAgreement(renamed, variance: variance)
            for i in sums.indices { sums[i] += random[i] / Double(shuffles) }
        }
        func spread(_ values: [Double]) -> [Double?] {
            days.indices.map { day in
                common.days.firstIndex(of: day).map { values[$0] }.flatMap { $0.isFinite ? $0 : nil }
            }
        }
        agreement = spread(values)
        shuffled = common.names.count > 1 && shuffles > 0 ? spread(sums) : days.map { _ in nil }
    }

    private static let purpose: UInt32 = 0x5348

    /// Days with labels that have conditions in common, and those conditions.
    private static func commonConditions(_ days: [ConditionMeans]) -> (days: [Int], names: [String]) {
        let labelled = days.indices.filter { !days[$0].names.isEmpty }
        guard let first = labelled.first else { return ([], []) }
        return (
            labelled,
            days[first].names.filter { name in
                labelled.allSatisfy { days[$0].values[name] != nil }
            }
        )
    }

    /// Σ over rows and columns around each column's mean.
    private static func squares(_ values: [Double], width: Int) -> Double {
        let rows = Matrix(rows: values.count / width, columns: width, values: values)
        return rows.subtracting(rowVector: rows.columnMeans).sumOfSquares
    }

    private static func meanAgreement(_ averages: [[Double]], variance: Double) -> [Double] {
        averages.indices.map { a in
            var sum = 0.0
            for b in averages.indices where b != a {
                var distance = 0.0
                for i in averages[a].indices {
                    let d = averages[a][i] - averages[b][i]
                    distance += d * d
                }
                sum += 1 - distance / variance
            }
            return sum / Double(averages.count - 1)
        }
    }
}
