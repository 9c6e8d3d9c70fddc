import LFADS
import TrialArrays

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
        model = try StitchedModel(
            configuration, sessions: query.model.sessions, parameters: query.model.parameterValues,
            threads: 1)
    }

    /// - Parameters:
    ///   - values: `[bins, units]`, units in the recording's order; bins are those of a trial or those
    ///     that the encoder sees.
    ///   - externalInputs: `[bins of a trial, inputs]`; empty = 0.
    /// - Precondition: extents fit.
    /// - Throws: `LFADSError`
    public func infer(values: [Float], externalInputs: [Float] = []) throws -> Inferred {
        let given = values.count / unitCount
        precondition(
            values.count == given * unitCount && (given == binCount || given == encodedBinCount),
            "\(values.count) values for \(binCount) × \(unitCount)")
        var ordered = session.inModelOrder(values)
        ordered += [Float](repeating: 0, count: (binCount - given) * unitCount)
        let inputs =
            externalInputs.isEmpty
            ? [Float](repeating: 0, count: binCount * externalInputCount) : externalInputs
        let known = session.trials
        let trial = TrialAxis(count: 1)
        let trials = try SessionTrials(
            name: known.name,
            counts: TrialArray(
                trials: trial, bins: known.counts.bins, columns: known.counts.columns, values: ordered),
            encodedUnitCount: known.encodedUnitCount,
            externalInputs: TrialArray(
                trials: trial, bins: known.counts.bins, columns: known.externalInputs.columns,
                values: inputs))
        let inferred = try model.infer(trials, chosen: [0], quantities: [.factors, .rates])
        return Inferred(
            factors: inferred.factors?.values ?? [],
            means: inferred.means.map(session.inRecordingOrder)?.values ?? [], bins: inferred.binCount)
    }
}
