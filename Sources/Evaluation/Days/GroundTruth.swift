import LinearAlgebra
import Recordings
import TrialArrays

/// Comparison with what is known of a synthetic day: true rates, and channels of behaviour that are
/// true latents (named `latent…`).
enum GroundTruth {
    /// R² of inferred rates over trials, bins and units, each unit around its own mean.
    ///
    /// Trials whose truth is not known are left out; `nil` when none is.
    ///
    /// - Parameter rates: Hz, all trials.
    static func rateR2(_ recording: Recording, trials: [Int], rates: TrialArray) -> Double? {
        guard let truth = recording.trueRateArray else { return nil }
        let known = trials.filter { truth[$0, 0, 0].isFinite }
        guard !known.isEmpty else { return nil }
        return CoefficientOfDetermination.pooled(
            actual: truth.rows(ofTrials: known), predicted: rates.rows(ofTrials: known))
    }

    static func latentChannels(of recording: Recording) -> [String] {
        recording.behaviorNames.filter { $0.hasPrefix("latent") }
    }

    /// Mean over latents of the R² of the best linear map from factors, fitted on training trials and
    /// tested on held-out ones.
    static func latentR2(
        _ recording: Recording, factors: TrialArray, training: [Int], tested: [Int]
    ) throws -> Double? {
        let channels = latentChannels(of: recording)
        guard !channels.isEmpty else { return nil }
        let day = DecodingDay(recording, DecodingPlan(channels: channels))
        return mean(
            try BehaviorDecoder.scores(day, factors, training: training, tested: tested).values)
    }
}
