import LFADS
public import Recordings
public import Registry
public import Stitching
public import TrialArrays

/// One day of a run with everything inferred from it once: what metrics and pictures are made of.
public struct InferredDay {
    /// What the quantities were inferred by.
    public let query: FactorQuery
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

    /// What the registry knows of the session.
    public var record: SessionRecord { query.record }
    /// The recording as the model sees it.
    public var session: PreparedSession { query.session }
    /// Places in the recording of the trials that the run was trained on.
    public var trainingTrials: [Int] { session.trainingTrials }
    /// Places in the recording of the trials that chose the best epoch; no gradient has seen them.
    public var heldOutTrials: [Int] { session.validationTrials }
    /// Places in the recording of trials whose conditions training never saw.
    public var excludedTrials: [Int] { session.excludedTrials }
    /// Labels of all trials; `nil` for a trial without one.
    public var conditions: [String?] { recording.trials.map(\.condition) }
    /// Turns expected spikes per bin into rates in Hz.
    public var binsPerSecond: Double { 1000 / recording.binMilliseconds }
    /// Whether the run describes counts, so that there are rates in Hz and bits per spike.
    public var isPoisson: Bool { query.settings.model.observation == .poisson }

    /// Loads a day of a run and infers it.
    ///
    /// - Throws: errors of the rooms below.
    public init(
        run: String, session: String, in registry: SessionRegistry, threads: Int
    ) throws {
        try self.init(
            FactorQuery(run: run, session: session, in: registry, threads: threads))
    }

    /// Infers everything that a day is measured and drawn by.
    ///
    /// - Throws: `StitchingError`
    public init(_ query: FactorQuery) throws {
        let model = query.settings.model
        var quantities: InferredQuantities = [.factors, .rates, .initialConditions]
        if model.hasController { quantities.insert(.inferredInputs) }
        let recording = query.recording
        let trials = TrialAxis(conditions: recording.trials.map(\.condition))
        let inferred = try query.infer(trials: trials.places, quantities: quantities)
        let bins = BinAxis(count: inferred.binCount, milliseconds: recording.binMilliseconds)
        self.query = query
        self.recording = query.session.wholeRecording()
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

    /// Spikes per bin as they were recorded.
    public var counts: TrialArray { recording.countArray }

    /// Standard deviation, in bins, of the Gaussian that smooths counts for comparisons: the run's
    /// `smoothing_ms`.
    public var smoothingBins: Double {
        query.settings.alignment.smoothingMilliseconds / recording.binMilliseconds
    }

    /// Smoothed anew at every call.
    public var smoothedCounts: TrialArray { counts.smoothed(standardDeviation: smoothingBins) }
}
