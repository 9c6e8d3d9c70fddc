/// Elements per trial of what was asked for; 0 for the rest.
struct InferredWidths: Sendable {
    let factors: Int
    let means: Int
    let initialConditions: Int
    let inferredInputs: Int
    let generatorStates: Int

    init(
        _ model: ModelConfiguration, _ session: SessionShape, _ quantities: InferredQuantities
    ) {
        let bins = model.binCount
        func width(_ quantity: InferredQuantities, _ count: Int) -> Int {
            quantities.contains(quantity) ? count : 0
        }
        factors = width(.factors, bins * model.factorCount)
        means = width(.rates, bins * session.unitCount)
        initialConditions = width(.initialConditions, model.initialConditionDimensions)
        inferredInputs = width(
            .inferredInputs, model.hasController ? bins * model.inferredInputCount : 0)
        generatorStates = width(.generatorStates, bins * model.generatorUnits)
    }
}

/// Arrays of inferred quantities, trial-major, empty for what was not asked for.
struct InferredValues {
    var factors: [Float] = []
    var means: [Float] = []
    var initialConditionMeans: [Float] = []
    var initialConditionDeviations: [Float] = []
    var inferredInputMeans: [Float] = []
    var inferredInputDeviations: [Float] = []
    var generatorStates: [Float] = []

    private static let arrays: [any WritableKeyPath<InferredValues, [Float]> & Sendable] = [
        \.factors, \.means, \.initialConditionMeans, \.initialConditionDeviations,
        \.inferredInputMeans, \.inferredInputDeviations, \.generatorStates,
    ]

    /// Makes room for every trial and has `body` write to it, several slices at once.
    init(trials: Int, _ widths: InferredWidths, _ body: (InferredPointers) -> Void) {
        let counts = [
            widths.factors, widths.means, widths.initialConditions, widths.initialConditions,
            widths.inferredInputs, widths.inferredInputs, widths.generatorStates,
        ]
        for (array, count) in zip(Self.arrays, counts) {
            self[keyPath: array] = [Float](repeating: 0, count: trials * count)
        }
        withPointers([]) { p in
            body(
                InferredPointers(
                    factors: p[0], means: p[1], initialConditionMeans: p[2],
                    initialConditionDeviations: p[3], inferredInputMeans: p[4],
                    inferredInputDeviations: p[5], generatorStates: p[6]))
        }
    }

    /// The memory of all arrays at once: each is taken out while the next ones are looked at.
    private mutating func withPointers(
        _ found: [UnsafeMutablePointer<Float>?], _ body: ([UnsafeMutablePointer<Float>?]) -> Void
    ) {
        guard found.count < Self.arrays.count else { return body(found) }
        var array: [Float] = []
        swap(&array, &self[keyPath: Self.arrays[found.count]])
        array.withUnsafeMutableBufferPointer { withPointers(found + [$0.baseAddress], body) }
        swap(&array, &self[keyPath: Self.arrays[found.count]])
    }
}

/// Where the arrays of an `InferredValues` stand while slices fill in their rows.
struct InferredPointers: @unchecked Sendable {
    let factors, means, initialConditionMeans, initialConditionDeviations, inferredInputMeans,
        inferredInputDeviations, generatorStates: UnsafeMutablePointer<Float>?
}

extension SliceWorkspace {
    /// Writes a slice's quantities to their places, trial by trial.
    func extract(
        _ context: PassContext, _ slice: Slice, _ widths: InferredWidths, into result: InferredPointers
    ) {
        let model = context.model
        let (bins, rows) = (model.binCount, slice.rows)
        /// Rows of `[steps, rows, stride]` to `[trials, steps, width]`, taking the leading columns.
        func copy(
            _ source: UnsafePointer<Float>, steps: Int, width: Int, stride: Int,
            to target: UnsafeMutablePointer<Float>?
        ) {
            guard let target else { return }
            for row in 0..<rows {
                let out = target + (slice.firstRow + row) * steps * width
                for t in 0..<steps {
                    (out + t * width).update(from: source + (t * rows + row) * stride, count: width)
                }
            }
        }
        if widths.factors > 0 {
            let width = model.factorCount
            copy(
                decoder.factors.values(1, slice), steps: bins, width: width, stride: width,
                to: result.factors)
        }
        if widths.means > 0, let means = result.means {
            for index in 0..<rows {
                reconstruction.expectedValues(
                    index, context, slice, decoder.factors,
                    to: means + (slice.firstRow + index) * widths.means)
            }
        }
        if widths.initialConditions > 0 {
            let width = model.initialConditionDimensions
            copy(
                initialCondition.posterior.base, steps: 1, width: width, stride: 2 * width,
                to: result.initialConditionMeans)
            copy(
                initialCondition.deviation.base, steps: 1, width: width, stride: width,
                to: result.initialConditionDeviations)
        }
        if widths.inferredInputs > 0, let controller = decoder.controller {
            let width = model.inferredInputCount
            copy(
                controller.posterior.base, steps: bins, width: width, stride: 2 * width,
                to: result.inferredInputMeans)
            copy(
                controller.deviation.base, steps: bins, width: width, stride: width,
                to: result.inferredInputDeviations)
        }
        if widths.generatorStates > 0 {
            let width = model.generatorUnits
            copy(
                decoder.generator.tape.states.base + rows * width, steps: bins, width: width,
                stride: width, to: result.generatorStates)
        }
    }
}
