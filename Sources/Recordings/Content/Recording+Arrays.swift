public import TrialArrays

extension RecordingMetadata {
    /// The trials of every array of the recording.
    public var trialAxis: TrialAxis { TrialAxis(conditions: trials.map(\.condition)) }
    /// The bins of every array of the recording.
    public var binAxis: BinAxis { BinAxis(count: binCount, milliseconds: binMilliseconds) }
    /// The units, by their names.
    public var unitAxis: ColumnAxis { ColumnAxis(.unit, names: units.map(\.name)) }

    /// An array over the recording's trials and bins.
    ///
    /// - Precondition: as many values as the axes ask for.
    public func array(_ values: [Float], columns: ColumnAxis) -> TrialArray {
        TrialArray(trials: trialAxis, bins: binAxis, columns: columns, values: values)
    }
}

/// The arrays of a recording with their axes. They share the recording's memory.
extension Recording {
    /// Counts per bin (or signal values), `[trials, bins, units]`; NaN where a sample was not observed.
    public var countArray: TrialArray { metadata.array(values, columns: metadata.unitAxis) }

    /// Behaviour, `[trials, bins, channels]`; NaN where not measured.
    public var behaviorArray: TrialArray {
        metadata.array(behavior, columns: ColumnAxis(.channel, names: metadata.behaviorNames))
    }

    /// External inputs to the generator, `[trials, bins, inputs]`.
    public var externalInputArray: TrialArray {
        metadata.array(externalInputs, columns: ColumnAxis(.input, names: metadata.externalInputNames))
    }

    /// True rates in Hz, `[trials, bins, units]`, NaN for trials whose truth is not known; `nil` for real
    /// recordings.
    public var trueRateArray: TrialArray? {
        trueRates.map { metadata.array($0, columns: metadata.unitAxis) }
    }

    /// The same recording with other arrays: other trials, bins, units or channels.
    ///
    /// - Parameter transform: is given each array with its axes. All have to come out with the same trials
    ///   and bins.
    func mapArrays(_ transform: (TrialArray) throws -> TrialArray) rethrows -> Recording {
        var result = self
        result.values = try transform(countArray).values
        result.behavior = try transform(behaviorArray).values
        result.externalInputs = try transform(externalInputArray).values
        result.trueRates = try trueRateArray.map { try transform($0).values }
        return result
    }
}
