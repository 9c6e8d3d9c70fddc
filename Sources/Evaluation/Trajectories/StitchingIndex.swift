import Alignment
import LinearAlgebra

/// Whether the days share one space, told without behaviour.
///
/// `Agreement` of condition-averaged factors, day by day, and what it is worth when labels mean nothing.
public struct StitchingIndex: Sendable {
    /// Per day; `nil` for a day without conditions in common with others.
    public let agreement: [Double?]
    /// The same with the conditions of every day renamed at random: what agreement is worth when labels
    /// mean nothing. Mean over `shuffles`.
    public let shuffled: [Double?]

    /// How often conditions are renamed unless it is said otherwise.
    public static let shuffles = 50

    /// Compares days with each other.
    ///
    /// - Parameters:
    ///   - days: condition-averaged factors, in the run's order.
    ///   - seed: of the random names.
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
            order.flatMap { days[day].values[common.names[$0]]?.values ?? [] }
        }
        let straight = Array(common.names.indices)
        let averages = common.days.map { flat($0, straight) }
        let width = days[common.days[0]].columnCount
        let variance = Agreement.variance(averages, width: width)
        let values = Agreement(averages, width: width, variance: variance).ofDays
        var sums = [Double](repeating: 0, count: values.count)
        for shuffle in 0..<shuffles {
            let renamed = common.days.enumerated().map { place, day in
                flat(
                    day,
                    RandomStream(
                        seed: seed, purpose: Self.purpose, item: UInt32(place), step: UInt32(shuffle)
                    ).permutation(common.names.count))
            }
            let random = Agreement(renamed, width: width, variance: variance).ofDays
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
}
