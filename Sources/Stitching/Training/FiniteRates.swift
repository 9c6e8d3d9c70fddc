import LFADS

extension StitchedModel {
    /// Whether every rate that the model gives to trials of sessions is a finite number: losses that are finite in sum
    /// say little of single trials.
    ///
    /// - Throws: `LFADSError` for a model of other sessions.
    func givesFiniteRates(of sessions: [SessionTrials]) throws -> Bool {
        for trials in sessions {
            // In pieces that need little room beside the training.
            for start in stride(from: 0, to: trials.trialCount, by: 256) {
                let chosen = Array(start..<min(start + 256, trials.trialCount))
                let inferred = try infer(trials, chosen: chosen, quantities: .rates)
                guard let rates = inferred.means, rates.values.allSatisfy(\.isFinite) else { return false }
            }
        }
        return true
    }
}
