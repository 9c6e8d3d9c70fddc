public import Alignment

extension PreparedSession {
    /// The session as an alignment sees it, units in the model's order.
    public var alignable: AlignableSession {
        AlignableSession(
            name: name, counts: trials.counts, encodedUnitCount: encodedUnitCount,
            trainingTrials: trainingTrials, behavior: behavior,
            isContinuous: recording.chop != nil,
            unitNames: "\(recording.subject)/\(recording.array ?? "")")
    }
}
