import Foundation

extension SessionTrials {
    /// The held-out trials' Poisson loss, mean per element, when every unit has its mean rate over the
    /// training trials: what a model is worth that has learnt nothing.
    func meanRateLoss() -> Double {
        let trainingBins = Double(trainingTrials.count * binCount)
        let validationBins = Double(validationTrials.count * binCount)
        // Half a spike in all of training: what silence still allows.
        let rates = counts.columnSums(ofTrials: trainingTrials).map { max($0, 0.5) / trainingBins }
        var loss = validationTrials.reduce(0) { $0 + constant(ofTrial: $1, .poisson) }
        for (rate, spikes) in zip(rates, counts.columnSums(ofTrials: validationTrials)) {
            loss += rate * validationBins - spikes * log(rate)
        }
        return loss / (validationBins * Double(unitCount))
    }
}
