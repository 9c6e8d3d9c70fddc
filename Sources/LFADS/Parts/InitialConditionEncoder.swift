import CKernels

/// The encoder of the initial condition: a bidirectional pass over the read-in, the posterior's mean and
/// log-variance, and one sample z = mean + std∘ε, std = √(exp(log-variance) + floor); ε is normal, or
/// Student's t where the prior is.
final class InitialConditionEncoder {
    private let model: ModelConfiguration
    private let encoder: BidirectionalEncoder
    /// Both directions' final states side by side, `[rows, 2·units]`, dropout applied.
    private let states = FloatBuffer()
    private let statesMask: DropoutMask
    private let dStates = FloatBuffer()
    /// Mean and log-variance, `[rows, 2·ic_dim]`, and their gradient.
    let posterior = FloatBuffer()
    let dPosterior = FloatBuffer()
    /// `[rows, ic_dim]`
    let deviation = FloatBuffer()
    let sample = FloatBuffer()
    let dSample = FloatBuffer()
    private let noise: StandardNoise

    init(_ model: ModelConfiguration, _ scratch: DrawScratch) {
        self.model = model
        encoder = BidirectionalEncoder(units: model.initialConditionEncoderUnits)
        statesMask = DropoutMask(model, purpose: RandomPurpose.encoderStateDropout, scratch)
        noise = StandardNoise(
            training: RandomPurpose.initialConditionSample, inference: RandomPurpose.inferenceSample,
            degreesOfFreedom: model.initialConditionDegreesOfFreedom, scratch
        ) { $0.initialCondition }
    }

    func forward(_ context: PassContext, _ slice: Slice, inputs: UnsafePointer<Float>) {
        let units = encoder.units
        let rows = slice.rows
        encoder.forward(
            context, slice, context.packed.initialConditionEncoder,
            context.table.initialConditionEncoder, inputs: inputs,
            bins: model.initialConditionEncodedBins)
        states.reserve(slice.capacity * 2 * units)
        loops.pointee.copy_rows(
            rows, units, encoder.forwardTape.finalState, units, states.base, 2 * units)
        loops.pointee.copy_rows(
            rows, units, encoder.backwardTape.finalState, units, states.base + units, 2 * units)
        statesMask.draw(context, slice, steps: 1, width: 2 * units)
        if statesMask.isActive { statesMask.apply(states.base, step: 0, into: states.base) }

        let dimensions = model.initialConditionDimensions
        posterior.reserve(slice.capacity * 2 * dimensions)
        deviation.reserve(slice.capacity * dimensions)
        sample.reserve(slice.capacity * dimensions)
        slice.apply(
            context.packed.initialConditionPosterior, context.packed, states.base, into: posterior.base)
        let hasNoise = noise.draw(context, slice, steps: 1, width: dimensions)
        loops.pointee.gaussian_sample(
            rows, dimensions, posterior.base, model.initialConditionVarianceFloor,
            hasNoise ? noise.base : nil, deviation.base, sample.base, dimensions)
    }

    /// Room for the gradients that others write: of the posterior, and of the sample.
    func prepareBackward(_ slice: Slice) {
        dPosterior.reserve(slice.capacity * 2 * model.initialConditionDimensions)
        dSample.reserve(slice.capacity * model.initialConditionDimensions)
    }

    /// From `dPosterior`, which the prior left, and `dSample`, which the generator left, back through the
    /// encoder.
    ///
    /// - Parameter dInputs: added to.
    func backward(
        _ context: PassContext, _ slice: Slice, inputs: UnsafePointer<Float>,
        dInputs: UnsafeMutablePointer<Float>?, _ gradient: ShardGradient
    ) {
        let map = context.table.initialConditionPosterior
        let units = encoder.units
        let rows = slice.rows
        addSampleGradient(rows)
        gradient.add(
            map, dOut: dPosterior.base, leadingOut: map.outputs, states.base, leadingIn: map.inputs,
            count: rows)
        dStates.reserve(slice.capacity * 2 * units)
        multiply(
            context.packed.term(
                dPosterior.base, leading: map.outputs,
                context.packed.initialConditionPosterior.backward),
            into: dStates.base, leadingC: map.inputs, rows: rows, columns: map.inputs)
        if statesMask.isActive { statesMask.apply(dStates.base, step: 0, into: dStates.base) }
        loops.pointee.copy_rows(
            rows, units, dStates.base, 2 * units, encoder.forwardTape.dState.base, units)
        loops.pointee.copy_rows(
            rows, units, dStates.base + units, 2 * units, encoder.backwardTape.dState.base, units)
        encoder.backward(
            context, slice, context.packed.initialConditionEncoder,
            context.table.initialConditionEncoder, inputs: inputs, dInputs: dInputs, gradient)
    }

    /// ∂/∂z → ∂/∂[mean, log-variance].
    private func addSampleGradient(_ rows: Int) {
        let dimensions = model.initialConditionDimensions
        let floor = model.initialConditionVarianceFloor
        for row in 0..<rows {
            let d = dPosterior.base + row * 2 * dimensions
            for j in 0..<dimensions {
                let i = row * dimensions + j
                let dz = dSample.base[i]
                let deviation = deviation.base[i]
                d[j] += dz
                // ∂std/∂(log-variance) = ½ exp(log-variance)/std.
                d[dimensions + j] +=
                    0.5 * dz * noise.base[i] * (deviation * deviation - floor) / deviation
            }
        }
    }

    var byteCount: Int {
        [states, dStates, posterior, dPosterior, deviation, sample, dSample].reduce(0) {
            $0 + $1.byteCount
        } + encoder.byteCount + statesMask.byteCount + noise.byteCount
    }
}
