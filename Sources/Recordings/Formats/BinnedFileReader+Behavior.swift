import ArrayFiles
import Messages
import TrialArrays

/// Behaviour from the usual dataset, or from those that the manifest names.
extension BinnedFileReader {
    private static let kind = "behaviour channels"

    /// `[trials, bins, channels]`
    func readBehavior(like spikes: ShapedArray<Float>, bins: BinAxis) throws -> TrialArray {
        guard let datasets = source.behaviorDatasets else {
            return try channels(
                source.datasets.behavior, usual: "behavior", attribute: "behavior_names",
                kind: Self.kind, allowed: .finiteOrMissing, like: spikes, bins: bins)
        }
        let parts = try datasets.map { try channels(of: $0, like: spikes, bins: bins) }
        return try TrialArray.noChannels(trials: TrialAxis(count: spikes.shape[0]), bins: bins)
            .appending(channels: parts, in: file.path)
    }

    private func channels(
        of wanted: RecordingSource.BehaviorDataset, like spikes: ShapedArray<Float>, bins: BinAxis
    ) throws -> TrialArray {
        let dataset = wanted.dataset
        let array = try array(
            dataset, expected: [spikes.shape[0], spikes.shape[1], nil], lastAxis: "channels",
            like: source.datasets.spikes)
        try checks.require(.finiteOrMissing, array, dataset: dataset)
        let count = array.shape[2]
        func named(_ names: [String]) -> TrialArray {
            TrialArray(
                trials: TrialAxis(count: array.shape[0]), bins: bins,
                columns: ColumnAxis(.channel, names: names), values: array.values)
        }
        let own =
            try file.file.texts(named: "\(dataset)_names", of: nil)
            ?? file.file.texts(named: "names", of: dataset)
        if own == nil, let names = wanted.channels {
            guard names.count == count else {
                throw RecordingError.channelCount(
                    source: file.path, dataset: dataset, listed: names.count, columns: count)
            }
            return named(names)
        }
        let names = try file.columnNames(
            attribute: "\(dataset)_names", dataset: dataset, count: count, kind: Self.kind,
            made: source.format == .npy && dataset.hasSuffix(".npy") ? String(dataset.dropLast(4)) : dataset)
        guard let chosen = wanted.channels else { return named(names) }
        let kept = try chosen.map { channel in
            guard let index = names.firstIndex(of: channel) else {
                throw RecordingError.unknownBehavior(
                    source: "\"\(dataset)\" in \(file.path)", channel: channel,
                    found: NearestName.sorted(names, to: channel))
            }
            return index
        }
        return named(names).selecting(columns: kept)
    }
}
