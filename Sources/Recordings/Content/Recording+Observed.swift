/// What was observed of a recording in which NaN stands for the samples (a unit in a bin of a trial) that weren't.
extension Recording {
    /// Whether any sample was not observed.
    public var lacksSamples: Bool { values.contains(where: \.isNaN) }

    /// Of each unit, in how many bins of some trials it was observed.
    func observedBins(ofTrials chosen: some Collection<Int>) -> [Int] {
        var result = [Int](repeating: 0, count: units.count)
        let counts = countArray
        for trial in chosen {
            for (i, value) in counts[trial: trial].enumerated() where !value.isNaN {
                result[i % units.count] += 1
            }
        }
        return result
    }

    /// Of each unit, spikes in the observed bins of some trials.
    func observedSums(ofTrials chosen: some Collection<Int>) -> [Double] {
        let counts = countArray
        guard lacksSamples else { return counts.columnSums(ofTrials: chosen) }
        return counts.replacingValues(values.map { $0.isNaN ? 0 : $0 }).columnSums(ofTrials: chosen)
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
