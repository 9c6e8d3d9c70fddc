import Messages
public import LFADS
import LinearAlgebra

/// How one session was brought into the shared space: start values of its read-in and read-out.
public struct SessionAlignment: Sendable {
    public let session: String
    public let units: Int
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
    public let warnings: [String]
    /// `[components, encoded units]`, units in the model's order.
    let readInWeights: [Float]
    let readInBias: [Float]
    let readOut: ReadOutStart
}

/// Alignment of all sessions of a run by principal-components regression (Pandarinath et al. 2018,
/// Online Methods, "multi-session stitching"), training trials only.
public struct Alignment: Sendable {
    public let components: Int
    public let sessions: [SessionAlignment]
    /// Conditions that the shared trajectories stand for.
    public let conditions: [String]
    /// Shared trajectories `[conditions · bins, components]`.
    let trajectories: SharedTrajectories?
    public var explainedShare: [Double] { trajectories?.explainedShare ?? [] }

    /// Those of the run, then those of its sessions.
    public var warnings: [String] { runWarnings + sessions.flatMap(\.warnings) }
    private let runWarnings: [String]

    /// - Parameters:
    ///   - sessions: in the run's order.
    ///   - components: read-in dimensions. - factorCount: columns of the read-out.
    /// - Throws: `StitchingError.unlabelledSession`, `.conditionsNotConnected`, or
    ///   `LinearAlgebraError`.
    public init(
        _ sessions: [PreparedSession], settings: AlignmentSettings, components: Int,
        factorCount: Int, observation: ObservationModel
    ) throws {
        self.components = components
        let list = ConditionList(sessions)
        let labels = sessions.map { list.labels(of: $0) }
        for (session, labels) in zip(sessions, labels) where labels == nil {
            guard settings.unlabelled == .ownPCA || sessions.count == 1 else {
                throw StitchingError.unlabelledSession(
                    session.name,
                    trialsWithoutLabel: session.recording.trials.filter { $0.condition == nil }.count,
                    isContinuous: session.recording.chop != nil)
            }
        }
        let labelled = sessions.indices.filter { labels[$0] != nil }
        let averages = labelled.map { index in
            ConditionAverages(
                sessions[index], labels: labels[index] ?? [],
                standardDeviation: settings.smoothingMilliseconds
                    / sessions[index].recording.binMilliseconds)
        }
        try Self.requireConnected(labelled.map { sessions[$0].name }, averages, list)
        trajectories =
            labelled.isEmpty
            ? nil
            : try SharedTrajectories(
                averages, encodedUnits: labelled.map { sessions[$0].encodedUnitCount },
                components: components)
        runWarnings = Self.warnings(
            components: components, factorCount: factorCount, trajectories: trajectories)
        conditions = trajectories.map { $0.conditions.map { list.names[$0] } } ?? []

        let agreements = ConditionAgreement.all(sessions, list)
        var aligned: [SessionAlignment] = []
        for (index, session) in sessions.enumerated() {
            if let place = labelled.firstIndex(of: index), let trajectories {
                aligned.append(
                    try Self.regress(
                        session, averages[place], trajectories, agreements[index], factorCount,
                        observation, settings.readOutStart, isAlone: sessions.count == 1))
            } else {
                aligned.append(
                    try OwnComponents.align(
                        session, settings: settings, components: components,
                        factorCount: factorCount, observation: observation,
                        isAlone: sessions.count == 1))
            }
        }
        self.sessions = aligned
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

    /// Ridge regression onto the shared trajectories gives the read-in, Poisson regression of the
    /// counts on the trajectories the read-out.
    private static func regress(
        _ session: PreparedSession, _ averages: ConditionAverages,
        _ trajectories: SharedTrajectories, _ agreement: ConditionAgreement, _ factorCount: Int,
        _ observation: ObservationModel, _ readOutStart: AlignmentSettings.ReadOutKind, isAlone: Bool
    ) throws -> SessionAlignment {
        let rows = trajectories.commonRows(averages)
        let groups = rows.own.map { averages.groups[$0] }
        let target = trajectories.scores.selecting(rows: rows.shared)
        let (fit, heldOutR2) = try RidgeRegression.crossValidated(
            regressors: averages.smoothed.selecting(rows: rows.own)
                .leading(columns: session.encodedUnitCount),
            targets: target, groups: groups, folds: 10)
        let readOut = try ReadOutStart(
            observation, trajectories: target, counts: averages.counts.selecting(rows: rows.own),
            observationWeights: rows.own.map { averages.rowWeights[$0] }, groups: groups,
            factorCount: factorCount, kind: readOutStart,
            scatter: observation == .poisson
                ? nil : averages.scatter(session).selecting(rows: rows.own))
        var warnings: [String] = []
        let unlabelled = session.trainingTrials.filter {
            session.recording.trials[$0].condition == nil
        }.count
        if unlabelled > 0 {
            warnings.append(
                "session \(session.name): \(unlabelled) of \(session.trainingTrials.count) training "
                    + "trials have no condition label and take no part in the alignment")
        }
        if let warning = agreement.warning(session: session.name) { warnings.append(warning) }
        if heldOutR2.isNaN, !isAlone {
            warnings.append(
                "session \(session.name): it has a single condition in common with the other days, so "
                    + "the regression onto the shared trajectories can't be tested on conditions left "
                    + "out; whether this day stitches is not known")
        } else if heldOutR2 < 0.5 {
            warnings.append(
                "session \(session.name): the regression onto the shared trajectories predicts "
                    + "conditions left out with R² \(rounded(heldOutR2)); this day may not stitch")
        }
        return SessionAlignment(
            session: session.name, units: session.recording.units.count,
            trials: session.recording.trialCount, conditions: groups.count / averages.binCount,
            heldOutR2: heldOutR2, penalty: fit.penalty, conditionAgreement: agreement.correlation,
            warnings: warnings, readInWeights: fit.weights.transposed.values.map { Float($0) },
            readInBias: fit.intercepts.map { Float($0) }, readOut: readOut)
    }

    /// Sessions must hang together through common conditions: two groups without a common condition
    /// would get two unrelated spaces.
    private static func requireConnected(
        _ names: [String], _ averages: [ConditionAverages], _ list: ConditionList
    ) throws {
        guard names.count > 1 else { return }
        var group = Array(names.indices)
        var owner: [Int: Int] = [:]
        func root(_ index: Int) -> Int {
            var index = index
            while group[index] != index { index = group[index] }
            return index
        }
        for (index, average) in averages.enumerated() {
            for condition in average.conditions {
                if let other = owner[condition] {
                    group[root(index)] = root(other)
                } else {
                    owner[condition] = index
                }
            }
        }
        let roots = Set(names.indices.map(root))
        guard roots.count > 1 else { return }
        let groups = roots.sorted().map { r in names.indices.filter { root($0) == r }.map { names[$0] } }
        throw StitchingError.conditionsNotConnected(groups: groups)
    }

    /// Writes every session's start values into a model.
    public func apply(to model: StitchedModel) throws {
        for session in sessions {
            try model.setMaps(
                SessionMaps(
                    readIn: AffineMap(weights: session.readInWeights, bias: session.readInBias),
                    readOut: AffineMap(weights: session.readOut.weights, bias: session.readOut.bias)),
                ofSession: session.session)
        }
    }
}
