import Foundation

extension SessionTrials {
    /// The held-out trials' Poisson loss, mean per observed element, when every unit has its mean rate over the
    /// training trials: what a model is worth that has learnt nothing.
    func meanRateLoss() -> Double {
        let trainingBins = observedBins(ofTrials: trainingTrials).map { Double(max($0, 1)) }
        let validationBins = observedBins(ofTrials: validationTrials).map(Double.init)
        // Half a spike in all of training: what silence still allows.
        let rates = zip(counts.columnSums(ofTrials: trainingTrials), trainingBins).map { max($0, 0.5) / $1 }
        var loss = validationTrials.reduce(0) { $0 + constant(ofTrial: $1, .poisson) }
        for (unit, spikes) in counts.columnSums(ofTrials: validationTrials).enumerated() {
            loss += rates[unit] * validationBins[unit] - spikes * log(rates[unit])
        }
        return loss / validationBins.reduce(0, +)
    }
}
