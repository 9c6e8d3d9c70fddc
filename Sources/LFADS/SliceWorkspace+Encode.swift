import CKernels

extension SliceWorkspace {
    /// Bidirectional encoder over the read-in, then mean and log-variance of the initial condition
    /// and one sample z = mean + std∘ε, std = √(exp(log-variance) + floor).
    func encodeInitialCondition(_ context: PassContext) {
        let table = context.table
        let cells = context.packed.initialConditionEncoder
        let bins = model.initialConditionEncodedBins
        let units = model.initialConditionEncoderUnits
        run(
            context, initialConditionForward, cells.forward, inputs: encoderInput.base, bins: bins,
            initialState: table.initialConditionEncoder.states)
        run(
            context, initialConditionBackward, cells.backward, inputs: encoderInput.base, bins: bins,
            initialState: table.initialConditionEncoder.states + units)

        encoderState.reserve(rowCapacity * 2 * units)
        loops.pointee.copy_rows(
            rows, units, initialConditionForward.finalState, units, encoderState.base, 2 * units)
        loops.pointee.copy_rows(
            rows, units, initialConditionBackward.finalState, units, encoderState.base + units,
            2 * units)
        if drawDropout(
            context, purpose: RandomPurpose.encoderStateDropout, steps: 1, width: 2 * units,
            into: encoderStateMask)
        {
            loops.pointee.apply_mask(
                rows * 2 * units, encoderState.base, encoderStateMask.base, dropoutScale,
                encoderState.base)
        }

        let dimensions = model.initialConditionDimensions
        initialConditionPosterior.reserve(rowCapacity * 2 * dimensions)
        initialConditionDeviation.reserve(rowCapacity * dimensions)
        initialCondition.reserve(rowCapacity * dimensions)
        affine(
            context, context.packed.initialConditionPosterior, encoderState.base,
            into: initialConditionPosterior.base)
        let hasNoise = drawNoise(
            context, training: RandomPurpose.initialConditionSample,
            inference: RandomPurpose.inferenceSample, steps: 1, width: dimensions,
            given: { $0.initialCondition }, into: initialConditionNoise)
        loops.pointee.gaussian_sample(
            rows, dimensions, initialConditionPosterior.base, model.initialConditionVarianceFloor,
            hasNoise ? initialConditionNoise.base : nil, initialConditionDeviation.base,
            initialCondition.base, dimensions)
    }

    /// The controller's bidirectional encoder over the bins that are not reserved.
    func encodeControllerInputs(_ context: PassContext) {
        guard let cells = context.packed.controller?.inputEncoder,
            let states = context.table.controller?.inputEncoder.states
        else { return }
        let inputs = encoderInput.base + model.initialConditionBinCount * rows * cells.forward.inputs
        run(
            context, controllerInputForward, cells.forward, inputs: inputs,
            bins: model.controllerEncodedBins, initialState: states)
        run(
            context, controllerInputBackward, cells.backward, inputs: inputs,
            bins: model.controllerEncodedBins, initialState: states + cells.forward.units)
    }

    private func run(
        _ context: PassContext, _ tape: GatedRecurrentTape, _ cell: PackedCell,
        inputs: UnsafePointer<Float>, bins: Int, initialState: Int
    ) {
        tape.prepare(rows: rows, steps: bins, capacity: rowCapacity)
        loops.pointee.broadcast_row(
            rows, cell.units, context.pointer(initialState), tape.initialState, cell.units)
        tape.run(context.packed, cell, inputs: inputs, clip: model.stateClip)
    }

    /// `out ← input·Wᵀ + b` for the slice's rows.
    func affine(
        _ context: PassContext, _ map: PackedAffine, _ input: UnsafePointer<Float>,
        into out: UnsafeMutablePointer<Float>
    ) {
        multiply(
            context.packed.term(input, leading: map.inputs, map.forward), into: out,
            leadingC: map.outputs, rows: rows, columns: map.outputs,
            bias: context.packed.pointer(map.bias))
    }

    /// From `dInitialCondition` = ∂/∂[mean, log-variance] back through both encoders and the read-in.
    func encodeBackward(_ context: PassContext, _ gradient: ShardGradient) {
        let table = context.table
        let packed = context.packed
        let map = table.initialConditionPosterior
        let units = model.initialConditionEncoderUnits
        addGradients(
            map, dOut: dInitialCondition.base, leadingOut: map.outputs, encoderState.base,
            leadingIn: map.inputs, count: rows, weights: gradient.shared(map.weights),
            bias: gradient.shared(map.bias))
        dEncoderState.reserve(rowCapacity * 2 * units)
        multiply(
            packed.term(
                dInitialCondition.base, leading: map.outputs,
                packed.initialConditionPosterior.backward),
            into: dEncoderState.base, leadingC: map.inputs, rows: rows, columns: map.inputs)
        if context.dropsOut {
            loops.pointee.apply_mask(
                rows * 2 * units, dEncoderState.base, encoderStateMask.base, dropoutScale,
                dEncoderState.base)
        }
        loops.pointee.copy_rows(
            rows, units, dEncoderState.base, 2 * units, initialConditionForward.dState.base, units)
        loops.pointee.copy_rows(
            rows, units, dEncoderState.base + units, 2 * units,
            initialConditionBackward.dState.base, units)

        let width = table.initialConditionEncoder.forward.inputs
        let needsInput = context.trainsReadIn && model.readIn != .identity
        if needsInput {
            dEncoderInput.reserve(model.encodedBinCount * rowCapacity * width)
            dEncoderInput.setToZero(model.encodedBinCount * rows * width)
        }
        let dInputs = needsInput ? dEncoderInput.base : nil
        runBackward(
            context, initialConditionForward, packed.initialConditionEncoder.forward,
            table.initialConditionEncoder.forward, inputs: encoderInput.base, dInputs: dInputs,
            gradient, initialState: table.initialConditionEncoder.states)
        runBackward(
            context, initialConditionBackward, packed.initialConditionEncoder.backward,
            table.initialConditionEncoder.backward, inputs: encoderInput.base, dInputs: dInputs,
            gradient, initialState: table.initialConditionEncoder.states + units)
        encodeControllerInputsBackward(context, gradient, dInputs: dInputs)
        if needsInput { readInBackward(context, gradient) }
    }

    private func encodeControllerInputsBackward(
        _ context: PassContext, _ gradient: ShardGradient, dInputs: UnsafeMutablePointer<Float>?
    ) {
        guard let cells = context.packed.controller?.inputEncoder,
            let places = context.table.controller?.inputEncoder
        else { return }
        let units = cells.forward.units
        let skipped = model.initialConditionBinCount * rows * cells.forward.inputs
        let inputs = encoderInput.base + skipped
        let states = places.states
        controllerInputForward.dState.setToZero(rows * units)
        runBackward(
            context, controllerInputForward, cells.forward, places.forward, inputs: inputs,
            dInputs: dInputs.map { $0 + skipped }, gradient, initialState: states,
            output: ControllerInputColumns(first: 0, lag: model.controllerInputLag))
        controllerInputBackward.dState.setToZero(rows * units)
        runBackward(
            context, controllerInputBackward, cells.backward, places.backward, inputs: inputs,
            dInputs: dInputs.map { $0 + skipped }, gradient, initialState: states + units,
            output: ControllerInputColumns(first: units, lag: -model.controllerInputLag))
    }

    /// Where an encoder's outputs stand in the controller's inputs: columns from `first`, `lag` bins
    /// later.
    private struct ControllerInputColumns {
        let first: Int
        let lag: Int
    }

    /// A tape backward over all its bins, and its initial state's gradient.
    ///
    /// - Parameter output: of every bin that the controller read.
    private func runBackward(
        _ context: PassContext, _ tape: GatedRecurrentTape, _ cell: PackedCell,
        _ place: ParameterTable.Cell, inputs: UnsafePointer<Float>,
        dInputs: UnsafeMutablePointer<Float>?, _ gradient: ShardGradient, initialState: Int,
        output: ControllerInputColumns? = nil
    ) {
        tape.prepareBackward()
        for k in 0..<tape.steps {
            let bin = tape.isReversed ? k : tape.steps - 1 - k
            if let output, (0..<tape.steps).contains(bin + output.lag) {
                let used = model.initialConditionBinCount + bin + output.lag
                loops.pointee.add_rows(
                    rows, cell.units,
                    dControllerInputs.base + used * rows * controllerWidth + output.first,
                    controllerWidth, tape.dState.base, cell.units)
            }
            tape.stepBackward(
                bin, context.packed, cell, place, inputs: inputs, dInputs: dInputs,
                clip: model.stateClip, gradient)
        }
        loops.pointee.add_column_sums(
            rows, cell.units, tape.dState.base, cell.units, gradient.shared(initialState))
    }
}
