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

    /// How its units fire together, to ask whether another day has the same electrodes (``SameElectrodes``).
    func unitsTogether(_ settings: AlignmentSettings) -> UnitsTogether {
        UnitsTogether(alignable, smoothingMilliseconds: settings.smoothingMilliseconds)
    }
}
