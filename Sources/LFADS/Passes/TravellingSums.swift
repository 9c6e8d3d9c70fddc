/// What goes from process to process in an update: the gradient's sums, each tensor as shards keep it, and the losses
/// of the rows.
final class TravellingSums {
    let sums: FloatBuffer
    /// Three terms of each row.
    private let losses: DoubleBuffer
    private let rows: Int
    /// Bands of each block of the sums.
    private let bands: [Range<Int>]
    /// The sums' and, as the last one, the losses'.
    private let blocks: [UnsafeMutableRawBufferPointer]

    /// As many elements as make a message that is worth its way, and few enough that several are on it at once.
    private static let blockElements = 1 << 16

    init(_ table: ParameterTable, _ reduction: GradientReduction, rows: Int) {
        sums = FloatBuffer(table.count)
        losses = DoubleBuffer(3 * rows)
        self.rows = rows
        let parts = reduction.blocks(of: Self.blockElements)
        bands = parts.map(\.bands)
        let base = sums.base
        blocks =
            parts.map {
                UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(start: base + $0.places.lowerBound, count: $0.places.count))
            } + [
                UnsafeMutableRawBufferPointer(
                    UnsafeMutableBufferPointer(start: losses.base, count: 3 * rows))
            ]
    }

    /// Adds this process's part to what the others have, and leaves all of it in the flat gradient and in `rowLosses`.
    ///
    /// - Parameter own: rows whose losses this process has computed.
    func combine(
        _ reduction: GradientReduction, _ rowLosses: RowLosses, own: Range<Int>, _ relay: any Relay,
        _ team: WorkerTeam
    ) throws {
        let terms = [rowLosses.reconstruction, rowLosses.initialConditionKL, rowLosses.inferredInputKL]
        try relay.pass(blocks) { block in
            if block < bands.count {
                reduction.step = .part(of: bands[block], sums)
                team.run(reduction)
            } else {
                for (place, term) in terms.enumerated() {
                    (losses.base + place * rows + own.lowerBound)
                        .update(from: term.base + own.lowerBound, count: own.count)
                }
            }
        }
        reduction.step = .end(sums)
        team.run(reduction)
        reduction.step = .whole
        for (place, term) in terms.enumerated() {
            term.base.update(from: losses.base + place * rows, count: rows)
        }
    }

    var byteCount: Int { sums.byteCount + losses.byteCount }
}
