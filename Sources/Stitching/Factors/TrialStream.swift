import LFADS

/// Inference of trials that no file holds: a model that is loaded once and asked again and again.
///
/// What it gives for a recording's trial has the bits that `FactorQuery.infer` gives.
public final class TrialStream {
    /// One trial or window, times in bins.
    public struct Inferred {
        /// `[bins, factors]`
        public let factors: [Float]
        /// Expected values per bin; Hz after division by the bin's width. `[bins, units]`
        public let means: [Float]
        public let bins: Int
    }

    public let factorCount: Int
    public let unitCount: Int
    public let externalInputCount: Int
    /// Bins that the encoder sees, and bins of a whole trial.
    public let encodedBinCount: Int
    public let binCount: Int
    public let binMilliseconds: Double
    /// Whether the model describes counts, which are never below 0.
    public let isPoisson: Bool
    private let session: PreparedSession
    private let model: StitchedModel

    /// - Throws: `LFADSError`
    public init(_ query: FactorQuery) throws {
        session = query.session
        let configuration = query.settings.model
        factorCount = configuration.factorCount
        unitCount = query.recording.units.count
        externalInputCount = configuration.externalInputCount
        encodedBinCount = configuration.encodedBinCount
        binCount = configuration.binCount
        binMilliseconds = query.recording.binMilliseconds
        isPoisson = configuration.observation == .poisson
        // One trial to write into, and one that a session can't be without.
        let trials = try SessionTrials(
            name: session.name, trialCount: 2, binCount: binCount, unitCount: unitCount,
            encodedUnitCount: session.encodedUnitCount,
            values: [Float](repeating: 1, count: 2 * binCount * unitCount),
            externalInputCount: externalInputCount,
            externalInputs: [Float](repeating: 0, count: 2 * binCount * externalInputCount),
            trainingTrials: [0], validationTrials: [1])
        model = try StitchedModel(
            configuration, sessions: [trials], seed: query.settings.seed, threads: 1)
        model.setParameters(query.model.parameterValues)
    }

    /// - Parameters:
    ///   - values: `[bins, units]`, units in the recording's order; bins are those of a trial or those
    ///     that the encoder sees.
    ///   - externalInputs: `[bins of a trial, inputs]`; empty = 0.
    /// - Precondition: extents fit.
    public func infer(values: [Float], externalInputs: [Float] = []) -> Inferred {
        let given = values.count / unitCount
        precondition(
            values.count == given * unitCount && (given == binCount || given == encodedBinCount),
            "\(values.count) values for \(binCount) × \(unitCount)")
        var ordered = session.inModelOrder(values)
        ordered += [Float](repeating: 0, count: (binCount - given) * unitCount)
        let inputs =
            externalInputs.isEmpty
            ? [Float](repeating: 0, count: binCount * externalInputCount) : externalInputs
        model.setTrial(0, session: 0, values: ordered, externalInputs: inputs)
        let inferred = model.infer(session: 0, trials: [0], quantities: [.factors, .rates])
        return Inferred(
            factors: inferred.factors, means: session.inRecordingOrder(inferred.means),
            bins: inferred.binCount)
    }
}
