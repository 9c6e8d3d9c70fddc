extension Recording {
    /// The recording with `factor` bins joined into one: counts are summed; continuous values,
    /// inputs and true rates averaged; behaviour averaged over the bins where it was measured.
    /// - Throws: `RecordingError.binsDoNotDivide` where the bins of a trial, or the encoded ones, are
    ///   no multiple of `factor`.
    public func rebinned(by factor: Int) throws -> Recording {
        precondition(factor >= 1, "bins can't be joined by \(factor)")
        if factor == 1 { return self }
        for (bins, what) in [(binCount, "bins a trial"), (encodedBinCount, "encoded bins")] {
            guard bins % factor == 0 else {
                throw RecordingError.binsDoNotDivide(
                    source: session, bins: bins, factor: factor, what: what)
            }
        }
        var result = self
        result.binMilliseconds = binMilliseconds * Double(factor)
        result.binCount = binCount / factor
        result.encodedBinCount = encodedBinCount / factor
        result.values = joined(
            values, columns: units.count, factor, signal == .counts ? .sum : .mean)
        result.behavior = joined(behavior, columns: behaviorNames.count, factor, .meanOfMeasured)
        result.externalInputs = joined(
            externalInputs, columns: externalInputNames.count, factor, .mean)
        result.trueRates = trueRates.map { joined($0, columns: units.count, factor, .mean) }
        return result
    }

    private enum Joining { case sum, mean, meanOfMeasured }

    /// `[trialCount, binCount, columns]` → `[trialCount, binCount / factor, columns]`. Bins that are
    /// joined lie one after another, and no trial ends within them.
    private func joined(
        _ values: [Float], columns: Int, _ factor: Int, _ joining: Joining
    ) -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(values.count / factor)
        guard columns > 0 else { return result }
        for block in stride(from: 0, to: values.count, by: factor * columns) {
            for column in 0..<columns {
                var sum = 0.0
                var measured = 0
                for bin in 0..<factor {
                    let value = values[block + bin * columns + column]
                    if joining == .meanOfMeasured && value.isNaN { continue }
                    sum += Double(value)
                    measured += 1
                }
                switch joining {
                case .sum: result.append(Float(sum))
                case .mean, .meanOfMeasured:
                    result.append(measured == 0 ? .nan : Float(sum / Double(measured)))
                }
            }
        }
        return result
    }
}
