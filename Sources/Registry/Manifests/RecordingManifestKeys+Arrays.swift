import Foundation
import Recordings

/// Keys that say where in a file of arrays trials, axes and behaviour stand.
extension RecordingManifestKeys {
    /// Formats of arrays that stand by name.
    static let arrayFormats: [RecordingSource.Format] = [.binnedHDF5, .mat, .npz, .npy]

    func readAxes(into source: inout RecordingSource) throws {
        let value = try optional("axes", only: Self.arrayFormats)
        let withinTrials = source.trialStructure != nil
        if let value {
            source.axes = try Self.axes(
                value, withinTrials: withinTrials || source.eventWindow != nil,
                mayLackTrials: source.chop != nil)
        } else if source.chop != nil || source.eventWindow != nil, format == .binnedHDF5 {
            source.axes = [.bins, .units]
        }
    }

    private static func axes(
        _ value: ManifestValue, withinTrials: Bool, mayLackTrials: Bool
    ) throws -> [RecordingSource.Axis] {
        let axes = try value.elements().map { try $0.oneOf(RecordingSource.Axis.self) }
        let whole = Set(RecordingSource.Axis.allCases)
        let part = whole.subtracting([.trials])
        let isRight =
            withinTrials
            ? Set(axes) == part : Set(axes) == whole || mayLackTrials && Set(axes) == part
        guard isRight, axes.count == Set(axes).count else {
            throw value.outOfRange(
                expected: withinTrials
                    ? "units and bins, each once, since trials are no axis of it"
                    : "trials, bins and units, each once" + (mayLackTrials ? ", or bins and units" : ""))
        }
        return axes
    }

    /// Beside `align`, and in `nwb`, the table of trials; otherwise the name of a struct array in `mat`.
    func readTrials(into source: inout RecordingSource) throws {
        if format == .nwb || source.eventWindow != nil {
            try root.optional("trials").map { try readTable($0.mapping(), into: &source) }
        } else {
            source.trialStructure = try optional("trials", only: [.mat])?.text(
                expected: "the name of a struct array, or, beside \"align\", keys with values")
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

    private func readTable(_ trials: ManifestMapping, into source: inout RecordingSource) throws {
        source.trialTable = try trials.optional("table")?.text()
        source.trialFilters = try trials.optional("where").map(Self.filters) ?? []
        guard let columns = trials.optional("columns") else { return }
        guard format != .nwb else {
            throw trials.contradiction(
                "columns", "has no meaning for the format nwb, whose tables name their columns")
        }
        guard source.trialTable != nil else {
            throw trials.contradiction(
                "columns", "needs \"table\", the name of the matrix whose columns they are")
        }
        source.trialColumns = try Self.names(columns, of: "columns") ?? []
    }

    /// The name of the array of counts.
    func readSpikes(into source: inout RecordingSource) throws {
        // A .npy file is a single array; lfads-torch's files hold spikes under four fixed names.
        if format == .npy { source.datasets.spikes = URL(filePath: source.path).lastPathComponent }
        guard let spikes = root.optional("spikes") else { return }
        if spikes.kind == .mapping {
            source.spikeTimes = try spikeTimes(spikes.mapping(), beside: source)
        } else if let name = try optional("spikes", only: [.binnedHDF5, .mat, .npz]) {
            source.datasets.spikes = try name.text(
                expected: "the name of an array, or where spike times stand")
        }
    }

    /// What says how counts in bins stand in the file.
    private static let keysOfCounts = [
        "axes", "behavior", "bins", "external_inputs", "not_observed", "rates_hz", "signal", "source_bin_ms",
        "start_s", "times", "unit_id",
    ]

    /// Arrays, or columns of a matrix, with an entry a spike.
    private func spikeTimes(
        _ spikes: ManifestMapping, beside source: RecordingSource
    ) throws -> RecordingSource.SpikeTimes {
        _ = try optional("spikes", only: Self.arrayFormats)
        guard source.eventWindow != nil else {
            throw root.contradiction(
                "spikes", "names spike times, from which \"align\" cuts trials; it is missing")
        }
        for key in Self.keysOfCounts where root.optional(key) != nil {
            throw root.contradiction(
                key, "has no meaning beside spike times, which are counted in bins of bin_ms")
        }
        let times = RecordingSource.SpikeTimes(
            times: try spikes.required("times").text(), units: try spikes.required("units").text(),
            trials: try spikes.optional("trials")?.text(), table: try spikes.optional("table")?.text(),
            columns: try spikes.optional("columns").flatMap { try Self.names($0, of: "columns") } ?? [])
        guard times.columns.isEmpty || times.table != nil else {
            throw spikes.contradiction(
                "columns", "needs \"table\", the name of the matrix whose columns they are")
        }
        return times
    }

    /// `none`, a list of channels (in `nwb` time series), or datasets with their channels.
    func readBehavior(into source: inout RecordingSource) throws {
        guard let value = root.optional("behavior") else { return }
        guard value.kind == .mapping else {
            source.behaviorChannels = try Self.names(
                value, of: format == .nwb ? "time series" : "channels")
            if source.behaviorChannels == nil {
                source.datasets.behavior = .omitted
            } else if format == .npy {
                throw root.contradiction(
                    "behavior", "should name files for the format npy, such as {force.npy: [x, y]}")
            }
            return
        }
        guard Self.arrayFormats.contains(format) else {
            throw root.contradiction(
                "behavior",
                "should be a list of \(format == .nwb ? "time series" : "channels") for the format "
                    + format.rawValue)
        }
        source.behaviorDatasets = try value.mapping().all().map { dataset, columns in
            if columns.kind == .scalar, try columns.text() == "all" {
                return RecordingSource.BehaviorDataset(dataset, channels: nil)
            }
            guard columns.kind == .list, let names = try Self.names(columns, of: "channels") else {
                throw columns.wrongType(expected: "a list of channels or \"all\"")
            }
            return RecordingSource.BehaviorDataset(dataset, channels: names)
        }
    }
}
