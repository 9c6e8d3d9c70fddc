import CKernels
import LinearAlgebra

extension ShardWorkspace {
    /// Bidirectional encoder over the read-in, then mean and log-variance of the initial condition
    /// and one sample z = mean + std∘ε, std = √(exp(log-variance) + floor).
    func encodeInitialCondition(_ context: PassContext) {
        let table = context.table
        let width = table.initialConditionEncoder.forward.inputs
        let bins = model.initialConditionEncodedBins
        let units = model.initialConditionEncoderUnits
        run(
            context, initialConditionForward, table.initialConditionEncoder.forward,
            inputs: encoderInput.base, width: width, bins: bins,
            initialState: table.initialConditionStates)
        run(
            context, initialConditionBackward, table.initialConditionEncoder.backward,
            inputs: encoderInput.base, width: width, bins: bins,
            initialState: table.initialConditionStates + units)

        encoderState.reserve(rows * 2 * units)
        for row in 0..<rows {
            let target = encoderState.base + row * 2 * units
            target.update(from: initialConditionForward.finalState + row * units, count: units)
            (target + units).update(
                from: initialConditionBackward.finalState + row * units, count: units)
        }
        if drawDropout(
            context, purpose: RandomPurpose.encoderStateDropout, steps: 1, width: 2 * units,
            into: encoderStateMask)
        {
            loops.pointee.apply_mask(
                rows * 2 * units, encoderState.base, encoderStateMask.base, dropoutScale,
                encoderState.base)
        }

        let dimensions = model.initialConditionDimensions
        let map = table.initialConditionPosterior
        initialConditionPosterior.reserve(rows * 2 * dimensions)
        initialConditionDeviation.reserve(rows * dimensions)
        initialCondition.reserve(rows * dimensions)
        affine(context, map, encoderState.base, into: initialConditionPosterior.base, rows: rows)
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
        guard let cells = context.table.controllerInputEncoder else { return }
        let width = cells.forward.inputs
        let inputs = encoderInput.base + model.initialConditionBinCount * rows * width
        run(
            context, controllerInputForward, cells.forward, inputs: inputs, width: width,
            bins: model.controllerEncodedBins, initialState: context.table.controllerInputStates)
        run(
            context, controllerInputBackward, cells.backward, inputs: inputs, width: width,
            bins: model.controllerEncodedBins,
            initialState: context.table.controllerInputStates + model.controllerInputEncoderUnits)
    }

    private func run(
        _ context: PassContext, _ tape: GatedRecurrentTape, _ cell: ParameterTable.Cell,
        inputs: UnsafePointer<Float>, width: Int, bins: Int, initialState: Int
    ) {
        tape.prepare(rows: rows, steps: bins)
        tape.setInputs(
            inputs, leading: width, inputCount: width, weights: context.pointer(cell.inputWeights),
            cell: cell, bias: context.pointer(cell.bias))
        loops.pointee.broadcast_row(
            rows, cell.units, context.pointer(initialState), tape.initialState, cell.units)
        tape.run(recurrent: context.pointer(cell.recurrentWeights), clip: model.stateClip)
    }

    /// `out ← input·Wᵀ + b`
    func affine(
        _ context: PassContext, _ map: ParameterTable.Affine, _ input: UnsafePointer<Float>,
        into out: UnsafeMutablePointer<Float>, rows: Int
    ) {
        loops.pointee.broadcast_row(rows, map.outputs, context.pointer(map.bias), out, map.outputs)
        multiply(
            input, leadingA: map.inputs, context.pointer(map.weights), leadingB: map.inputs,
            transposeB: true, into: out, leadingC: map.outputs, rows: rows, columns: map.outputs,
            inner: map.inputs, accumulate: true)
    }

    /// Gradients of an affine map's weights and bias.
    func addAffineGradients(
        _ map: ParameterTable.Affine, _ dOut: UnsafePointer<Float>, _ input: UnsafePointer<Float>,
        rows: Int, weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>
    ) {
        multiply(
            dOut, leadingA: map.outputs, transposeA: true, input, leadingB: map.inputs,
            into: weights, leadingC: map.inputs, rows: map.outputs, columns: map.inputs,
            inner: rows, accumulate: true)
        loops.pointee.add_column_sums(rows, map.outputs, dOut, map.outputs, bias)
    }

    /// From `dInitialCondition` = ∂/∂[mean, log-variance] back through both encoders and the read-in.
    func encodeBackward(
        _ context: PassContext, _ gradient: UnsafeMutablePointer<Float>,
        _ layout: ShardGradientLayout
    ) {
        let table = context.table
        let map = table.initialConditionPosterior
        let units = model.initialConditionEncoderUnits
        addAffineGradients(
            map, dInitialCondition.base, encoderState.base, rows: rows,
            weights: gradient + map.weights, bias: gradient + map.bias)
        dEncoderState.reserve(rows * 2 * units)
        multiply(
            dInitialCondition.base, leadingA: map.outputs, context.pointer(map.weights),
            leadingB: map.inputs, into: dEncoderState.base, leadingC: map.inputs, rows: rows,
            columns: map.inputs, inner: map.outputs)
        if context.dropsOut {
            loops.pointee.apply_mask(
                rows * 2 * units, dEncoderState.base, encoderStateMask.base, dropoutScale,
                dEncoderState.base)
        }
        for row in 0..<rows {
            let source = dEncoderState.base + row * 2 * units
            (initialConditionForward.dState.base + row * units).update(from: source, count: units)
            (initialConditionBackward.dState.base + row * units).update(
                from: source + units, count: units)
        }

        let width = table.initialConditionEncoder.forward.inputs
        let needsInput = context.trainsReadIn && table.sessions[segments[0].session].readIn != nil
        if needsInput {
            dEncoderInput.reserve(model.encodedBinCount * rows * width)
            dEncoderInput.setToZero(model.encodedBinCount * rows * width)
        }
        for (tape, cell, offset) in [
            (initialConditionForward, table.initialConditionEncoder.forward, 0),
            (initialConditionBackward, table.initialConditionEncoder.backward, units),
        ] {
            runBackward(
                context, tape, cell, inputs: encoderInput.base, width: width,
                dInputs: needsInput ? dEncoderInput.base : nil, gradient,
                initialState: table.initialConditionStates + offset, dOutput: nil)
        }
        if let cells = table.controllerInputEncoder {
            encodeControllerInputsBackward(context, cells, gradient, needsInput: needsInput)
        }
        if needsInput { readInBackward(context, gradient, layout) }
    }

    private func encodeControllerInputsBackward(
        _ context: PassContext, _ cells: (forward: ParameterTable.Cell, backward: ParameterTable.Cell),
        _ gradient: UnsafeMutablePointer<Float>, needsInput: Bool
    ) {
        let units = model.controllerInputEncoderUnits
        let width = cells.forward.inputs
        let reserved = model.initialConditionBinCount
        let bins = model.controllerEncodedBins
        let stride = 2 * units + model.factorCount
        let lag = model.controllerInputLag
        let inputs = encoderInput.base + reserved * rows * width
        let dInputs = needsInput ? dEncoderInput.base + reserved * rows * width : nil
        for (tape, cell, column, sign) in [
            (controllerInputForward, cells.forward, 0, 1),
            (controllerInputBackward, cells.backward, units, -1),
        ] {
            tape.dState.setToZero(rows * units)
            runBackward(
                context, tape, cell, inputs: inputs, width: width, dInputs: dInputs, gradient,
                initialState: context.table.controllerInputStates + column
            ) { [self] bin in
                // The output of this bin was used `lag` bins later (forward) or earlier (reversed).
                let used = bin + sign * lag
                guard used >= 0, used < bins else { return }
                for row in 0..<rows {
                    let source =
                        dControllerInputs.base + ((reserved + used) * rows + row) * stride + column
                    loops.pointee.add(units, source, tape.dState.base + row * units)
                }
            }
        }
    }

    /// A tape backward over all its bins; `dOutput` adds the gradient of a bin's output to `dState`.
    private func runBackward(
        _ context: PassContext, _ tape: GatedRecurrentTape, _ cell: ParameterTable.Cell,
        inputs: UnsafePointer<Float>, width: Int, dInputs: UnsafeMutablePointer<Float>?,
        _ gradient: UnsafeMutablePointer<Float>, initialState: Int,
        dOutput: ((_ bin: Int) -> Void)?
    ) {
        let recurrent = context.pointer(cell.recurrentWeights)
        for k in 0..<tape.steps {
            let bin = tape.isReversed ? k : tape.steps - 1 - k
            dOutput?(bin)
            tape.stepBackward(bin, recurrent: recurrent, clip: model.stateClip)
        }
        loops.pointee.add_column_sums(
            rows, cell.units, tape.dState.base, cell.units, gradient + initialState)
        tape.addWeightGradients(
            recurrent: gradient + cell.recurrentWeights, bias: gradient + cell.bias)
        tape.addInputWeightGradients(
            inputs, leading: width, inputCount: width, into: gradient + cell.inputWeights, cell: cell)
        if let dInputs {
            multiply(
                tape.gates.base, leadingA: 3 * cell.units, context.pointer(cell.inputWeights),
                leadingB: cell.inputs, into: dInputs, leadingC: width, rows: tape.steps * rows,
                columns: width, inner: 3 * cell.units, accumulate: true)
        }
    }
}
