import Alignment
import LFADS
import LinearAlgebra

/// The maps of a new day, with the shared part of the model as it is, before they are trained.
///
/// There are several starts (`DayStart`). Of each the read-out is found by Poisson regression of single trials on the
/// factors that the model infers. Without labels it goes on in turns, while the held-out likelihood rises: the read-in by
/// ridge regression of smoothed counts on what those factors stand for at the encoder of the trained days; the read-out
/// again. With labels the read-in stays as these say: it would predict spikes better, and lead away from the other days.
/// The start with the best held-out likelihood is kept.
struct DayAlignment {
    /// What came of a start.
    struct Result: Equatable {
        let start: DayStart
        /// Held-out loss after every round; with labels, first as it began.
        let losses: [Double]
        var isChosen = false
    }

    private let fit: DayFit
    private let run: TrainedRun
    private let smoothed: Matrix
    private let counts: Matrix
    private var session: PreparedSession { fit.session }
    private var outcomes: [(result: Result, parameters: [Float], loss: Double)] = []

    /// A start by moments is preferred to electrodes, or to one of a smaller misfit, if it lowers the held-out loss by
    /// more than this share: two maps that differ by a symmetry of the dynamics predict spikes equally well.
    private static let clearlyLower = 0.005
    private static let rounds = 6

    private init(_ fit: DayFit, _ run: TrainedRun) {
        self.fit = fit
        self.run = run
        let bins = run.settings.model.encodedBinCount
        let trials = fit.session.trainingTrials
        counts = fit.session.observedCounts(trials, bins: bins)
        smoothed = fit.session.smoothedEncoded(
            fit.session.windowAverages(trials, windows: bins, bins: bins),
            milliseconds: run.settings.alignment.smoothingMilliseconds)
    }

    /// Leaves the best maps in the model: from condition labels, near the maps of electrodes that the run's last day has
    /// too, where there are some.
    ///
    /// - Returns: what came of it.
    /// - Throws: `AlignmentError.nothingInCommon`, `LinearAlgebraError`, `LFADSError`
    static func byLabels(_ fit: DayFit, _ run: TrainedRun) throws -> [Result] {
        var alignment = DayAlignment(fit, run)
        // Without labels in common the trained days are not inferred in vain.
        let start = try fit.hasConditionInCommon() ? alignment.electrodesOfLastDay() : nil
        try fit.startFromLabels(
            near: start.map {
                try $0.readIn(TrainedDays(run, but: fit.session.name).last, smoothed: alignment.smoothed)
            })
        try alignment.refine(.labels(electrodes: start?.electrodes ?? 0), encoding: nil)
        return alignment.choose()
    }

    /// Leaves the best maps in the model, for a day without condition labels (in the spirit of NoMAD: Karpowicz et al. 2025,
    /// *Nature Communications*): the frozen model is to see what it sees of the trained days.
    ///
    /// - Returns: one result per start that was refined.
    /// - Throws: `LinearAlgebraError`, `LFADSError`
    static func withoutLabels(_ fit: DayFit, _ run: TrainedRun) throws -> [Result] {
        var alignment = DayAlignment(fit, run)
        let days = try TrainedDays(run, but: fit.session.name)
        if let start = ElectrodeStart(fit.session, last: days.last.session, run.settings.alignment) {
            try fit.setReadIn(AffineMap(start.readIn(days.last, smoothed: alignment.smoothed)))
            try alignment.refine(.electrodes(start.electrodes), encoding: days.encoding)
        }
        for start in try MomentStarts(fit.session, run, days, smoothed: alignment.smoothed).best {
            try fit.setReadIn(start.readIn)
            try alignment.refine(.moments(misfit: start.misfit), encoding: days.encoding)
        }
        return alignment.choose()
    }

    /// The last day is read only where enough of its units have names of this day's.
    private func electrodesOfLastDay() throws -> ElectrodeStart? {
        let names = Set(session.recording.units.map(\.name))
        guard let last = run.sessions.last(where: { $0.name != session.name }),
            try run.registry.units(of: last).count(where: { names.contains($0.name) })
                >= SameElectrodes.fewestUnits
        else { return nil }
        return ElectrodeStart(
            session, last: try run.registry.prepared(last, holdOut: run.settings.holdOut),
            run.settings.alignment)
    }

    private mutating func choose() -> [Result] {
        guard var chosen = outcomes.indices.first else { return [] }
        for index in outcomes.indices.dropFirst() {
            var margin = 0.0
            if case .moments = outcomes[index].result.start { margin = Self.clearlyLower }
            if outcomes[index].loss < outcomes[chosen].loss - margin * abs(outcomes[chosen].loss) {
                chosen = index
            }
        }
        outcomes[chosen].result.isChosen = true
        fit.model.setParameters(outcomes[chosen].parameters)
        return outcomes.map(\.result)
    }

    /// Read-out from factors, read-in from what factors stand for, in turns.
    ///
    /// - Parameter encoding: what factors stand for at the encoder; `nil`: the read-in stays, and the read-out is part of the
    ///   start, and may be the best already.
    private mutating func refine(_ start: DayStart, encoding: RidgeRegression?) throws {
        let trials = session.trainingTrials
        let bins = run.settings.model.encodedBinCount
        let thinned = OwnComponents.thinned(trials: trials.count, bins: bins)
        let rows = thinned.flatMap { ($0 * bins)..<(($0 + 1) * bins) }
        let observed = counts.selecting(rows: rows)
        var losses: [Double] = []
        var best = fit.model.parameterValues
        func measure() throws {
            let loss = try fit.model.reconstructionLoss(session.trials, chosen: session.validationTrials)
            losses.append(loss)
            if losses.allSatisfy({ $0 >= loss }) { best = fit.model.parameterValues }
        }
        if encoding == nil { try measure() }
        for round in 1...Self.rounds {
            let factors = try fit.model.factorRows(session.trials, trials, bins: bins)
            let readOut = try ReadOutStart(
                run.settings.model.observation, trajectories: factors.selecting(rows: rows),
                counts: observed, observationWeights: [Double](repeating: 1, count: rows.count),
                groups: rows.map { $0 / bins }, factorCount: run.settings.model.factorCount, folds: 2,
                longestWeights: nil)
            try fit.setReadOut(readOut)
            try measure()
            guard let encoding, round < Self.rounds else { break }
            let (map, _) = try RidgeRegression.crossValidated(
                regressors: smoothed, targets: encoding.predict(factors),
                groups: trials.indices.flatMap { [Int](repeating: $0, count: bins) }, folds: 5)
            try fit.setReadIn(AffineMap(map))
        }
        outcomes.append((Result(start: start, losses: losses), best, losses.min() ?? .infinity))
    }
}
