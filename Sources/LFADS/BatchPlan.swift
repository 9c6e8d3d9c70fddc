/// Which trials an update or an inference pass works on, sessions stacked in order.
struct Batch: Sendable {
    struct Part: Sendable {
        let session: Int
        let trials: [Int]
    }
    var parts: [Part]
    var rowCount: Int { parts.reduce(0) { $0 + $1.trials.count } }
}

/// A run of consecutive rows of a batch: the unit of parallel work.
///
/// The cut depends on the batch alone, never on the number of workers, so that sums come out with the
/// same bits on any machine of the same kind.
struct Shard: Sendable {
    struct Segment: Sendable {
        let session: Int
        let trials: ArraySlice<Int>
        /// First row of the segment within the shard.
        let firstRow: Int
        /// First of its rows within the batch.
        let batchRow: Int
        var count: Int { trials.count }
    }
    var segments: [Segment]
    var rows: Int { segments.reduce(0) { $0 + $1.count } }

    /// Enough rows to keep the products efficient, few enough that two workers share a small batch.
    static let targetRows = 64

    /// Cuts a batch into shards of nearly equal size.
    static func cut(_ batch: Batch, targetRows: Int = targetRows) -> [Shard] {
        let total = batch.rowCount
        guard total > 0 else { return [] }
        var count = (total + targetRows - 1) / targetRows
        // An even number lets two workers finish together.
        if count % 2 == 1, total >= targetRows / 2 { count += 1 }
        let bounds = (0...count).map { $0 * total / count }
        var shards = [Shard](repeating: Shard(segments: []), count: count)
        var partStart = 0
        for part in batch.parts {
            let partEnd = partStart + part.trials.count
            for index in 0..<count {
                let low = max(partStart, bounds[index])
                let high = min(partEnd, bounds[index + 1])
                guard low < high else { continue }
                shards[index].segments.append(
                    Segment(
                        session: part.session,
                        trials: part.trials[(low - partStart)..<(high - partStart)],
                        firstRow: low - bounds[index], batchRow: low))
            }
            partStart = partEnd
        }
        return shards
    }
}
