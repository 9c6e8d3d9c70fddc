/// What is remembered beside a recording of where it came from and of what was left out on the way, by the names
/// under which it stands in canonical files and in the registry. Attributes of the source have names of their
/// own beside these.
public enum ProvenanceKey: String, Sendable, CaseIterable {
    case path, format, split, condition, chop
    case alignedTo = "aligned_to"
    case eventMilliseconds = "event_ms"
    case sourceBinMilliseconds = "source_bin_ms"
    case chopLeftOut = "chop_left_out"
    case removedTrials = "removed_trials"
    case leftOutTrials = "left_out_trials"
    case overlappingWindows = "overlapping_windows"
    case removedUnits = "removed_units"
    case notObserved = "not_observed"
    case trialBins = "trial_bins"
    case spikesOutsideWindows = "spikes_outside_windows"
}

extension [String: String] {
    /// What is remembered under a key.
    public subscript(key: ProvenanceKey) -> String? {
        get { self[key.rawValue] }
        set { self[key.rawValue] = newValue }
    }
}
