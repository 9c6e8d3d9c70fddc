import ArrayFiles

/// Spike times among the arrays of a file: two lists with an entry a spike, or three.
struct SpikeArrayInspection {
    private let times: FileInspection.Array
    private let units: FileInspection.Array
    private let trials: FileInspection.Array?

    /// `nil` where no list is called spike times, or none beside it tells the units.
    init?(among arrays: [FileInspection.Array]) {
        let lists = arrays.filter { $0.isColumn && $0.count > 1 }
        func list(_ words: [String], like other: FileInspection.Array? = nil) -> FileInspection.Array? {
            lists.first { array in
                let name = array.name.lowercased()
                return words.contains(where: name.contains) && array.name != other?.name
                    && (other == nil || array.count == other?.count)
            }
        }
        guard
            let times = lists.first(where: {
                $0.isNumeric && $0.name.lowercased().contains("spike")
                    && $0.name.lowercased().contains("time")
            }),
            let units = list(["cluster", "unit", "neuron", "cell"], like: times)
        else { return nil }
        (self.times, self.units) = (times, units)
        trials = list(["trial"], like: times)
    }

    func add(
        to draft: inout ManifestDraft, among arrays: [FileInspection.Array],
        _ format: RecordingSource.Format
    ) {
        let names = [("times", times), ("units", units)] + (trials.map { [("trials", $0)] } ?? [])
        draft.add(
            "spikes",
            "{" + names.map { "\($0): \(ManifestDraft.quoted($1.name))" }.joined(separator: ", ") + "}",
            "\(times.count) spikes; times in seconds")
        draft.add("bin_ms", "10")
        if let table = TrialTableInspection(besides: times, among: arrays, format) {
            table.add(to: &draft)
        } else {
            draft.addWindow(event: nil, others: [])
        }
    }
}
