/// Consecutive rows cut into parts of nearly equal size.
struct RowCut: Sendable, Equatable {
    let rows: Int
    let parts: Int

    @inline(__always)
    func range(_ part: Int) -> Range<Int> { (part * rows / parts)..<((part + 1) * rows / parts) }

    var largest: Int { (rows + parts - 1) / max(parts, 1) }

    /// Slices: rows that go through the model together. Enough of them that weights read from the
    /// second-level cache serve several rows, few enough that a slice's activations at one bin stay in it.
    ///
    /// - Parameter workers: the same number of slices for each, unless too few rows were left in them.
    static func slices(_ rows: Int, target: Int = sliceRows, workers: Int = 1) -> RowCut {
        let needed = max(1, (rows + target - 1) / target)
        let even = (needed + workers - 1) / max(workers, 1) * workers
        return RowCut(rows: rows, parts: max(needed, min(even, rows / fewestRows)))
    }

    private static let fewestRows = 4

    /// Three of the highest tiles of the products.
    static let sliceRows = 36
}

/// How the rows of an update are shared out: shards with a gradient of their own, one after the other
/// cut into slices.
///
/// The plan depends on the number of rows per session alone, never on the number of workers, so that
/// sums come out with the same bits on any machine of the same kind.
final class UpdatePlan: Sendable {
    let rowsOfSession: [Int]
    let shards: RowCut
    let slicesPerShard: Int
    /// Where each shard keeps the gradients of the sessions it meets.
    let layouts: [ShardGradientLayout]

    var rowCount: Int { shards.rows }

    var largestSlice: Int {
        RowCut(rows: shards.largest, parts: slicesPerShard).largest
    }

    /// More workers than that find nothing to do; every shard costs a gradient.
    static let mostShards = 16

    init(rowsOfSession: [Int], table: ParameterTable, sliceRows: Int = RowCut.sliceRows) {
        self.rowsOfSession = rowsOfSession
        let rows = rowsOfSession.reduce(0, +)
        let slices = RowCut.slices(rows, target: sliceRows).parts
        slicesPerShard = (slices + Self.mostShards - 1) / Self.mostShards
        var count = (slices + slicesPerShard - 1) / slicesPerShard
        // An even number lets two workers finish together.
        if count % 2 == 1, count < Self.mostShards, rows > sliceRows / 2, rows > count { count += 1 }
        shards = RowCut(rows: rows, parts: count)
        var layouts: [ShardGradientLayout] = []
        for shard in 0..<count {
            let range = shards.range(shard)
            var start = 0
            var touched: [Int] = []
            for (session, sessionRows) in rowsOfSession.enumerated() {
                let end = start + sessionRows
                if max(start, range.lowerBound) < min(end, range.upperBound) { touched.append(session) }
                start = end
            }
            layouts.append(ShardGradientLayout(sessions: touched, table))
        }
        self.layouts = layouts
    }

    /// The slices of a shard, as rows of the batch.
    func slice(_ index: Int, ofShard shard: Int) -> Range<Int> {
        let rows = shards.range(shard)
        let slice = RowCut(rows: rows.count, parts: slicesPerShard).range(index)
        return (rows.lowerBound + slice.lowerBound)..<(rows.lowerBound + slice.upperBound)
    }
}
