import ArrayFiles

/// A continuous recording among the arrays of a file: bins × units in either order, with the table of trials and
/// the behaviour that may stand beside it.
struct CourseInspection {
    let counts: FileInspection.Array
    let arrays: [FileInspection.Array]
    let format: RecordingSource.Format

    /// A course is far longer than it has units.
    private var length: Int { counts.shape.max() ?? 0 }
    private var others: [FileInspection.Array] { arrays.filter { $0.name != counts.name } }

    /// When each bin begins: as long as one axis alone.
    private var clock: FileInspection.Array? {
        let clocks = others.filter {
            $0.isColumn && $0.isNumeric && $0.count == length && $0.name.lowercased().contains("time")
        }
        return clocks.first { $0.name == "times" } ?? (clocks.count == 1 ? clocks.first : nil)
    }

    func add(to draft: inout ManifestDraft) {
        let extents = FileInspection.extents(counts.shape)
        if counts.shape.min() == 3 {
            draft.comment(
                "or, if these are trial, unit and time of each spike, instead of axes and what is about bins: spikes: "
                    + "{table: \(ManifestDraft.quoted(counts.name)), columns: [trial, unit, time], trials: trial, "
                    + "units: unit, times: time}")
        }
        if let clock, counts.shape[0] != counts.shape[1] {
            draft.add(
                "axes", counts.shape[0] == length ? "[bins, units]" : "[units, bins]",
                "\(extents), as long as \(clock.name)")
            draft.add("times", ManifestDraft.quoted(clock.name), "in seconds")
        } else {
            draft.add(
                "axes", FileInspection.open(2), "bins and units, in the order of \(extents)")
        }
        addBehavior(to: &draft)
        guard let table = TrialTableInspection(besides: counts, among: arrays, format) else {
            draft.add("chop", "{window_ms: 600, overlap_ms: 200}", "without trials")
            return
        }
        if clock == nil {
            draft.add("start_s", "0", "when the first bin begins, by the clock of the trials' events")
        }
        table.add(to: &draft)
        draft.comment(
            "or windows over all of it, without trials, align and condition: chop: {window_ms: 600, overlap_ms: 200}"
        )
    }

    // MARK: Behaviour

    /// More channels than behaviour has are other units.
    private static let mostChannels = 32

    private func addBehavior(to draft: inout ManifestDraft) {
        guard !others.contains(where: { $0.name == "behavior" }) else { return }
        let axis = counts.shape.firstIndex(of: length) ?? 0
        let alike = others.filter {
            $0.isNumeric && $0.shape.count == 2 && $0.shape[axis] == length && $0.longExtents.count == 2
                && $0.shape[1 - axis] <= Self.mostChannels
        }.map { "\(ManifestDraft.quoted($0.name)): all" }
        if !alike.isEmpty { draft.add("behavior", "{\(alike.joined(separator: ", "))}", "or none") }
    }
}
