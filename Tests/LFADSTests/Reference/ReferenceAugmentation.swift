/// Changes of a session's trials before a training step, every draw given.
struct ReferenceAugmentation: Sendable {
    /// By how many bins each spike moves, trial by trial, spikes in the order of bins and then of units; nil = none
    /// does
    var spikeMoves: [[Int]]?
    /// By how many bins each unit is shifted, trial by trial; nil = none is
    var shifts: [[Int]]?

    /// A trial's bins × units as the step sees them.
    func applied(to counts: [[Double]], position: Int) -> [[Double]] {
        var result = counts
        if let moves = spikeMoves?[position] { result = jittered(result, moves) }
        if let shifts = shifts?[position] { result = shifted(result, shifts) }
        return result
    }

    /// Every unit by itself; the values at the edges are repeated.
    private func shifted(_ values: [[Double]], _ shifts: [Int]) -> [[Double]] {
        values.indices.map { t in
            shifts.enumerated().map { unit, shift in
                values[min(max(t - shift, 0), values.count - 1)][unit]
            }
        }
    }

    /// Every spike by itself; the first and the last bin are mirrors.
    private func jittered(_ counts: [[Double]], _ moves: [Int]) -> [[Double]] {
        var result = counts.map { $0.map { _ in 0.0 } }
        var left = moves[...]
        for (t, row) in counts.enumerated() {
            for (unit, count) in row.enumerated() {
                for _ in 0..<Int(count) {
                    var bin = t + (left.popFirst() ?? 0)
                    if bin < 0 { bin = -bin }
                    if bin > counts.count - 1 { bin = 2 * (counts.count - 1) - bin }
                    result[bin][unit] += 1
                }
            }
        }
        return result
    }
}
