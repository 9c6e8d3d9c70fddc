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

    /// - Parameter moments: by channel and fold.
    init(_ moments: [[SecondMoments]], _ plan: DecodingPlan) throws {
        self.plan = plan
        var share = 0.0
        fits = try moments.map { folds in
            guard let all = SecondMoments.sum(folds), all.targetSquares[0] > Self.smallest(all) else {
                return nil
            }
            let (fit, error) = try RidgeRegression.crossValidated(folds: folds, all: all)
            share += error / all.targetSquares[0]
            return fit
        }
        heldOutShare = share
    }

    /// R² per channel: 1 − Σ(y − ŷ)²/Σ(y − ȳ)², ȳ the mean of what is tested; `nil` for a channel that
    /// wasn't measured, or didn't vary, in what was fitted or in what is tested.
    func score(_ tested: [[SecondMoments]]) -> [Double?] {
        zip(fits, tested).map { fit, folds in
            guard let fit, let all = SecondMoments.sum(folds),
                all.targetSquares[0] > Self.smallest(all),
                all.regressorMeans.count == fit.weights.rows
            else { return nil }
            return 1 - all.squaredErrors(of: fit)[0] / all.targetSquares[0]
        }
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
    private static func smallest(_ moments: SecondMoments) -> Double {
        1e-24 * Double(moments.observations) * moments.targetMeans[0] * moments.targetMeans[0]
    }
}
