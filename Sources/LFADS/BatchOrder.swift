import LinearAlgebra

/// Which trials stand in which update of an epoch.
///
/// Every update takes the same number of trials from every session: the batch size divided by the
/// number of sessions, so that each day has the same say however many trials it has. An epoch is as
/// long as the longest session needs; shorter ones go round again, in a new order each time. The
/// order is keyed by (seed, session's name, epoch, round) and by nothing else. Where a round ends within
/// an update, a trial may stand in it twice; both then draw the same noise and masks.
struct BatchOrder {
    let trialsPerUpdate: [Int]
    let updates: Int

    init(_ sessions: [SessionTrials], batchSize: Int) {
        let share = max(1, batchSize / max(1, sessions.count))
        trialsPerUpdate = sessions.map { min(share, $0.trainingTrials.count) }
        updates =
            zip(sessions, trialsPerUpdate).map { session, count in
                (session.trainingTrials.count + count - 1) / count
            }.max() ?? 0
    }

    func batches(_ sessions: [SessionTrials], seed: UInt64, epoch: Int) -> [Batch] {
        var orders: [[Int]] = []
        for (session, count) in zip(sessions, trialsPerUpdate) {
            var order: [Int] = []
            var round: UInt32 = 0
            while order.count < updates * count {
                let permutation = RandomStream(
                    seed: seed, key: session.randomKey, purpose: RandomPurpose.shuffle, item: round,
                    step: UInt32(epoch)
                ).permutation(session.trainingTrials.count)
                order.append(contentsOf: permutation.map { session.trainingTrials[$0] })
                round += 1
            }
            orders.append(order)
        }
        return (0..<updates).map { update in
            Batch(
                parts: sessions.indices.map { index in
                    let count = trialsPerUpdate[index]
                    return Batch.Part(
                        session: index,
                        trials: Array(orders[index][(update * count)..<((update + 1) * count)]))
                })
        }
    }
}
