import ArrayFiles

extension FileInspection {
    /// Arrays by name, and the manifest of the layout that their names fit.
    init(arraysOf file: HDF5File) throws {
        let arrays = try file.arrayNames().map { name in
            Array(
                name: name, shape: try file.shape(of: name),
                elements: try file.elementKind(of: name).words)
        }
        let isLFADS = arrays.contains { $0.name == "train_encod_data" }
        let spikes = Self.spikes(among: arrays)
        var draft = ManifestDraft()
        draft.add("session", "unnamed")
        draft.add("subject", "unknown")
        draft.add("date", "2000-01-01")
        draft.add("recording", ManifestDraft.quoted(file.path), "relative to the manifest")
        draft.add("format", isLFADS ? "lfads-hdf5" : "binned-hdf5")
        let width = try? file.number(named: "bin_width_s")
        let milliseconds = try? file.number(named: "bin_ms")
        if width ?? nil == nil, milliseconds ?? nil == nil {
            draft.add("source_bin_ms", "10", "the file doesn't say how wide its bins are")
        }
        if !isLFADS { Self.addArrays(spikes, among: arrays, to: &draft) }
        self.init(
            path: file.path, format: isLFADS ? .lfadsHDF5 : spikes == nil ? nil : .binnedHDF5,
            facts: try file.remarks(), arrays: arrays, manifest: draft.text)
    }

    /// The array that is called so, or the largest of three axes.
    private static func spikes(among arrays: [Array]) -> Array? {
        arrays.first { $0.name == "spikes" }
            ?? arrays.filter { $0.shape.count == 3 }
            .max { $0.shape.reduce(1, *) < $1.shape.reduce(1, *) }
    }

    private static func addArrays(_ spikes: Array?, among arrays: [Array], to draft: inout ManifestDraft) {
        guard let spikes else {
            draft.comment("no array of trials × bins × units; name one: spikes: …")
            return
        }
        let extents = spikes.shape.map(String.init).joined(separator: " × ")
        if spikes.shape.count == 2 {
            draft.add("spikes", ManifestDraft.quoted(spikes.name), extents)
            draft.add("chop", "{window_ms: 600, overlap_ms: 200}", "without trials")
            draft.add("axes", "[bins, units]", "or [units, bins]")
            return
        }
        draft.add("spikes", ManifestDraft.quoted(spikes.name), extents)
        draft.add("axes", "[trials, bins, units]", "or any other order")
        let labels = arrays.filter { array in
            array.name != spikes.name && array.shape.filter { $0 != 1 } == [spikes.shape[0]]
        }.map(\.name)
        draft.add(
            "condition", labels.contains("condition") ? "condition" : "none",
            labels.isEmpty ? "" : "one entry a trial: " + labels.joined(separator: ", "))
    }
}
