/// Changes of a session's trials before a training step, every draw given.
struct ReferenceAugmentation: Sendable {
    /// By how many bins each spike moves, trial by trial, spikes in the order of bins and then of units; nil = none
    /// does
    var spikeMoves: [[Int]]?
    /// By how many bins each unit is shifted, trial by trial; nil = none is
    var shifts: [[Int]]?

    /// A trial's bins × units as the step sees them.
    ///
    /// - Parameter observed: 1 where a sample was observed; nil = everywhere
    func applied(to counts: [[Double]], observed: [[Double]]? = nil, position: Int) -> [[Double]] {
        var result = counts
        if let moves = spikeMoves?[position] { result = jittered(result, observed, moves) }
        return shifted(result, position: position)
    }

    /// Shifts alone: where samples were observed moves with their units, and not with spikes.
    func shifted(_ values: [[Double]], position: Int) -> [[Double]] {
        shifts.map { shifted(values, $0[position]) } ?? values
    }

    /// Every unit by itself; the values at the edges are repeated.
    private func shifted(_ values: [[Double]], _ shifts: [Int]) -> [[Double]] {
        values.indices.map { t in
            shifts.enumerated().map { unit, shift in
                values[min(max(t - shift, 0), values.count - 1)][unit]
            }
        }
    }

    /// Every spike by itself; the first and the last bin are mirrors, and where the unit wasn't observed no spike
    /// comes.
    private func jittered(
        _ counts: [[Double]], _ observed: [[Double]]?, _ moves: [Int]
    ) -> [[Double]] {
        var result = counts.map { $0.map { _ in 0.0 } }
        var left = moves[...]
        for (t, row) in counts.enumerated() {
            for (unit, count) in row.enumerated() {
                for _ in 0..<Int(count) {
                    var bin = t + (left.popFirst() ?? 0)
                    if bin < 0 { bin = -bin }
                    if bin > counts.count - 1 { bin = 2 * (counts.count - 1) - bin }
                    if observed?[bin][unit] == 0 { bin = t }
                    result[bin][unit] += 1
                }
            }
        }
        return result
    }
}
