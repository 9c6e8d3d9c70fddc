/// What was observed of a recording in which NaN stands for the samples (a unit in a bin of a trial) that weren't.
extension Recording {
    /// Whether any sample was not observed.
    public var lacksSamples: Bool { values.contains(where: \.isNaN) }

    /// Of each unit, its spikes in some trials and in how many bins of these it was observed.
    ///
    /// - Parameter lacking: `lacksSamples`, which is not asked anew at every call.
    func observedCounts(
        ofTrials chosen: some Collection<Int>, lacking: Bool
    ) -> [(sum: Double, bins: Int)] {
        let counts = countArray
        guard lacking else {
            return counts.columnSums(ofTrials: chosen).map { ($0, chosen.count * binCount) }
        }
        var result = [(sum: Double, bins: Int)](repeating: (0, 0), count: units.count)
        for trial in chosen {
            for (i, value) in counts[trial: trial].enumerated() where !value.isNaN {
                result[i % units.count].sum += Double(value)
                result[i % units.count].bins += 1
            }
        }
        return result
    }

    /// With a remark of how much was not observed.
    func notingUnobserved() -> Recording {
        let missing = values.count(where: \.isNaN)
        guard missing > 0 else { return self }
        var result = self
        let percent = (1000 * Double(missing) / Double(values.count)).rounded() / 10
        result.provenance[.notObserved] = "\(plain(percent)) % of the samples"
        return result
    }
}
