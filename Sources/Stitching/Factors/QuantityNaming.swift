import LFADS
import TrialArrays

/// Turns inferred arrays into named ones.
struct QuantityNaming {
    let trials: TrialAxis
    let bins: BinAxis
    let unitNames: [String]
    let model: ModelConfiguration

    func quantities(_ kind: FactorQuantity, _ inferred: InferredTrials) -> [FactorFile.Quantity] {
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
        func scaled(_ values: [Float]) -> [Float] {
            guard isCount, let milliseconds = bins.milliseconds else { return values }
            return values.map { Float(Double($0) * 1000 / milliseconds) }
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
        _ kind: FactorQuantity, _ name: String, _ values: [Float], torch: String? = nil,
        units: String = "1", _ description: String
    ) -> FactorFile.Quantity? {
        let columns = columns(kind)
        let bins = kind == .initialConditions ? .once : bins
        guard values.count == trials.count * bins.count * columns.count,
            torch != nil || name == "rates" || !values.isEmpty
        else { return nil }
        return FactorFile.Quantity(
            name: name, kind: kind,
            array: TrialArray(trials: trials, bins: bins, columns: columns, values: values),
            units: units, description: description, nameInLFADSTorch: torch)
    }

    private func columns(_ kind: FactorQuantity) -> ColumnAxis {
        switch kind {
        case .rates: ColumnAxis(.unit, names: unitNames)
        case .factors: ColumnAxis(.factor, count: model.factorCount)
        case .initialConditions: ColumnAxis(.dimension, count: model.initialConditionDimensions)
        case .inferredInputs: ColumnAxis(.input, count: model.inferredInputCount)
        case .generatorStates: ColumnAxis(.state, count: model.generatorUnits)
        }
    }
}
