import LFADS
public import TrialArrays

/// Inference of trials that no file holds: a model that is loaded once and asked again and again.
///
/// What it gives for a recording's trial has the bits that `TrainedDay.infer` gives. Units stand in the
/// recording's order, here and in all answers.
public final class TrialStream {
    /// What was inferred of one trial, or of one window.
    public struct Inferred {
        /// One trial of factors.
        public let factors: TrialArray
        /// Expected values per bin, of all units; Hz after division by the bin's width.
        public let means: TrialArray
        /// The bins that were asked for: all of a trial, the newest of a window.
        public let bins: Range<Int>
    }

    /// Factors of every answer.
    public let factorCount: Int
    /// Units of the recording.
    public let unitCount: Int
    /// External inputs that a trial has to bring.
    public let externalInputCount: Int
    /// Bins that the encoder sees.
    public let encodedBinCount: Int
    /// Bins of a whole trial.
    public let binCount: Int
    /// Width of a bin.
    public let binMilliseconds: Double
    /// Whether the model describes counts, which are never below 0.
    public let isPoisson: Bool
    private let session: PreparedSession
    private let model: StitchedModel

    /// Loads the model of a day.
    ///
    /// - Throws: `LFADSError`
    public init(_ day: TrainedDay) throws {
        session = day.session
        let configuration = day.settings.model
        factorCount = configuration.factorCount
        unitCount = day.recording.units.count
        externalInputCount = configuration.externalInputCount
        encodedBinCount = configuration.encodedBinCount
        binCount = configuration.binCount
        binMilliseconds = day.recording.binMilliseconds
        isPoisson = configuration.observation == .poisson
        model = try StitchedModel(
            configuration, sessions: day.model.sessions, parameters: day.model.parameterValues,
            threads: 1)
    }

    /// A window of the newest bins, without any yet.
    public var emptyWindow: BinWindow { BinWindow(unitCount: unitCount, capacity: encodedBinCount) }

    /// Infers one trial.
    ///
    /// - Parameters:
    ///   - counts: a row of all units for every bin of a trial, or for those that the encoder sees; NaN where a unit was
    ///     not observed, which the encoder sees as none.
    ///   - externalInputs: a row of all inputs for every bin of a trial; only where the run has inputs.
    /// - Throws: `TrialStreamError`
    public func infer(counts: [[Float]], externalInputs: [[Float]]? = nil) throws -> Inferred {
        guard counts.count == binCount || counts.count == encodedBinCount else {
            throw TrialStreamError.binCount(
                found: counts.count, trial: binCount, encoded: encodedBinCount)
        }
        let values = try checked(counts, "counts")
        return try infer(values: values, externalInputs: try checked(inputs: externalInputs))
    }

    /// Takes new bins into a window and infers them in the light of those before.
    ///
    /// - Parameters:
    ///   - bins: a row of all units for every new bin, at most as many as the encoder sees.
    ///   - window: the bins before; it holds the new ones afterwards.
    /// - Returns: `nil` while the window is not full.
    /// - Throws: `TrialStreamError`; the window is then as it was.
    public func infer(newest bins: [[Float]], in window: inout BinWindow) throws -> Inferred? {
        guard !bins.isEmpty, bins.count <= encodedBinCount else {
            throw TrialStreamError.windowBinCount(found: bins.count, window: encodedBinCount)
        }
        guard externalInputCount == 0 else { throw TrialStreamError.windowWithExternalInputs }
        window.append(try checked(bins, "bins"))
        guard window.isFull else { return nil }
        let inferred = try infer(values: window.values, externalInputs: [])
        return Inferred(
            factors: inferred.factors, means: inferred.means,
            bins: (encodedBinCount - bins.count)..<encodedBinCount)
    }

    // MARK: Checks

    private func checked(_ rows: [[Float]], _ array: String) throws -> [Float] {
        var values: [Float] = []
        values.reserveCapacity(rows.count * unitCount)
        for (bin, row) in rows.enumerated() {
            guard row.count == unitCount else {
                throw TrialStreamError.unitCount(
                    array: array, bin: bin, found: row.count, units: unitCount)
            }
            if let place = row.firstIndex(where: { $0.isInfinite || (isPoisson && $0 < 0) }) {
                throw TrialStreamError.notACount(
                    array: array, bin: bin, place: place, value: row[place])
            }
            values += row
        }
        return values
    }

    private func checked(inputs rows: [[Float]]?) throws -> [Float] {
        guard let rows else {
            guard externalInputCount == 0 else {
                throw TrialStreamError.noExternalInputs(inputs: externalInputCount, bins: binCount)
            }
            return []
        }
        guard rows.count == binCount,
            rows.allSatisfy({ $0.count == externalInputCount && $0.allSatisfy(\.isFinite) })
        else {
            throw TrialStreamError.externalInputExtents(inputs: externalInputCount, bins: binCount)
        }
        return rows.flatMap { $0 }
    }

    // MARK: The model

    /// - Parameters: whose extents were checked.
    private func infer(values: [Float], externalInputs: [Float]) throws -> Inferred {
        var ordered = session.inModelOrder(values)
        ordered += [Float](repeating: 0, count: binCount * unitCount - values.count)
        let inputs =
            externalInputs.isEmpty
            ? [Float](repeating: 0, count: binCount * externalInputCount) : externalInputs
        let known = session.trials
        let trial = TrialAxis(count: 1)
        func array(_ columns: ColumnAxis, _ values: [Float]) -> TrialArray {
            TrialArray(trials: trial, bins: known.counts.bins, columns: columns, values: values)
        }
        let trials = try SessionTrials(
            name: known.name, counts: array(known.counts.columns, ordered),
            encodedUnitCount: known.encodedUnitCount,
            externalInputs: array(known.externalInputs.columns, inputs))
        let inferred = try model.infer(trials, chosen: [0], quantities: [.factors, .rates])
        guard let factors = inferred.factors, let means = inferred.means else {
            preconditionFailure("what was asked for is inferred")
        }
        return Inferred(
            factors: factors, means: session.inRecordingOrder(means), bins: 0..<inferred.binCount)
    }
}
