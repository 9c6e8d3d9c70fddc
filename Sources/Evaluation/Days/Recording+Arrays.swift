import Recordings
import TrialArrays

/// What was recorded, with the axes of the recording.
extension Recording {
    private var trialAxis: TrialAxis { TrialAxis(conditions: trials.map(\.condition)) }
    private var binAxis: BinAxis { BinAxis(count: binCount, milliseconds: binMilliseconds) }
    private var unitAxis: ColumnAxis { ColumnAxis(.unit, names: units.map(\.name)) }

    /// Spikes per bin (or signal values) of all units.
    var counts: TrialArray {
        TrialArray(trials: trialAxis, bins: binAxis, columns: unitAxis, values: values)
    }

    /// All channels of behaviour; NaN where not measured.
    var behaviorChannels: TrialArray {
        TrialArray(
            trials: trialAxis, bins: binAxis, columns: ColumnAxis(.channel, names: behaviorNames),
            values: behavior)
    }

    /// True rates in Hz of all units; NaN for trials whose truth is not known, `nil` where none is.
    var knownRates: TrialArray? {
        trueRates.map { TrialArray(trials: trialAxis, bins: binAxis, columns: unitAxis, values: $0) }
    }
}
