import LinearAlgebra
import TrialArrays

/// Ridge regression from features to behaviour, one penalty per channel, chosen by five-fold
/// cross-validation over the trials that it is fitted on.
struct BehaviorDecoder {
    let plan: DecodingPlan
    /// By channel; `nil` where there was nothing to learn from.
    let fits: [RidgeRegression?]
    /// Σ over channels of the share of variance that is missed on folds left out.
    let heldOutShare: Double

    /// - Parameter moments: what it is fitted on.
    init(_ moments: DecodingMoments, _ plan: DecodingPlan) throws {
        self.plan = plan
        var share = 0.0
        var fits = [RidgeRegression?](repeating: nil, count: plan.channels.count)
        for group in moments.groups {
            guard let all = SecondMoments.sum(group.folds) else { continue }
            let varying = group.channels.indices.filter { all.targetSquares[$0] > Self.smallest(all, $0) }
            guard !varying.isEmpty else { continue }
            let found = try RidgeRegression.crossValidatedByTarget(
                folds: group.folds.map { $0.selecting(targets: varying) },
                all: all.selecting(targets: varying))
            for (place, (fit, error)) in zip(varying, found) {
                fits[group.channels[place]] = fit
                share += error / all.targetSquares[place]
            }
        }
        self.fits = fits
        heldOutShare = share
    }

    /// R² per channel: 1 − Σ(y − ŷ)²/Σ(y − ȳ)², ȳ the mean of what is tested; `nil` for a channel that
    /// wasn't measured, or didn't vary, in what was fitted or in what is tested.
    func score(_ tested: DecodingMoments) -> [Double?] {
        var result = [Double?](repeating: nil, count: plan.channels.count)
        for group in tested.groups {
            guard let all = SecondMoments.sum(group.folds) else { continue }
            for (place, channel) in group.channels.enumerated() {
                guard let fit = fits[channel], all.targetSquares[place] > Self.smallest(all, place),
                    all.regressorMeans.count == fit.weights.rows
                else { continue }
                result[channel] =
                    1 - all.selecting(targets: [place]).squaredErrors(of: fit)[0] / all.targetSquares[place]
            }
        }
        return result
    }

    /// Fitted on some trials of a day and tested on others; also the share missed on folds left out.
    static func scores(
        _ day: DecodingDay, _ features: TrialArray, training: [Int], tested: [Int]
    ) throws -> (values: [Double?], missed: Double) {
        let decoder = try BehaviorDecoder(day.moments(features, trials: training), day.plan)
        return (
            decoder.score(day.moments(features, trials: tested, folds: 1)), decoder.heldOutShare
        )
    }

    /// What rounding alone leaves of a constant.
    private static func smallest(_ moments: SecondMoments, _ target: Int) -> Double {
        1e-24 * Double(moments.observations) * moments.targetMeans[target] * moments.targetMeans[target]
    }
}
