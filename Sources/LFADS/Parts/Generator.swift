import CKernels

/// The generator: a recurrent cell that starts from the initial condition and is driven by inferred and
/// external inputs.
final class Generator {
    private let model: ModelConfiguration
    let tape: GatedRecurrentTape
    /// `[bins, rows, co + ext]`: the controller writes the inferred ones.
    let inputs = FloatBuffer()
    private let externalInputMask: DropoutMask

    init(_ model: ModelConfiguration, _ scratch: DrawScratch) {
        self.model = model
        tape = GatedRecurrentTape(units: model.generatorUnits)
        externalInputMask = DropoutMask(model, purpose: RandomPurpose.externalInputDropout, scratch)
    }

    /// g_0 = W_ic z + b_ic, and all inputs that are known before the loop.
    func start(_ context: PassContext, _ slice: Slice, from sample: UnsafePointer<Float>) {
        tape.prepare(rows: slice.rows, steps: model.binCount, capacity: slice.capacity)
        slice.apply(context.packed.generatorStart, context.packed, sample, into: tape.initialState)
        inputs.reserve(model.binCount * slice.capacity * model.generatorInputCount)
        gatherExternalInputs(context, slice)
    }

    /// External inputs of the encoded bins with dropout, behind the inferred ones; zero in predicted bins.
    private func gatherExternalInputs(_ context: PassContext, _ slice: Slice) {
        let bins = model.binCount
        let width = model.externalInputCount
        guard width > 0 else { return }
        let stride = model.generatorInputCount
        let first = inputs.base + stride - width
        for index in 0..<slice.rows {
            let row = slice.row(index, context)
            let session = context.session(of: row)
            session.externalInputs.values.withUnsafeBufferPointer { source in
                guard let base = source.baseAddress else { return }
                for t in 0..<bins {
                    let target = first + (t * slice.rows + index) * stride
                    if t < model.encodedBinCount {
                        target.update(
                            from: base + (row.trial * session.binCount + t) * width, count: width)
                    } else {
                        target.update(repeating: 0, count: width)
                    }
                }
            }
        }
        externalInputMask.draw(context, slice, steps: bins, width: width)
        guard externalInputMask.isActive else { return }
        for t in 0..<bins {
            let place = first + t * slice.rows * stride
            externalInputMask.apply(place, leadingX: stride, step: t, into: place, leading: stride)
        }
    }

    /// The inputs of a bin, `[rows, co + ext]`.
    @inline(__always)
    func inputs(at bin: Int, _ slice: Slice) -> UnsafeMutablePointer<Float> {
        inputs.base + bin * slice.rows * model.generatorInputCount
    }

    func step(_ bin: Int, _ context: PassContext, _ slice: Slice) {
        tape.step(
            bin, context.packed, context.packed.generator, inputs: inputs(at: bin, slice),
            clip: model.stateClip)
    }

    // MARK: Backward

    func prepareBackward(_ slice: Slice) {
        tape.prepareBackward()
        tape.dState.setToZero(slice.rows * model.generatorUnits)
    }

    func stepBackward(_ bin: Int, _ context: PassContext, _ gradient: ShardGradient) {
        tape.stepBackward(
            bin, context.packed, context.packed.generator, context.table.generator,
            inputs: inputs.base, dInputs: nil, clip: model.stateClip, gradient)
    }

    /// ∂/∂g_0 → the map from the initial condition, and the initial condition itself.
    func startBackward(
        _ context: PassContext, _ slice: Slice, from sample: UnsafePointer<Float>,
        into dSample: UnsafeMutablePointer<Float>, _ gradient: ShardGradient
    ) {
        let map = context.table.generatorStart
        gradient.add(
            map, dOut: tape.dState.base, leadingOut: map.outputs, sample, leadingIn: map.inputs,
            count: slice.rows)
        multiply(
            context.packed.term(
                tape.dState.base, leading: map.outputs, context.packed.generatorStart.backward),
            into: dSample, leadingC: map.inputs, rows: slice.rows, columns: map.inputs)
    }

    var byteCount: Int { tape.byteCount + inputs.byteCount + externalInputMask.byteCount }
}
