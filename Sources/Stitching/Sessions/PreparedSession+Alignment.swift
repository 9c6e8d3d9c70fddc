public import Alignment
import Recordings
import TrialArrays

extension PreparedSession {
    /// The session as an alignment sees it, units in the model's order.
    public var alignable: AlignableSession {
        let trials = TrialAxis(conditions: recording.trials.map(\.condition))
        let bins = BinAxis(count: recording.binCount, milliseconds: recording.binMilliseconds)
        return AlignableSession(
            name: name,
            counts: TrialArray(
                trials: trials, bins: bins,
                columns: ColumnAxis(.unit, names: unitOrder.map { recording.units[$0].name }),
                values: self.trials.values),
            encodedUnitCount: encodedUnitCount, trainingTrials: trainingTrials,
            behavior: TrialArray(
                trials: trials, bins: bins,
                columns: ColumnAxis(.channel, names: recording.behaviorNames), values: recording.behavior),
            isContinuous: recording.chop != nil)
    }
}
