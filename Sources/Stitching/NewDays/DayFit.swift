import Alignment
import LFADS
import LinearAlgebra
import Registry

/// A new day's read-in and read-out for a trained model whose shared part stays as it is.
struct DayFit {
    let session: PreparedSession
    let model: StitchedModel
    private let run: TrainedRun

    init(_ session: PreparedSession, _ run: TrainedRun, threads: Int) throws {
        self.session = session
        self.run = run
        model = try run.model(for: session, threads: threads)
    }

    /// Whether a training trial has a condition of the run's days.
    func hasConditionInCommon() throws -> Bool {
        let shared = Set(try run.trajectories()?.conditions ?? [])
        let own = session.alignable.counts.trials.conditions
        return session.trainingTrials.contains { own[$0].map(shared.contains) ?? false }
    }

    /// Read-in by ridge regression of the day's condition averages on the run's shared trajectories, read-out by that of
    /// its averaged counts on the factors that the model then has.
    ///
    /// - Throws: `AlignmentError.nothingInCommon` without labels in common.
    func startFromLabels(near known: RidgeRegression? = nil) throws {
        let (regression, averages) = try session.regression(
            on: run.trajectories(), run.settings.alignment, near: known)
        try setReadIn(regression.readIn)
        let readOut = try ReadOutStart(
            run.settings.model.observation, trajectories: try conditionFactors(averages),
            counts: averages.counts, observationWeights: averages.rowWeights, groups: averages.groups,
            factorCount: run.settings.model.factorCount,
            scatter: run.settings.model.observation == .poisson ? nil : averages.scatter(session.alignable),
            longestWeights: nil)
        try setReadOut(readOut)
    }

    func setReadIn(_ map: AffineMap) throws {
        var maps = model.maps(ofSession: session.name)
        maps.readIn = map
        try model.setMaps(maps, ofSession: session.name)
    }

    func setReadOut(_ start: ReadOutStart) throws {
        var maps = model.maps(ofSession: session.name)
        maps.readOut = start.map
        try model.setMaps(maps, ofSession: session.name)
    }

    /// What the frozen model makes of the day: its factors averaged as the counts are,
    /// `[conditions · bins, factors]`. The read-out acts on these, not on what they were aligned to.
    private func conditionFactors(_ averages: ConditionAverages) throws -> Matrix {
        // Trials in the session's order, so that sums are added up in it.
        var condition: [Int: Int] = [:]
        for (index, members) in averages.trials.enumerated() {
            for trial in members { condition[trial] = index }
        }
        let trials = session.trainingTrials.filter { condition[$0] != nil }
        let inferred = try model.infer(session.trials, chosen: trials, quantities: .factors)
        let factors = inferred.factors?.values ?? []
        let width = run.settings.model.factorCount
        let size = inferred.binCount * width
        var result = Matrix(zeros: averages.conditions.count * inferred.binCount, width)
        for (index, trial) in trials.enumerated() {
            guard let condition = condition[trial] else { continue }
            let scale = 1 / Double(averages.trialCounts[condition])
            for i in 0..<size {
                result.values[condition * size + i] +=
                    scale * Double(factors[index * size + i])
            }
        }
        return result
    }

    /// Trains both maps, everything else frozen, until the day's held-out loss no longer falls; leaves
    /// the best epoch's in the model. A training that breaks down, as on very few trials, ends there.
    ///
    /// - Returns: what every epoch did, and which is the best (from 0); empty where none was better than
    ///   the start.
    /// - Throws: `LFADSError`
    func train(
        _ settings: TrainingConfiguration, report: (EpochSummary) -> Void, shouldStop: () -> Bool
    ) throws -> [EpochSummary] {
        let training = try StitchedTraining(
            model, [session.trials], settings, seed: run.settings.seed, freezesShared: true)
        let start = model.parameterValues
        var bestLoss = try training.validationLosses()[0]
        var best = start
        var history: [EpochSummary] = []
        var kept = 0
        while !training.isFinished, !shouldStop() {
            guard let summary = try epoch(of: training) else { break }
            history.append(summary)
            if summary.validation < bestLoss {
                bestLoss = summary.validation
                best = model.parameterValues
                kept = history.count
            }
            report(summary)
        }
        model.setParameters(best)
        return Array(history.prefix(kept))
    }

    /// - Returns: `nil` where the epoch breaks down however low the rate is.
    private func epoch(of training: StitchedTraining) throws -> EpochSummary? {
        do {
            return try training.runEpoch()
        } catch LFADSError.nonFinite, LFADSError.gradientTooLarge, LFADSError.brokenDown {
            return nil
        }
    }
}
