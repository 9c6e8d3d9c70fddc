import Messages
import ArrayFiles

/// Behaviour from the usual dataset, or from those that the manifest names.
extension BinnedFileReader {
    private static let kind = "behaviour channels"

    func readBehavior(like spikes: ShapedArray<Float>) throws -> (names: [String], values: [Float]) {
        guard let datasets = source.behaviorDatasets else {
            return try channels(
                source.datasets.behavior, usual: "behavior", attribute: "behavior_names",
                kind: Self.kind, allowed: .finiteOrMissing, like: spikes)
        }
        let parts = try datasets.map { try columns(of: $0, like: spikes) }
        let names = parts.flatMap(\.names)
        if let name = firstDuplicate(in: names) {
            throw RecordingError.duplicateName(source: file.path, kind: Self.kind, name: name)
        }
        var values: [Float] = []
        values.reserveCapacity(spikes.shape[0] * spikes.shape[1] * names.count)
        for row in 0..<spikes.shape[0] * spikes.shape[1] {
            for part in parts {
                for column in part.kept { values.append(part.values[row * part.columnCount + column]) }
            }
        }
        return (names, values)
    }

    private func columns(
        of wanted: RecordingSource.BehaviorDataset, like spikes: ShapedArray<Float>
    ) throws -> (names: [String], kept: [Int], columnCount: Int, values: [Float]) {
        let dataset = wanted.dataset
        let array = try array(
            dataset, expected: [spikes.shape[0], spikes.shape[1], nil], lastAxis: "channels",
            like: source.datasets.spikes)
        try checks.require(.finiteOrMissing, array, dataset: dataset)
        let count = array.shape[2]
        let all = Array(0..<count)
        let own =
            try file.file.texts(named: "\(dataset)_names", of: nil)
            ?? file.file.texts(named: "names", of: dataset)
        if own == nil, let names = wanted.channels {
            guard names.count == count else {
                throw RecordingError.channelCount(
                    source: file.path, dataset: dataset, listed: names.count, columns: count)
            }
            return (names, all, count, array.values)
        }
        let names = try file.columnNames(
            attribute: "\(dataset)_names", dataset: dataset, count: count, kind: Self.kind,
            made: source.format == .npy && dataset.hasSuffix(".npy") ? String(dataset.dropLast(4)) : dataset)
        guard let chosen = wanted.channels else { return (names, all, count, array.values) }
        let kept = try chosen.map { channel in
            guard let index = names.firstIndex(of: channel) else {
                throw RecordingError.unknownBehavior(
                    source: "\"\(dataset)\" in \(file.path)", channel: channel,
                    found: NearestName.sorted(names, to: channel))
            }
            return index
        }
        return (chosen, kept, count, array.values)
    }
}
