import LinearAlgebra

/// Which trials stand in which update of an epoch.
///
/// Every update takes the same number of trials from every session: the batch size divided by the
/// number of sessions, so that each day has the same say however many trials it has. An epoch is as
/// long as the longest session needs; shorter ones go round again, in a new order each time. The
/// order is keyed by (seed, session's name, epoch, round) and by nothing else. Where a round ends within
/// an update, a trial may stand in it twice; both then draw the same noise and masks.
final class BatchOrder {
    let trialsPerUpdate: [Int]
    let updates: Int
    private let rows: BatchRows
    private let rowsPerUpdate: Int

    init(_ sessions: [SessionOutline], batchSize: Int) {
        let share = max(1, batchSize / max(1, sessions.count))
        let counts = sessions.map { min(share, $0.trainingTrials.count) }
        trialsPerUpdate = counts
        updates =
            zip(sessions, counts).map { session, count in
                (session.trainingTrials.count + count - 1) / count
            }.max() ?? 0
        rowsPerUpdate = counts.reduce(0, +)
        rows = BatchRows(rowsPerUpdate * updates)
    }

    /// Draws the order of an epoch; `batch` answers for it until the next call.
    func begin(_ sessions: [SessionOutline], seed: UInt64, epoch: Int) {
        var firstRow = 0
        for (index, (session, count)) in zip(sessions, trialsPerUpdate).enumerated() {
            let trials = session.trainingTrials
            var order: [Int] = []
            for n in 0..<(updates * count) {
                if n % trials.count == 0 {
                    order = RandomStream(
                        seed: seed, key: session.randomKey, purpose: RandomPurpose.shuffle,
                        item: UInt32(n / trials.count), step: UInt32(epoch)
                    ).permutation(trials.count)
                }
                rows.base[n / count * rowsPerUpdate + firstRow + n % count] = BatchRow(
                    session: index, trial: trials[order[n % trials.count]], place: n % count)
            }
            firstRow += count
        }
    }

    func batch(_ update: Int) -> Batch {
        Batch(rows: rows, first: update * rowsPerUpdate, count: rowsPerUpdate)
    }
}
