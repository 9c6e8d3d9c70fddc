import LinearAlgebra

/// The trajectories that a run's days share, as its checkpoint keeps them: what a day that joins later
/// is aligned to, whatever has become of the other days' recordings.
struct StoredTrajectories: Equatable {
    let conditions: [String]
    let binCount: Int
    let components: Int
    /// `[conditions, bins, components]`
    let scores: [Float]

    init(conditions: [String], binCount: Int, components: Int, scores: [Float]) {
        self.conditions = conditions
        self.binCount = binCount
        self.components = components
        self.scores = scores
    }

    /// `nil` where no session has labels.
    init?(_ alignment: Alignment) {
        guard let trajectories = alignment.trajectories else { return nil }
        conditions = alignment.conditions
        binCount = trajectories.binCount
        components = alignment.components
        scores = trajectories.scores.values.map { Float($0) }
    }

    /// Rows of the scores beside rows of a session's averages, for the conditions that both have.
    func commonRows(
        _ averages: ConditionAverages, _ list: ConditionList
    ) -> (target: Matrix, own: [Int]) {
        var target: [Double] = []
        var own: [Int] = []
        for (index, condition) in averages.conditions.enumerated() {
            guard let place = conditions.firstIndex(of: list.names[condition]) else { continue }
            let size = binCount * components
            target += scores[(place * size)..<((place + 1) * size)].map(Double.init)
            own += (index * binCount)..<((index + 1) * binCount)
        }
        return (Matrix(rows: own.count, columns: components, values: target), own)
    }
}
