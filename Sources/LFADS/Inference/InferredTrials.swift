public import TrialArrays

/// What can be asked of a trained model.
public struct InferredQuantities: OptionSet, Sendable {
    /// One bit a quantity.
    public let rawValue: Int
    /// Makes a set of its bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// The shared low-dimensional trajectories.
    public static let factors = InferredQuantities(rawValue: 1)
    /// Expected values per bin of all units.
    public static let rates = InferredQuantities(rawValue: 2)
    /// Posterior means and standard deviations of the generator's initial condition.
    public static let initialConditions = InferredQuantities(rawValue: 4)
    /// Posterior means and standard deviations of the inputs that a controller infers.
    public static let inferredInputs = InferredQuantities(rawValue: 8)
    /// States of the generator, which the factors are read from.
    public static let generatorStates = InferredQuantities(rawValue: 16)
    /// Everything that the model has.
    public static let all: InferredQuantities = [
        .factors, .rates, .initialConditions, .inferredInputs, .generatorStates,
    ]
}

/// Inferred quantities of some trials of one session; `nil` for what was not asked for or does not exist.
public struct InferredTrials: Sendable {
    /// Name of the session.
    public let session: String
    /// Places among the session's trials, in the order asked for.
    public let trials: [Int]
    /// Bins of every trial.
    public let binCount: Int
    /// `[trials, bins, factors]`
    public var factors: TrialArray?
    /// Expected value per bin (Poisson: counts per bin), `[trials, bins, units]`, units as in the session.
    public var means: TrialArray?
    /// Posterior mean and standard deviation, `[trials, once, ic_dim]`.
    public var initialConditionMeans: TrialArray?
    /// Posterior standard deviations, shaped like the means.
    public var initialConditionDeviations: TrialArray?
    /// Posterior mean and standard deviation, `[trials, bins, co_dim]`; `nil` without a controller.
    public var inferredInputMeans: TrialArray?
    /// Posterior standard deviations, shaped like the means.
    public var inferredInputDeviations: TrialArray?
    /// `[trials, bins, generator units]`
    public var generatorStates: TrialArray?
    /// Standard deviation over posterior samples, where they were drawn.
    public var factorDeviations: TrialArray?
    /// Standard deviations over samples, shaped like the means.
    public var meanDeviations: TrialArray?
    /// Standard deviations over samples, shaped like the generator states.
    public var generatorStateDeviations: TrialArray?
}

/// What stands in the columns of inferred quantities, named once for all calls.
struct InferredColumns: Sendable {
    let factors: ColumnAxis
    let initialConditions: ColumnAxis
    let inferredInputs: ColumnAxis
    let generatorStates: ColumnAxis

    init(_ model: ModelConfiguration) {
        factors = ColumnAxis(.factor, count: model.factorCount)
        initialConditions = ColumnAxis(.dimension, count: model.initialConditionDimensions)
        inferredInputs = ColumnAxis(.input, count: model.hasController ? model.inferredInputCount : 0)
        generatorStates = ColumnAxis(.state, count: model.generatorUnits)
    }
}

extension InferredTrials {
    /// - Parameter widths: says which of the values were asked for.
    init(
        _ source: SessionTrials, chosen: [Int], _ columns: InferredColumns, _ widths: InferredWidths,
        _ values: InferredValues, _ spread: SampleSpread?
    ) {
        session = source.name
        trials = chosen
        binCount = source.binCount
        let axis = source.counts.trials.selecting(chosen)
        func array(
            _ width: Int, _ columns: ColumnAxis, _ values: [Float]?, once: Bool = false
        ) -> TrialArray? {
            guard width > 0, let values else { return nil }
            return TrialArray(
                trials: axis, bins: once ? .once : source.counts.bins, columns: columns, values: values)
        }
        factors = array(widths.factors, columns.factors, values.factors)
        means = array(widths.means, source.counts.columns, values.means)
        initialConditionMeans = array(
            widths.initialConditions, columns.initialConditions, values.initialConditionMeans, once: true)
        initialConditionDeviations = array(
            widths.initialConditions, columns.initialConditions, values.initialConditionDeviations,
            once: true)
        inferredInputMeans = array(
            widths.inferredInputs, columns.inferredInputs, values.inferredInputMeans)
        inferredInputDeviations = array(
            widths.inferredInputs, columns.inferredInputs, values.inferredInputDeviations)
        generatorStates = array(
            widths.generatorStates, columns.generatorStates, values.generatorStates)
        factorDeviations = array(widths.factors, columns.factors, spread?.factors)
        meanDeviations = array(widths.means, source.counts.columns, spread?.means)
        generatorStateDeviations = array(
            widths.generatorStates, columns.generatorStates, spread?.states)
    }
}
