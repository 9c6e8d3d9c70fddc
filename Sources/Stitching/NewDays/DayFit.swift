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

    /// Read-in by ridge regression of the day's condition averages on the run's shared trajectories.
    ///
    /// - Throws: `StitchingError.notAligned` without labels in common.
    func alignByLabels() throws {
        let list = ConditionList([session])
        guard let trajectories = run.trajectories, let labels = list.labels(of: session) else {
            throw StitchingError.notAligned(session)
        }
        let averages = ConditionAverages(
            session, labels: labels,
            standardDeviation: run.settings.alignment.smoothingMilliseconds
                / session.recording.binMilliseconds)
        let rows = trajectories.commonRows(averages, list)
        guard !rows.own.isEmpty else { throw StitchingError.notAligned(session) }
        let (fit, _) = try RidgeRegression.crossValidated(
            regressors: averages.smoothed.selecting(rows: rows.own)
                .leading(columns: session.encodedUnitCount),
            targets: rows.target, groups: rows.own.map { averages.groups[$0] }, folds: 10)
        try setReadIn(
            weights: fit.weights.transposed.values.map { Float($0) },
            bias: fit.intercepts.map { Float($0) })
        let factors = try conditionFactors(averages, labels)
        let readOut = try ReadOutStart(
            run.settings.model.observation, trajectories: factors, counts: averages.counts,
            observationWeights: averages.rowWeights, groups: averages.groups,
            factorCount: run.settings.model.factorCount,
            scatter: run.settings.model.observation == .poisson ? nil : averages.scatter(session))
        try setReadOut(readOut)
    }

    /// Maps by what the activity looks like, and through shared electrodes.
    ///
    /// - Returns: one result per start that was continued.
    /// - Throws: errors of the rooms below.
    func alignWithoutLabels(in registry: SessionRegistry) throws -> [UnlabelledFit.Result] {
        let days = try TrainedDays(run, in: registry, threads: model.threads)
        return try UnlabelledFit(self, run, days).apply()
    }

    func setReadIn(weights: [Float], bias: [Float]) throws {
        var maps = model.maps(ofSession: session.name)
        maps.readIn = AffineMap(weights: weights, bias: bias)
        try model.setMaps(maps, ofSession: session.name)
    }

    func setReadOut(_ start: ReadOutStart) throws {
        var maps = model.maps(ofSession: session.name)
        maps.readOut = AffineMap(weights: start.weights, bias: start.bias)
        try model.setMaps(maps, ofSession: session.name)
    }

    /// What the frozen model makes of the day: its factors averaged as the counts are,
    /// `[conditions · bins, factors]`. The read-out acts on these, not on what they were aligned to.
    private func conditionFactors(_ averages: ConditionAverages, _ labels: [Int?]) throws -> Matrix {
        let trials = session.trainingTrials.filter { labels[$0] != nil }
        let inferred = try model.infer(session.trials, chosen: trials, quantities: .factors)
        let factors = inferred.factors?.values ?? []
        let width = run.settings.model.factorCount
        let size = inferred.binCount * width
        var result = Matrix(zeros: averages.conditions.count * inferred.binCount, width)
        let place = Dictionary(
            uniqueKeysWithValues: averages.conditions.enumerated().map { ($1, $0) })
        for (index, trial) in trials.enumerated() {
            guard let condition = labels[trial].flatMap({ place[$0] }) else { continue }
            let scale = 1 / Double(averages.trialCounts[condition])
            for i in 0..<size {
                result.values[condition * size + i] +=
                    scale * Double(factors[index * size + i])
            }
        }
        return result
    }

    /// Trains both maps, everything else frozen, until the day's held-out loss no longer falls; leaves
    /// the best epoch's in the model.
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
        var bestLoss = training.validationLosses()[0]
        var best = start
        var history: [EpochSummary] = []
        var kept = 0
        while !training.isFinished, !shouldStop() {
            let summary = try training.runEpoch()
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
}
