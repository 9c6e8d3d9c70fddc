import ArrayFiles
import Foundation
import LFADS
import Messages

/// What a user can ask of a trained run, by the words of the command line.
public enum FactorQuantity: String, Sendable, CaseIterable, Codable {
    /// The shared low-dimensional trajectories.
    case factors
    /// Expected values of all units; of counts, in Hz.
    case rates
    /// Posterior means and standard deviations of the generator's initial condition.
    case initialConditions = "initial-conditions"
    /// Posterior means and standard deviations of the inputs that the controller infers.
    case inferredInputs = "inferred-inputs"
    /// States of the generator.
    case generatorStates = "generator-states"

    /// Reads a comma-separated list; `all` stands for everything that the run has.
    ///
    /// - Returns: in the order of `allCases`, each once.
    /// - Throws: `StitchingError.unknownQuantity`, `.noInferredInputs` where a run without a
    ///   controller is asked for them by name.
    public static func list(_ text: String, of day: TrainedDay) throws -> [FactorQuantity] {
        let hasInputs = day.settings.model.hasController
        if text == "all" { return allCases.filter { $0 != .inferredInputs || hasInputs } }
        let wanted = try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let word = part.trimmingCharacters(in: .whitespaces)
            guard let quantity = FactorQuantity(rawValue: word) else {
                throw StitchingError.unknownQuantity(
                    word, known: NearestName.sorted(allCases.map(\.rawValue) + ["all"], to: word))
            }
            return quantity
        }
        if wanted.contains(.inferredInputs), !hasInputs {
            throw StitchingError.noInferredInputs(run: day.run)
        }
        return allCases.filter(wanted.contains)
    }

    /// Names of the arrays that a format with one array a file gets, as in `FactorFile.arrays`.
    func arrays(isSampled: Bool) -> [String] {
        switch self {
        case .factors, .rates: isSampled ? [rawValue, "\(rawValue)_sample_std"] : [rawValue]
        case .initialConditions: ["initial_condition_mean", "initial_condition_std"]
        case .inferredInputs: ["inferred_inputs_mean", "inferred_inputs_std"]
        case .generatorStates:
            isSampled ? ["generator_states", "generator_states_sample_std"] : ["generator_states"]
        }
    }

    var inferred: InferredQuantities {
        switch self {
        case .factors: .factors
        case .rates: .rates
        case .initialConditions: .initialConditions
        case .inferredInputs: .inferredInputs
        case .generatorStates: .generatorStates
        }
    }
}
