/// What days have of every number when each is held against the others; of a single day, what its parts
/// have.
struct DriftBaseline {
    let distances: [Double?]
    /// Medians over channels.
    let decoding: [Double?]
    let agreement: [Double?]

    init(_ days: [DriftDay], _ plan: DecodingPlan) throws {
        func median(_ values: [Double?]) -> Double? { MetricSummary(values.compactMap { $0 })?.median }
        guard days.count > 1 else {
            distances = days.map(\.distanceOfHalves)
            decoding = days.map { median($0.within) }
            agreement = []
            return
        }
        func others(_ index: Int) -> [DriftDay] { days.indices.filter { $0 != index }.map { days[$0] } }
        distances = try days.indices.map { try Self.distance(days[$0], others($0)) }
        decoding =
            plan.channels.isEmpty
            ? []
            : try days.indices.map { index in
                median(
                    try BehaviorDecoder.across(
                        plan, fitted: others(index).map(\.decoding), tested: days[index].decoding))
            }
        agreement = StitchingIndex(days.map(\.factorMeans), shuffles: 0).agreement
    }

    /// Mean over the other days.
    static func distance(_ day: DriftDay, _ others: [DriftDay]) throws -> Double? {
        mean(try others.map { try day.factorDistribution.distance(to: $0.factorDistribution) })
    }
}
