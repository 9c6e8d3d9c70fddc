import CKernels

/// The controller: a recurrent cell that sees its encoder's outputs and the last bin's factors, and infers
/// the inputs of the generator: their posterior's mean and log-variance, and one sample
/// u = mean + std∘ε, std = exp(½ log-variance).
final class Controller {
    private let model: ModelConfiguration
    let tape: GatedRecurrentTape
    /// Columns of the input: its encoder's two directions, then the factors.
    let width: Int
    /// `[bins, rows, width]`, dropout applied.
    private let inputs = FloatBuffer()
    private let inputMask: DropoutMask
    let dInputs = FloatBuffer()
    /// Mean and log-variance, `[bins, rows, 2·co]`, and their gradient.
    let posterior = FloatBuffer()
    let dPosterior = FloatBuffer()
    /// `[bins, rows, co]`
    let deviation = FloatBuffer()
    private let noise: StandardNoise
    private let dSample = FloatBuffer()

    init(_ model: ModelConfiguration, _ scratch: DrawScratch) {
        self.model = model
        tape = GatedRecurrentTape(units: model.controllerUnits)
        width = model.controllerInputWidth + model.factorCount
        inputMask = DropoutMask(model, purpose: RandomPurpose.controllerInputDropout, scratch)
        noise = StandardNoise(
            training: RandomPurpose.inferredInputSample, inference: RandomPurpose.inferenceInputSample,
            scratch
        ) { $0.inferredInputs }
    }

    /// The initial state, and the noise of the inferred inputs.
    func start(_ context: PassContext, _ slice: Slice, _ places: ParameterTable.Controller) {
        let bins = model.binCount
        let inferred = model.inferredInputCount
        inputs.reserve(bins * slice.capacity * width)
        inputMask.draw(context, slice, steps: bins, width: width)
        tape.prepare(rows: slice.rows, steps: bins, capacity: slice.capacity)
        loops.pointee.broadcast_row(
            slice.rows, model.controllerUnits, context.pointer(places.initialState),
            tape.initialState, model.controllerUnits)
        posterior.reserve(bins * slice.capacity * 2 * inferred)
        deviation.reserve(bins * slice.capacity * inferred)
        _ = noise.draw(context, slice, steps: bins, width: inferred)
    }

    /// One bin: from [encoder's outputs, f_{t−1}] to the generator's inferred inputs.
    func step(
        _ t: Int, _ context: PassContext, _ slice: Slice, _ packed: PackedController,
        _ encoder: ControllerInputEncoder, factors: UnsafePointer<Float>,
        into generatorInputs: UnsafeMutablePointer<Float>
    ) {
        let inferred = model.inferredInputCount
        let units = model.controllerInputEncoderUnits
        let read = encoder.outputs(at: t)
        set(t, slice, read.forward, column: 0, width: units)
        set(t, slice, read.backward, column: units, width: units)
        set(t, slice, factors, column: model.controllerInputWidth, width: model.factorCount)
        tape.step(
            t, context.packed, packed.cell, inputs: inputs.base + t * slice.rows * width,
            clip: model.stateClip)
        let output = posterior.base + t * slice.rows * 2 * inferred
        slice.apply(
            packed.inferredInputPosterior, context.packed, tape.state(after: t), into: output)
        if context.silencesInferredInputs {
            for row in 0..<slice.rows {
                (output + row * 2 * inferred).update(repeating: 0, count: inferred)
            }
        }
        let place = t * slice.rows * inferred
        loops.pointee.gaussian_sample(
            slice.rows, inferred, output, 0,
            context.draws.samplesPosterior ? noise.base + place : nil, deviation.base + place,
            generatorInputs, model.generatorInputCount)
    }

    /// Columns of a bin's input, with dropout in training.
    private func set(
        _ bin: Int, _ slice: Slice, _ source: UnsafePointer<Float>?, column: Int, width columns: Int
    ) {
        let target = inputs.base + bin * slice.rows * width + column
        guard let source else {
            for row in 0..<slice.rows {
                (target + row * width).update(repeating: 0, count: columns)
            }
            return
        }
        if inputMask.isActive {
            inputMask.apply(
                source, step: bin, column: column, columns: columns, into: target, leading: width)
        } else {
            loops.pointee.copy_rows(slice.rows, columns, source, columns, target, width)
        }
    }

    // MARK: Backward

    /// Room for the gradients that the prior writes.
    func prepareBackward(_ slice: Slice) {
        let inferred = model.inferredInputCount
        dPosterior.reserve(model.binCount * slice.capacity * 2 * inferred)
        dInputs.reserve(model.binCount * slice.capacity * width)
        dSample.reserve(slice.capacity * inferred)
        tape.prepareBackward()
        tape.dState.setToZero(slice.rows * model.controllerUnits)
    }

    /// One bin back, after the generator's.
    ///
    /// - Parameter dFactors: of the last bin's factors, added to.
    func stepBackward(
        _ t: Int, _ context: PassContext, _ slice: Slice, _ packed: PackedController,
        _ places: ParameterTable.Controller, generator: Generator,
        dFactors: UnsafeMutablePointer<Float>, _ gradient: ShardGradient
    ) {
        let rows = slice.rows
        let inferred = model.inferredInputCount
        let units = model.controllerUnits
        multiply(
            context.packed.term(
                generator.tape.dGates(at: t), leading: 3 * generator.tape.units,
                packed.generatorToInferredInputs),
            into: dSample.base, leadingC: inferred, rows: rows, columns: inferred)
        addSampleGradient(at: t, rows: rows)
        multiply(
            context.packed.term(
                dPosterior.base + t * rows * 2 * inferred, leading: 2 * inferred,
                packed.inferredInputPosterior.backward),
            into: tape.dState.base, leadingC: units, rows: rows, columns: units, accumulate: true)
        tape.stepBackward(
            t, context.packed, packed.cell, places.cell, inputs: inputs.base, dInputs: nil,
            clip: model.stateClip, gradient)
        // ∂/∂f_{t−1} through the controller's input.
        let dInput = dInputs.base + t * rows * width
        multiply(
            context.packed.term(tape.dGates(at: t), leading: 3 * units, packed.cell.toInput),
            into: dInput, leadingC: width, rows: rows, columns: width)
        if inputMask.isActive { inputMask.apply(dInput, step: t, into: dInput) }
        loops.pointee.add_rows(
            rows, model.factorCount, dInput + model.controllerInputWidth, width, dFactors,
            model.factorCount)
    }

    /// ∂/∂u_t → ∂/∂[mean, log-variance] of the inferred input.
    private func addSampleGradient(at bin: Int, rows: Int) {
        let inferred = model.inferredInputCount
        let d = dPosterior.base + bin * rows * 2 * inferred
        let place = bin * rows * inferred
        for row in 0..<rows {
            for j in 0..<inferred {
                let i = row * inferred + j
                let du = dSample.base[i]
                d[row * 2 * inferred + j] += du
                d[row * 2 * inferred + inferred + j] +=
                    0.5 * du * noise.base[place + i] * deviation.base[place + i]
            }
        }
    }

    /// Gradients of the initial state, and of the map to the inferred inputs over all bins at once.
    func finishBackward(
        _ slice: Slice, _ places: ParameterTable.Controller, _ gradient: ShardGradient
    ) {
        let units = model.controllerUnits
        loops.pointee.add_column_sums(
            slice.rows, units, tape.dState.base, units, gradient.shared(places.initialState))
        gradient.add(
            places.inferredInputPosterior, dOut: dPosterior.base,
            leadingOut: 2 * model.inferredInputCount, tape.state(after: 0), leadingIn: units,
            count: model.binCount * slice.rows)
    }

    var byteCount: Int {
        [inputs, dInputs, posterior, dPosterior, deviation, dSample].reduce(0) { $0 + $1.byteCount }
            + tape.byteCount + inputMask.byteCount + noise.byteCount
    }
}
