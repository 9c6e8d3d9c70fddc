import Alignment
import LFADS
import LinearAlgebra

extension SharedTrajectories {
    /// What the read-ins of a model make of the days' condition averages, mean over the days that have a
    /// condition: what a day is to be aligned to where the model's space is not that of an alignment
    /// here.
    ///
    /// `nil` where no session has labels.
    init?(readInsOf model: StitchedModel, _ sessions: [PreparedSession], smoothingMilliseconds: Double) {
        let alignable = sessions.map(\.alignable)
        let list = ConditionList(alignable)
        var sums: [String: [Double]] = [:]
        var days: [String: Double] = [:]
        var (bins, components) = (0, 0)
        for (session, alignable) in zip(sessions, alignable) {
            guard
                let averages = ConditionAverages(
                    alignable, list, smoothingMilliseconds: smoothingMilliseconds)
            else { continue }
            let images = ReadInMap(model, session).applied(to: averages.smoothed)
            (bins, components) = (averages.binCount, images.columns)
            let size = bins * components
            for (index, condition) in averages.conditions.enumerated() {
                let own = images.values[(index * size)..<((index + 1) * size)]
                sums[condition] = sums[condition].map { zip($0, own).map(+) } ?? Array(own)
                days[condition, default: 0] += 1
            }
        }
        guard !sums.isEmpty else { return nil }
        let conditions = list.names.filter { sums[$0] != nil }
        self =
            SharedTrajectories(
                conditions: conditions, binCount: bins,
                scores: Matrix(
                    rows: conditions.count * bins, columns: components,
                    values: conditions.flatMap { condition in
                        (sums[condition] ?? []).map { $0 / (days[condition] ?? 1) }
                    })
            ).inSinglePrecision
    }
}
