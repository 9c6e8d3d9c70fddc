extension Recording {
    /// The recording with `factor` bins joined into one: counts are summed; continuous values,
    /// inputs and true rates averaged; behaviour averaged over the bins where it was measured. A joined count was
    /// observed where all its bins were, for only then is it one; a continuous value is the mean of those that
    /// were.
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
        result.values =
            countArray.joiningBins(by: factor, as: signal == .counts ? .sum : .meanOfMeasured).values
        result.behavior = behaviorArray.joiningBins(by: factor, as: .meanOfMeasured).values
        result.externalInputs = externalInputArray.joiningBins(by: factor, as: .mean).values
        result.trueRates = trueRateArray?.joiningBins(by: factor, as: .mean).values
        return result
    }
}
