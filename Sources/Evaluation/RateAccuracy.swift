import Recordings

/// R² of inferred against true rates, where a recording carries them.
enum RateAccuracy {
    /// 1 − Σ(r − r̂)²/Σ(r − r̄)² over trials, bins and units, r̄ each unit's mean of the true rates.
    ///
    /// Trials whose truth is not known are left out; `nil` when none is.
    ///
    /// - Parameter rates: Hz, `[trials, bins, units]` of the given trials.
    static func r2(_ recording: Recording, trials: [Int], rates: [Float]) -> Double? {
        guard let truth = recording.trueRates else { return nil }
        let units = recording.units.count
        let size = recording.binCount * units
        let known = trials.enumerated().filter { truth[$0.element * size].isFinite }
        guard !known.isEmpty else { return nil }
        var means = [Double](repeating: 0, count: units)
        for (_, trial) in known {
            for i in 0..<size { means[i % units] += Double(truth[trial * size + i]) }
        }
        let rows = Double(known.count * recording.binCount)
        for j in means.indices { means[j] /= rows }
        var error = 0.0
        var total = 0.0
        for (index, trial) in known {
            for i in 0..<size {
                let r = Double(truth[trial * size + i])
                let e = r - Double(rates[index * size + i])
                let d = r - means[i % units]
                error += e * e
                total += d * d
            }
        }
        return total > 0 ? 1 - error / total : nil
    }
}
