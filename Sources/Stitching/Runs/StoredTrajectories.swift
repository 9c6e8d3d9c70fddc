import ArrayFiles
import LFADS
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

extension StoredTrajectories {
    /// What the read-ins of a model make of the days' condition averages, mean over the days that have a
    /// condition: what a day is to be aligned to where the model's space is not that of an alignment
    /// here.
    ///
    /// `nil` where no session has labels.
    init?(readInsOf model: StitchedModel, _ sessions: [PreparedSession], smoothingMilliseconds: Double) {
        let list = ConditionList(sessions)
        var sums: [Int: [Double]] = [:]
        var days: [Int: Double] = [:]
        var bins = 0
        var components = 0
        for session in sessions {
            guard let labels = list.labels(of: session) else { continue }
            let averages = ConditionAverages(
                session, labels: labels,
                standardDeviation: smoothingMilliseconds / session.recording.binMilliseconds)
            let images = ReadInMap(model, session).applied(to: averages.smoothed)
            (bins, components) = (averages.binCount, images.columns)
            for (index, condition) in averages.conditions.enumerated() {
                let size = bins * components
                let own = images.values[(index * size)..<((index + 1) * size)]
                sums[condition] = sums[condition].map { zip($0, own).map(+) } ?? Array(own)
                days[condition, default: 0] += 1
            }
        }
        guard !sums.isEmpty else { return nil }
        let conditions = sums.keys.sorted()
        self.init(
            conditions: conditions.map { list.names[$0] }, binCount: bins, components: components,
            scores: conditions.flatMap { condition in
                (sums[condition] ?? []).map { Float($0 / (days[condition] ?? 1)) }
            })
    }

    /// As checkpoints and model files keep them.
    func write(to file: HDF5File) throws {
        try file.write(
            ShapedArray(shape: [conditions.count], values: conditions), to: "shared/conditions")
        try file.write(
            ShapedArray(shape: [conditions.count, binCount, components], values: scores),
            to: "shared/trajectories")
    }

    /// `nil` where the file has none.
    ///
    /// - Parameter error: for a problem, in words.
    /// - Throws: such an error where they can't be what they should: a day that joins is aligned to them.
    static func read(
        _ file: HDF5File, otherwise error: (_ problem: String) -> any Error
    ) throws -> StoredTrajectories? {
        guard file.exists("shared/trajectories") else { return nil }
        let names = try file.strings("shared/conditions").values
        let scores = try file.floats("shared/trajectories")
        guard scores.shape.count == 3, scores.shape[0] == names.count, !scores.shape.contains(0) else {
            throw error(
                "they have shape \(scores.shape) for \(names.count) conditions, in place of conditions × "
                    + "bins × components")
        }
        var known = Set<String>()
        if let name = names.first(where: { !known.insert($0).inserted }) {
            throw error("two conditions are called \"\(name)\"")
        }
        if let place = scores.values.firstIndex(where: { !$0.isFinite }) {
            throw error("element \(place) is not a finite number")
        }
        return StoredTrajectories(
            conditions: names, binCount: scores.shape[1], components: scores.shape[2],
            scores: scores.values)
    }
}
