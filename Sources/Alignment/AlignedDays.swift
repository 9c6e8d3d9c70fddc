public import LFADS
import LinearAlgebra
import Messages

/// How one session was brought into the shared space: start values of its read-in and read-out.
public struct AlignedDay: Sendable {
    /// Name of the session.
    public let session: String
    /// Units of the session, held-out ones too.
    public let units: Int
    /// Trials of the session, held-out ones too.
    public let trials: Int
    /// Conditions that it shares with other sessions; 0 without labels.
    public let conditions: Int
    /// R² of the regression from this session's condition averages to the shared trajectories, on
    /// conditions left out; NaN where there are too few.
    public let heldOutR2: Double
    /// Ridge penalty that cross-validation chose.
    public let penalty: Double
    /// Correlation of this session's condition averages of behaviour with the other days'.
    public let conditionAgreement: Double?
    /// Correlation of the geometry of this session's conditions with the other days'; `nil` for a day alone, or
    /// with fewer than three conditions in common.
    public let geometryAgreement: Double?
    /// Share of shuffled labels of this session under which `geometryAgreement` is at least as high.
    public let geometryChance: Double?
    /// Sentences about what is doubtful in this session; empty where nothing is.
    public let warnings: [String]
    /// Start values, units in the session's order.
    public let maps: SessionMaps
}

/// The days of a run brought into one space by principal-components regression (Pandarinath et al. 2018,
/// Online Methods, "multi-session stitching"), training trials only.
public struct AlignedDays: Sendable {
    /// Dimensions of the shared space, and of every read-in.
    public let components: Int
    /// In the order of the sessions given.
    public let days: [AlignedDay]
    /// What the days share; `nil` where no session has labels.
    public let trajectories: SharedTrajectories?

    /// Conditions that the shared trajectories stand for.
    public var conditions: [String] { trajectories?.conditions ?? [] }
    /// Share of variance of each component.
    public var explainedShare: [Double] { trajectories?.explainedShare ?? [] }

    /// Those of all days together, then those of each.
    public var warnings: [String] { commonWarnings + days.flatMap(\.warnings) }
    private let commonWarnings: [String]
    /// Sentences about what isn't believed of the days and does no harm.
    public let notes: [String]

    /// Aligns sessions: shared trajectories from the condition averages of all, and for each session a
    /// regression onto these.
    ///
    /// - Parameters:
    ///   - sessions: in the run's order.
    ///   - settings: smoothing, and what becomes of sessions without labels.
    ///   - components: read-in dimensions.
    ///   - factorCount: columns of the read-out.
    ///   - observation: what the read-out's rows are parameters of.
    ///   - threads: days that are regressed at once; results do not depend on it.
    /// - Throws: `AlignmentError.unlabelledSession`, `.conditionsNotConnected`, or `LinearAlgebraError`.
    public init(
        _ sessions: [AlignableSession], settings: AlignmentSettings, components: Int,
        factorCount: Int, observation: ObservationModel, threads: Int = 1
    ) throws {
        self.components = components
        let list = ConditionList(sessions)
        let averages = try SideBySide.map(sessions.count, threads: threads) {
            ConditionAverages(sessions[$0], list, smoothingMilliseconds: settings.smoothingMilliseconds)
        }
        for (session, averages) in zip(sessions, averages) where averages == nil {
            guard settings.unlabelled == .ownPCA || sessions.count == 1 else {
                throw AlignmentError.unlabelledSession(
                    session.name, trialsWithoutLabel: session.conditions.count { $0 == nil },
                    isContinuous: session.isContinuous)
            }
        }
        try Self.requireConnected(
            zip(sessions, averages).compactMap { session, averages in
                averages.map { (session.name, $0) }
            })
        let labelled = averages.compactMap { $0 }
        let trajectories =
            labelled.isEmpty ? nil : try SharedTrajectories(labelled, components: components)
        self.trajectories = trajectories
        commonWarnings = Self.warnings(
            components: components, factorCount: factorCount, trajectories: trajectories)

        let checks = try LabelChecks(
            sessions, averages, list, smoothingMilliseconds: settings.smoothingMilliseconds, threads: threads)
        notes = checks.notes
        days = try SideBySide.map(sessions.count, threads: threads) { index in
            guard let averages = averages[index], let trajectories else {
                return try OwnComponents.align(
                    sessions[index], settings: settings, components: components,
                    factorCount: factorCount, observation: observation,
                    isAlone: sessions.count == 1)
            }
            return try AlignedDay(
                sessions[index], averages, trajectories, checks.ofDays[index], factorCount: factorCount,
                observation, settings.readOutStart, isAlone: sessions.count == 1)
        }
    }

    private static func warnings(
        components: Int, factorCount: Int, trajectories: SharedTrajectories?
    ) -> [String] {
        var warnings: [String] = []
        if factorCount > components {
            warnings.append(
                "alignment.components is \(components) and model.fac_dim is \(factorCount): factors "
                    + "beyond the components start without read-out weights, and stay unused unless "
                    + "train.lr_readout_scale is above 0")
        }
        if let trajectories, trajectories.usable < components {
            warnings.append(
                "alignment.components is \(components), but the condition averages vary in "
                    + "\(trajectories.usable) directions only: the other components are left out; more "
                    + "conditions, trials or units would show more of them")
        }
        return warnings
    }

    /// Sessions must hang together through common conditions: two groups without a common condition
    /// would get two unrelated spaces.
    private static func requireConnected(_ sessions: [(name: String, averages: ConditionAverages)]) throws {
        guard sessions.count > 1 else { return }
        var group = Array(sessions.indices)
        var owner: [String: Int] = [:]
        func root(_ index: Int) -> Int {
            var index = index
            while group[index] != index { index = group[index] }
            return index
        }
        for (index, session) in sessions.enumerated() {
            for condition in session.averages.conditions {
                if let other = owner[condition] {
                    group[root(index)] = root(other)
                } else {
                    owner[condition] = index
                }
            }
        }
        let roots = Set(sessions.indices.map(root))
        guard roots.count > 1 else { return }
        throw AlignmentError.conditionsNotConnected(
            groups: roots.sorted().map { r in
                sessions.indices.filter { root($0) == r }.map { sessions[$0].name }
            })
    }
}

extension AlignedDay {
    /// Ridge regression onto the shared trajectories gives the read-in, Poisson regression of the
    /// counts on the trajectories the read-out.
    fileprivate init(
        _ session: AlignableSession, _ averages: ConditionAverages,
        _ trajectories: SharedTrajectories, _ checks: LabelChecks.OfDay, factorCount: Int,
        _ observation: ObservationModel, _ readOutStart: AlignmentSettings.ReadOutKind, isAlone: Bool
    ) throws {
        let regression = try trajectories.regression(of: session, averages)
        let (rows, weights, groups) = (regression.rows, averages.rowWeights, averages.groups)
        let readOut = try ReadOutStart(
            observation, trajectories: regression.target,
            counts: averages.counts.selecting(rows: rows),
            observationWeights: rows.map { weights[$0] }, groups: rows.map { groups[$0] },
            factorCount: factorCount, kind: readOutStart,
            scatter: observation == .poisson
                ? nil : averages.scatter(session).selecting(rows: rows))
        self.session = session.name
        units = session.counts.columnCount
        trials = session.counts.trialCount
        conditions = regression.conditionCount
        heldOutR2 = regression.heldOutR2
        penalty = regression.map.penalty
        conditionAgreement = checks.agreement.correlation
        geometryAgreement = checks.geometry?.correlation
        geometryChance = checks.geometry?.chance
        maps = SessionMaps(readIn: regression.readIn, readOut: readOut.map)
        warnings = Self.warnings(session, checks, conditions: regression.conditionCount, isAlone: isAlone)
    }

    private static func warnings(
        _ session: AlignableSession, _ checks: LabelChecks.OfDay, conditions: Int, isAlone: Bool
    ) -> [String] {
        var warnings: [String] = []
        let unlabelled = session.trainingTrials.count { session.conditions[$0] == nil }
        if unlabelled > 0 {
            warnings.append(
                "session \(session.name): \(unlabelled) of \(session.trainingTrials.count) training "
                    + "trials have no condition label and take no part in the alignment")
        }
        if let warning = checks.warning { warnings.append(warning) }
        guard !isAlone else { return warnings }
        if let warning = checks.geometry?.warning(session: session.name) { warnings.append(warning) }
        if checks.isUntestable {
            warnings.append(
                "session \(session.name): it has "
                    + (conditions == 1 ? "a single condition" : "fewer than three conditions")
                    + " in common with any other day, so its labels can't be tested by its neurons; whether "
                    + "this day stitches is not known")
        }
        return warnings
    }
}
