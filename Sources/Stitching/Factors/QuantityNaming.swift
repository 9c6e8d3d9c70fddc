import LFADS
import TrialArrays

/// Turns inferred arrays into named ones.
struct QuantityNaming {
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
        func scaled(_ array: TrialArray?) -> TrialArray? {
            guard isCount, let array, let milliseconds = array.bins.milliseconds else { return array }
            return array.replacingValues(array.values.map { Float(Double($0) * 1000 / milliseconds) })
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
        array.map {
            FactorFile.Quantity(
                name: name, kind: kind, array: $0, units: units, description: description,
                nameInLFADSTorch: torch)
        }
    }
}
