import Alignment
import LinearAlgebra

extension SharedTrajectories {
    /// What the read-ins of a model make of the days' condition averages, mean over the days that have a
    /// condition: what a day is to be aligned to where the model's space is not that of an alignment
    /// here, or no longer is, as its read-ins have learnt.
    ///
    /// - Parameter days: the model's days, and their read-ins.
    /// - Returns: `nil` where no session has labels.
    init?(_ days: [(session: PreparedSession, readIn: ReadInMap)], smoothingMilliseconds: Double) {
        let alignable = days.map(\.session.alignable)
        let list = ConditionList(alignable)
        var sums: [String: [Double]] = [:]
        var shares: [String: Double] = [:]
        var (bins, components) = (0, 0)
        for (day, alignable) in zip(days, alignable) {
            guard
                let averages = ConditionAverages(
                    alignable, list, smoothingMilliseconds: smoothingMilliseconds)
            else { continue }
            let images = day.readIn.applied(to: averages.seen)
            (bins, components) = (averages.binCount, images.columns)
            let size = bins * components
            for (index, condition) in averages.conditions.enumerated() {
                let own = images.values[(index * size)..<((index + 1) * size)]
                sums[condition] = sums[condition].map { zip($0, own).map(+) } ?? Array(own)
                shares[condition, default: 0] += 1
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
                        (sums[condition] ?? []).map { $0 / (shares[condition] ?? 1) }
                    })
            ).inSinglePrecision
    }
}

extension PreparedSession {
    /// The session's condition averages regressed on trajectories, over the conditions that both have: its read-in.
    ///
    /// - Parameter trajectories: `nil` for those of a run without labelled sessions.
    /// - Throws: `AlignmentError.nothingInCommon` without labels in common, `LinearAlgebraError`.
    func regression(
        on trajectories: SharedTrajectories?, _ settings: AlignmentSettings,
        near known: RidgeRegression? = nil
    ) throws -> (SharedTrajectories.Regression, ConditionAverages) {
        let alignable = self.alignable
        let averages = ConditionAverages(
            alignable, ConditionList([alignable]), smoothingMilliseconds: settings.smoothingMilliseconds)
        guard let trajectories, let averages else {
            throw AlignmentError.nothingInCommon(session: name, isContinuous: alignable.isContinuous)
        }
        return (try trajectories.regression(of: alignable, averages, near: known), averages)
    }
}
