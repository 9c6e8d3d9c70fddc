import LFADS
public import Recordings
public import Registry
public import Stitching

/// One day of a run with everything inferred from it once: what figures and pictures are made of.
public struct DayReading {
    public let query: FactorQuery
    /// Posterior means pushed through, all trials of the recording, `[trials, bins, factors]`.
    public let factors: TrialArray
    /// Expected spikes per bin, `[trials, bins, units]`, units in the recording's order.
    public let rates: TrialArray
    /// Posterior means, `[trials, 1, ic_dim]`.
    public let initialConditions: TrialArray
    /// Posterior means, `[trials, bins, co_dim]`; `nil` without a controller.
    public let inferredInputs: TrialArray?

    public var record: SessionRecord { query.record }
    public var recording: Recording { query.recording }
    public var session: PreparedSession { query.session }
    public var trainingTrials: [Int] { session.trainingTrials }
    public var heldOutTrials: [Int] { session.validationTrials }
    /// Of conditions that training never saw.
    public var excludedTrials: [Int] { session.excludedTrials }
    public var conditions: [String?] { recording.trials.map(\.condition) }
    public var binsPerSecond: Double { 1000 / recording.binMilliseconds }
    public var isPoisson: Bool { query.settings.model.observation == .poisson }

    /// - Throws: errors of the rooms below.
    public init(
        run: String, session: String, in registry: SessionRegistry, threads: Int
    ) throws {
        try self.init(
            FactorQuery(run: run, session: session, in: registry, threads: threads))
    }

    /// - Throws: `StitchingError`
    public init(_ query: FactorQuery) throws {
        let hasInputs = query.settings.model.hasController
        var quantities: InferredQuantities = [.factors, .rates, .initialConditions]
        if hasInputs { quantities.insert(.inferredInputs) }
        let trials = query.recording.trialCount
        let inferred = try query.infer(trials: Array(0..<trials), quantities: quantities)
        let bins = inferred.binCount
        func array(_ values: [Float], bins: Int, _ width: Int) -> TrialArray {
            TrialArray(trials: trials, bins: bins, width: width, values: values)
        }
        self.query = query
        factors = array(inferred.factors?.values ?? [], bins: bins, query.settings.model.factorCount)
        rates = array(inferred.means?.values ?? [], bins: bins, query.recording.units.count)
        initialConditions = array(
            inferred.initialConditionMeans?.values ?? [], bins: 1,
            query.settings.model.initialConditionDimensions)
        inferredInputs =
            hasInputs
            ? array(
                inferred.inferredInputMeans?.values ?? [], bins: bins, query.settings.model.inferredInputCount
            ) : nil
    }

    /// Spikes per bin as they were recorded.
    public var counts: TrialArray {
        TrialArray(
            trials: recording.trialCount, bins: recording.binCount, width: recording.units.count,
            values: recording.values)
    }

    /// Standard deviation, in bins, of the Gaussian that smooths counts for comparisons: the run's
    /// `smoothing_ms`.
    public var smoothingBins: Double {
        query.settings.alignment.smoothingMilliseconds / recording.binMilliseconds
    }

    /// Smoothed anew at every call.
    public var smoothedCounts: TrialArray { counts.smoothed(standardDeviation: smoothingBins) }

    public var behavior: TrialArray {
        TrialArray(
            trials: recording.trialCount, bins: recording.binCount,
            width: recording.behaviorNames.count, values: recording.behavior)
    }
}
