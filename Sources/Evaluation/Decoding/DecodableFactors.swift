import LinearAlgebra
import TrialArrays

/// One day's factors and behaviour as regressions see them: what a decoder across days is fitted on, or
/// tested on.
struct DecodableFactors {
    /// Channels that are one number a trial on this day.
    let scalars: Set<String>
    /// By channel and fold.
    let moments: [[SecondMoments]]

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
        let folds = plan.channels.indices.map { channel -> [SecondMoments] in
            let name = plan.channels[channel]
            let having = all.filter { !$0.moments[channel].isEmpty }
            guard Set(having.map { $0.scalars.contains(name) }).count == 1 else { return [] }
            return (0..<DecodingPlan.folds).compactMap { fold in
                SecondMoments.sum(
                    fitted.lazy.compactMap { day in
                        let own = day.moments[channel]
                        return fold < own.count ? own[fold] : nil
                    })
            }
        }
        return try BehaviorDecoder(folds, plan).score(tested.moments)
    }
}
