import LFADS
public import Recordings
public import Registry
public import Stitching
public import TrialArrays

/// One day of a run with everything inferred from it once: what metrics and pictures are made of.
public struct InferredDay {
    /// What the quantities were inferred by.
    public let trained: TrainedDay
    /// What was recorded.
    public let recording: Recording
    /// Factors of all trials of the recording, of posterior means pushed through the model.
    public let factors: TrialArray
    /// Expected spikes per bin, units in the recording's order.
    public let rates: TrialArray
    /// Posterior means, once a trial.
    public let initialConditions: TrialArray
    /// Posterior means; `nil` without a controller.
    public let inferredInputs: TrialArray?
    /// The part that figures of unseen trials are of.
    public let part: EvaluatedPart

    /// What the registry knows of the session.
    public var record: SessionRecord { trained.record }
    /// The recording as the model sees it.
    public var session: PreparedSession { trained.session }
    /// Places in the recording of the trials that the run was trained on.
    public var trainingTrials: [Int] { session.trainingTrials }
    /// Places in the recording of the trials that chose the best epoch; no gradient has seen them.
    public var heldOutTrials: [Int] { session.validationTrials }
    /// Places in the recording of the trials that figures of unseen trials are of.
    public var testedTrials: [Int] { part == .test ? session.testTrials : session.validationTrials }
    /// Places in the recording of trials whose conditions training never saw: test trials if these are
    /// evaluated, otherwise all others.
    public var excludedTrials: [Int] {
        session.excludedTrials.filter { isTest($0) == (part == .test) }
    }
    /// Places in the recording of the trials of conditions that took part in training; test trials only where
    /// these are evaluated.
    public var usualTrials: [Int] {
        let excluded = Set(session.excludedTrials)
        return recording.trials.indices.filter {
            !excluded.contains($0) && (part == .test || !isTest($0))
        }
    }
    private func isTest(_ trial: Int) -> Bool { recording.trials[trial].split == .test }
    /// Labels of all trials; `nil` for a trial without one.
    public var conditions: [String?] { recording.trials.map(\.condition) }
    /// Turns expected spikes per bin into rates in Hz.
    public var binsPerSecond: Double { 1000 / recording.binMilliseconds }
    /// Whether the run describes counts, so that there are rates in Hz and bits per spike.
    public var isPoisson: Bool { trained.settings.model.observation == .poisson }

    /// Infers everything that a day is measured and drawn by.
    ///
    /// - Parameters:
    ///   - day: the day of a run.
    ///   - part: the trials that figures of unseen trials are of. With the held-out ones, nothing looks at test
    ///     trials.
    /// - Throws: `StitchingError`
    public init(_ day: TrainedDay, part: EvaluatedPart = .valid) throws {
        let model = day.settings.model
        var quantities: InferredQuantities = [.factors, .rates, .initialConditions]
        if model.hasController { quantities.insert(.inferredInputs) }
        let recording = day.recording
        let trials = TrialAxis(conditions: recording.trials.map(\.condition))
        let inferred = try day.infer(quantities)
        let bins = BinAxis(count: inferred.binCount, milliseconds: recording.binMilliseconds)
        trained = day
        self.part = part
        self.recording = day.session.wholeRecording()
        func known(_ array: TrialArray?, _ columns: ColumnAxis, _ bins: BinAxis) -> TrialArray {
            array ?? TrialArray(trials: trials, bins: bins, columns: columns, repeating: .nan)
        }
        factors = known(inferred.factors, ColumnAxis(.factor, count: model.factorCount), bins)
        rates = known(inferred.means, ColumnAxis(.unit, names: recording.units.map(\.name)), bins)
        initialConditions = known(
            inferred.initialConditionMeans,
            ColumnAxis(.dimension, count: model.initialConditionDimensions), .once)
        inferredInputs = inferred.inferredInputMeans
    }

    /// Spikes per bin as they were recorded; NaN where a sample was not observed.
    public var counts: TrialArray { recording.countArray }

    /// Standard deviation, in bins, of the Gaussian that smooths counts for comparisons: the run's
    /// `smoothing_ms`.
    public var smoothingBins: Double {
        trained.settings.alignment.smoothingMilliseconds / recording.binMilliseconds
    }

    /// Smoothed anew at every call, by what was observed; where there is nothing in reach, a unit's mean in training.
    public var smoothedCounts: TrialArray {
        counts.smoothed(standardDeviation: smoothingBins).filled(fromTrials: trainingTrials)
    }

    /// Smoothed counts for decoders. What was not observed counts as the unit's mean in training: of a single trial, a
    /// mean over the few bins that were observed would be noise.
    ///
    /// - Parameter standardDeviation: in bins.
    func decodableCounts(standardDeviation: Double) -> TrialArray {
        counts.filled(fromTrials: trainingTrials).smoothed(standardDeviation: standardDeviation)
    }
}
