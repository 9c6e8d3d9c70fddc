public import Alignment
import TrialArrays

extension PreparedSession {
    /// The session as an alignment sees it, units in the model's order.
    public var alignable: AlignableSession {
        AlignableSession(
            name: name, counts: counts, encodedUnitCount: encodedUnitCount,
            trainingTrials: trainingTrials, behavior: behavior,
            isContinuous: recording.chop != nil)
    }

    /// Counts, `[trials, bins, units]`, units in the model's order.
    private var counts: TrialArray {
        recording.array(trials.values, columns: recording.unitAxis.selecting(unitOrder))
    }
}
