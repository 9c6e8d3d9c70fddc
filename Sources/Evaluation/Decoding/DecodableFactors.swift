import TrialArrays

/// One day's factors and behaviour as regressions see them: what a decoder across days is fitted on, or
/// tested on.
struct DecodableFactors: Sendable {
    /// Channels that are one number a trial on this day.
    let scalars: Set<String>
    let moments: DecodingMoments

    init(_ day: DecodingDay, _ factors: TrialArray, trials: [Int]) {
        scalars = day.scalars
        moments = day.moments(factors, trials: trials)
    }
}

extension BehaviorDecoder {
    /// R² per channel of a decoder that is fitted on some days and tested on another.
    ///
    /// A channel that is one number a trial on some days and a course in time on others means two
    /// things, and isn't decoded across them.
    ///
    /// - Throws: `LinearAlgebraError`
    static func across(
        _ plan: DecodingPlan, fitted: [DecodableFactors], tested: DecodableFactors
    ) throws -> [Double?] {
        let all = fitted + [tested]
        let meaningOne = plan.channels.indices.filter { channel in
            let name = plan.channels[channel]
            let having = all.filter { $0.moments.has(channel) }
            return Set(having.map { $0.scalars.contains(name) }).count == 1
        }
        let together = DecodingMoments.sum(
            fitted.map(\.moments), channels: meaningOne, folds: DecodingPlan.folds)
        return try BehaviorDecoder(together, plan).score(tested.moments)
    }
}
