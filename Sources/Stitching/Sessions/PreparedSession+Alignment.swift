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

    /// Whether units that this day and another one name alike are the same electrodes; `nil` where they are too few,
    /// or the days of other subjects or arrays.
    func electrodes(of other: PreparedSession, smoothingMilliseconds: Double) -> SameElectrodes? {
        SameElectrodes(
            UnitsTogether(alignable, smoothingMilliseconds: smoothingMilliseconds),
            UnitsTogether(other.alignable, smoothingMilliseconds: smoothingMilliseconds))
    }
}
