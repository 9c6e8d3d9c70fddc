import LFADS

extension StitchedTraining {
    /// Whether every rate that the model gives to trials of its sessions is a finite number.
    ///
    /// - Throws: `LFADSError`, and what the relay throws.
    func givesFiniteRates() throws -> Bool {
        let isFinite = try model.givesFiniteRates(of: trialsAtHand)
        guard let relay else { return isFinite }
        var ofAll = [Double](repeating: 0, count: relay.count)
        ofAll[relay.rank] = isFinite ? 1 : 0
        try relay.gather(&ofAll, own: relay.rank..<(relay.rank + 1))
        return ofAll.allSatisfy { $0 == 1 }
    }
}

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
