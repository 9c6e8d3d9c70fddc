import Recordings

/// Keys that say where in a file trials, axes and behaviour stand.
extension RecordingManifest {
    static func axes(_ value: ManifestValue, withinTrials: Bool) throws -> [RecordingSource.Axis] {
        let axes = try value.elements().map { try $0.oneOf(RecordingSource.Axis.self) }
        let expected = RecordingSource.Axis.allCases.filter { !withinTrials || $0 != .trials }
        guard Set(axes) == Set(expected), axes.count == expected.count else {
            throw value.outOfRange(
                expected: withinTrials
                    ? "units and bins, each once, since every trial has arrays of its own"
                    : "trials, bins and units, each once")
        }
        return axes
    }

    static func readTrials(from root: ManifestMapping, into source: inout RecordingSource) throws {
        if let trials = root.optional("trials") {
            guard source.format == .mat else {
                throw root.contradiction(
                    "trials", "has no meaning for the format \(source.format.rawValue)")
            }
            source.trialStructure = try trials.text()
        }
        guard let bins = root.optional("bins") else { return }
        guard source.trialStructure != nil else {
            throw root.contradiction(
                "bins", "has no meaning without trials, since all trials of an array are equally long")
        }
        let part = try bins.mapping()
        let first = try part.optional("first")?.integer(in: 1...)
        let last = try part.optional("last")?.integer(in: 1...)
        switch (first, last) {
        case (let count?, nil): source.trialBins = .first(count)
        case (nil, let count?): source.trialBins = .last(count)
        default:
            // A misspelt key is told before one that is missing.
            try part.finish()
            throw bins.outOfRange(expected: "either {first: 60} or {last: 60}")
        }
    }

    /// `none`, a list of channels, or datasets with their channels.
    static func readBehavior(
        _ value: ManifestValue, from root: ManifestMapping, into source: inout RecordingSource
    ) throws {
        guard value.kind == .mapping else {
            source.behaviorChannels = try channels(value)
            if source.behaviorChannels == nil {
                source.datasets.behavior = .omitted
            } else if source.format == .npy {
                throw root.contradiction(
                    "behavior", "should name files for the format npy, such as {force.npy: [x, y]}")
            }
            return
        }
        guard source.format != .lfadsHDF5 else {
            throw root.contradiction(
                "behavior", "should be a list of channels for the format lfads-hdf5")
        }
        source.behaviorDatasets = try value.mapping().all().map { dataset, columns in
            if columns.kind == .scalar, try columns.text() == "all" {
                return RecordingSource.BehaviorDataset(dataset, channels: nil)
            }
            guard columns.kind == .list, let names = try channels(columns) else {
                throw columns.wrongType(expected: "a list of channels or \"all\"")
            }
            return RecordingSource.BehaviorDataset(dataset, channels: names)
        }
    }
}
