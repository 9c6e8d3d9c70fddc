import CKernels
import LinearAlgebra

/// What the decoder needs before its loop over bins.
extension ShardWorkspace {
    /// g_0 = W_ic z + b_ic, all inputs that are known before the loop, and their products.
    func startGenerator(_ context: PassContext) {
        let table = context.table
        let bins = model.binCount
        generator.prepare(rows: rows, steps: bins)
        affine(
            context, table.generatorStart, initialCondition.base, into: generator.initialState,
            rows: rows)

        let inputs = model.generatorInputCount
        let inferred = model.hasController ? model.inferredInputCount : 0
        let external = model.externalInputCount
        let cell = table.generator
        generatorInputs.reserve(bins * rows * inputs)
        if external > 0 { gatherExternalInputs(context, firstColumn: inferred) }
        generator.setInputs(
            generatorInputs.base + inferred, leading: inputs, inputCount: external,
            weights: context.pointer(cell.inputWeights + inferred), cell: cell,
            bias: context.pointer(cell.bias))

        let units = model.generatorUnits
        droppedStates.reserve((bins + 1) * rows * units)
        factors.reserve((bins + 1) * rows * model.factorCount)
        drawGeneratorMasks(context)
        if model.hasController { gatherControllerInputs(context) }
    }

    /// External inputs of the encoded bins with dropout; zero in predicted bins.
    private func gatherExternalInputs(_ context: PassContext, firstColumn: Int) {
        let bins = model.binCount
        let width = model.externalInputCount
        let stride = model.generatorInputCount
        for segment in segments {
            let session = context.sessions[segment.session]
            session.externalInputs.withUnsafeBufferPointer { source in
                guard let base = source.baseAddress else { return }
                for (index, trial) in segment.trials.enumerated() {
                    for t in 0..<bins {
                        let target =
                            generatorInputs.base + (t * rows + segment.firstRow + index) * stride
                            + firstColumn
                        if t < model.encodedBinCount {
                            target.update(
                                from: base + (trial * session.binCount + t) * width, count: width)
                        } else {
                            target.update(repeating: 0, count: width)
                        }
                    }
                }
            }
        }
        if drawDropout(
            context, purpose: RandomPurpose.externalInputDropout, steps: bins, width: width,
            into: externalInputMask)
        {
            loops.pointee.apply_mask_rows(
                bins * rows, width, generatorInputs.base + firstColumn, stride,
                externalInputMask.base, width, dropoutScale, generatorInputs.base + firstColumn,
                stride)
        }
    }

    /// Masks of the states in front of the factors: slot 0 is the start, of use to a controller only.
    private func drawGeneratorMasks(_ context: PassContext) {
        guard context.dropsOut else { return }
        _ = drawDropout(
            context, purpose: RandomPurpose.generatorStateDropout, steps: model.binCount + 1,
            width: model.generatorUnits, into: generatorMask)
    }

    /// The controller's inputs from its encoder: forward outputs delayed, backward outputs advanced by
    /// `ci_lag` bins, zeros shifted in; zero in reserved and predicted bins.
    private func gatherControllerInputs(_ context: PassContext) {
        guard let cell = context.table.controller else { return }
        let bins = model.binCount
        let units = model.controllerInputEncoderUnits
        let stride = controllerWidth
        let reserved = model.initialConditionBinCount
        let encodedBins = model.controllerEncodedBins
        let lag = model.controllerInputLag
        controllerInputs.reserve(bins * rows * stride)
        for t in 0..<bins {
            let bin = t - reserved
            for (tape, column, used) in [
                (controllerInputForward, 0, bin - lag), (controllerInputBackward, units, bin + lag),
            ] {
                let isInside = bin >= 0 && bin < encodedBins && used >= 0 && used < encodedBins
                for row in 0..<rows {
                    let target = controllerInputs.base + (t * rows + row) * stride + column
                    if isInside {
                        target.update(from: tape.state(after: used) + row * units, count: units)
                    } else {
                        target.update(repeating: 0, count: units)
                    }
                }
            }
        }
        if drawDropout(
            context, purpose: RandomPurpose.controllerInputDropout, steps: bins, width: stride,
            into: controllerInputMask)
        {
            loops.pointee.apply_mask_rows(
                bins * rows, 2 * units, controllerInputs.base, stride, controllerInputMask.base,
                stride, dropoutScale, controllerInputs.base, stride)
        }
        controller.prepare(rows: rows, steps: bins)
        controller.setInputs(
            controllerInputs.base, leading: stride, inputCount: 2 * units,
            weights: context.pointer(cell.inputWeights), cell: cell,
            bias: context.pointer(cell.bias))
        loops.pointee.broadcast_row(
            rows, model.controllerUnits, context.pointer(context.table.controllerInitialState),
            controller.initialState, model.controllerUnits)

        let inferred = model.inferredInputCount
        inferredInputPosterior.reserve(bins * rows * 2 * inferred)
        inferredInputDeviation.reserve(bins * rows * inferred)
        _ = drawNoise(
            context, training: RandomPurpose.inferredInputSample,
            inference: RandomPurpose.inferenceInputSample, steps: bins, width: inferred,
            given: { $0.inferredInputs }, into: inferredInputNoise)
    }
}
