import Foundation
public import LFADS
public import Recordings
import TrialArrays

/// Inferred quantities of one session with all that is needed to understand them without this program.
///
/// Trials stand in the order in which they were asked for, units in the recording's order.
public struct FactorFile: Sendable {
    /// One array with its names and its unit of measure.
    public struct Quantity: Sendable, Equatable {
        /// Name of the dataset.
        public let name: String
        public let kind: FactorQuantity
        /// `[trials, bins, columns]`, or `[trials, columns]` for what a trial has once.
        public let shape: [Int]
        public let values: [Float]
        /// Unit of measure.
        public let units: String
        /// Names of the columns, e.g. `factor_0`.
        public let columns: [String]
        public let description: String
        /// The name that lfads-torch gives it, after `train_` and `valid_`.
        public let nameInLFADSTorch: String?

        public var hasBins: Bool { shape.count == 3 }
        var dimensions: [String] { hasBins ? ["trial", "bin", kind.column] : ["trial", kind.column] }
    }

    public struct Trial: Sendable, Equatable {
        /// Place in the recording, from 0.
        public let index: Int
        /// Identifier in the source.
        public let identifier: Int
        public let condition: String?
        public let split: Recording.Split
    }

    public let run: String
    public let session: String
    public let revision: Int
    public let subject: String
    public let date: String
    public let contentHash: String
    public let binMilliseconds: Double
    public let binCount: Int
    /// Bins that the encoder saw; later ones are predicted.
    public let encodedBinCount: Int
    public let observation: ObservationModel
    public let estimate: PosteriorEstimate
    public let unitNames: [String]
    public let trials: [Trial]
    public let quantities: [Quantity]
    /// Only for a continuous recording of which all windows were asked for.
    public let continuous: Continuous?

    /// Start of every bin within the trial, milliseconds.
    public var binStarts: [Double] { (0..<binCount).map { Double($0) * binMilliseconds } }

    /// Infers what was asked for.
    ///
    /// - Parameters:
    ///   - trials: places in the recording.
    ///   - mergesWindows: whether windows of a continuous recording are put together as well.
    /// - Throws: `StitchingError.trialOutOfRange`, `.noInferredInputs`
    public init(
        _ query: FactorQuery, trials: [Int], quantities: [FactorQuantity],
        estimate: PosteriorEstimate = .means, mergesWindows: Bool = true
    ) throws {
        let recording = query.recording
        let inferred = try query.infer(
            trials: trials, quantities: quantities.reduce(into: []) { $0.formUnion($1.inferred) },
            estimate: estimate)
        run = query.run
        session = query.record.name
        revision = query.record.revision
        subject = recording.subject
        date = recording.date
        contentHash = query.record.contentHash
        binMilliseconds = recording.binMilliseconds
        binCount = inferred.binCount
        encodedBinCount = query.settings.model.encodedBinCount
        observation = query.settings.model.observation
        self.estimate = estimate
        unitNames = recording.units.map(\.name)
        self.trials = trials.map {
            let trial = recording.trials[$0]
            return Trial(
                index: $0, identifier: trial.identifier, condition: trial.condition,
                split: trial.split)
        }
        let shapes = QuantityShapes(
            trials: trials.count, bins: inferred.binCount, unitNames: unitNames,
            model: query.settings.model, binMilliseconds: recording.binMilliseconds)
        let arrays = quantities.flatMap { shapes.arrays($0, inferred) }
        self.quantities = arrays
        continuous =
            mergesWindows ? Self.continuous(arrays, of: recording, trials: trials) : nil
    }
}

extension FactorQuantity {
    /// What one column is.
    var column: String {
        switch self {
        case .factors: "factor"
        case .rates: "unit"
        case .initialConditions: "dimension"
        case .inferredInputs: "input"
        case .generatorStates: "state"
        }
    }
}

/// Turns flat inferred arrays into named ones.
private struct QuantityShapes {
    let trials: Int
    let bins: Int
    let unitNames: [String]
    let model: ModelConfiguration
    let binMilliseconds: Double

    func arrays(_ kind: FactorQuantity, _ inferred: InferredTrials) -> [FactorFile.Quantity] {
        switch kind {
        case .factors:
            return [
                make(kind, "factors", inferred.factors, torch: "factors", "factors"),
                make(
                    kind, "factors_sample_std", inferred.factorDeviations,
                    "standard deviation of the factors over posterior samples"),
            ].compactMap { $0 }
        case .rates:
            return rates(inferred)
        case .initialConditions:
            return [
                make(
                    kind, "initial_condition_mean", inferred.initialConditionMeans,
                    torch: "ic_mean", "mean of the initial condition's posterior"),
                make(
                    kind, "initial_condition_std", inferred.initialConditionDeviations,
                    torch: "ic_std", "standard deviation of the initial condition's posterior"),
            ].compactMap { $0 }
        case .inferredInputs:
            return [
                make(
                    kind, "inferred_inputs_mean", inferred.inferredInputMeans, torch: "co_means",
                    "mean of the inferred inputs' posterior"),
                make(
                    kind, "inferred_inputs_std", inferred.inferredInputDeviations,
                    torch: "co_stds", "standard deviation of the inferred inputs' posterior"),
            ].compactMap { $0 }
        case .generatorStates:
            return [
                make(
                    kind, "generator_states", inferred.generatorStates, torch: "gen_states",
                    "states of the generator"),
                make(
                    kind, "generator_states_sample_std", inferred.generatorStateDeviations,
                    "standard deviation of the generator's states over posterior samples"),
            ].compactMap { $0 }
        }
    }

    /// Rates in Hz exist for counts; other observation models give the expected value per bin.
    private func rates(_ inferred: InferredTrials) -> [FactorFile.Quantity] {
        let isCount = model.observation == .poisson
        func scaled(_ array: TrialArray?) -> TrialArray? {
            guard isCount, let array else { return array }
            return array.replacingValues(
                array.values.map { Float(Double($0) * 1000 / binMilliseconds) })
        }
        let what = isCount ? "rates" : "expected values per bin"
        let units = isCount ? "Hz" : "as in the recording"
        return [
            make(.rates, "rates", scaled(inferred.means), units: units, what),
            make(
                .rates, "output_params", inferred.means, torch: "output_params",
                units: isCount ? "spikes per bin" : units,
                isCount ? "expected counts per bin" : what),
            make(
                .rates, "rates_sample_std", scaled(inferred.meanDeviations), units: units,
                "standard deviation of the \(what) over posterior samples"),
        ].compactMap { $0 }
    }

    /// `nil` for an array that was not inferred (standard deviations without samples).
    private func make(
        _ kind: FactorQuantity, _ name: String, _ array: TrialArray?, torch: String? = nil,
        units: String = "1", _ description: String
    ) -> FactorFile.Quantity? {
        let columns = columns(kind)
        let shape =
            kind == .initialConditions
            ? [trials, columns.count] : [trials, bins, columns.count]
        guard let values = array?.values, values.count == shape.reduce(1, *),
            torch != nil || name == "rates" || !values.isEmpty
        else { return nil }
        return FactorFile.Quantity(
            name: name, kind: kind, shape: shape, values: values, units: units, columns: columns,
            description: description, nameInLFADSTorch: torch)
    }

    private func columns(_ kind: FactorQuantity) -> [String] {
        let count: Int
        switch kind {
        case .rates: return unitNames
        case .factors: count = model.factorCount
        case .initialConditions: count = model.initialConditionDimensions
        case .inferredInputs: count = model.inferredInputCount
        case .generatorStates: count = model.generatorUnits
        }
        return (0..<count).map { "\(kind.column)_\($0)" }
    }
}
