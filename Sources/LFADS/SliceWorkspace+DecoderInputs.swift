import CKernels
import LinearAlgebra

/// What the decoder needs before its loop over bins.
extension SliceWorkspace {
    /// g_0 = W_ic z + b_ic, and all inputs that are known before the loop.
    func startGenerator(_ context: PassContext) {
        let bins = model.binCount
        let units = model.generatorUnits
        generator.prepare(rows: rows, steps: bins)
        affine(
            context, context.packed.generatorStart, initialCondition.base,
            into: generator.initialState)
        generatorInputs.reserve(bins * rows * model.generatorInputCount)
        gatherExternalInputs(context)
        factors.reserve((bins + 1) * rows * model.factorCount)
        if context.dropsOut {
            droppedStates.reserve((bins + 1) * rows * units)
            // Slot 0 is the start, of use to a controller only.
            _ = drawDropout(
                context, purpose: RandomPurpose.generatorStateDropout, steps: bins + 1, width: units,
                into: generatorMask)
        }
        if model.hasController { startController(context) }
    }

    /// External inputs of the encoded bins with dropout, behind the inferred ones; zero in predicted bins.
    private func gatherExternalInputs(_ context: PassContext) {
        let bins = model.binCount
        let width = model.externalInputCount
        guard width > 0 else { return }
        let stride = model.generatorInputCount
        let first = generatorInputs.base + stride - width
        for index in 0..<rows {
            let row = row(context, index)
            let session = context.sessions[row.session]
            session.externalInputs.withUnsafeBufferPointer { source in
                guard let base = source.baseAddress else { return }
                for t in 0..<bins {
                    let target = first + (t * rows + index) * stride
                    if t < model.encodedBinCount {
                        target.update(
                            from: base + (row.trial * session.binCount + t) * width, count: width)
                    } else {
                        target.update(repeating: 0, count: width)
                    }
                }
            }
        }
        if drawDropout(
            context, purpose: RandomPurpose.externalInputDropout, steps: bins, width: width,
            into: externalInputMask)
        {
            loops.pointee.apply_mask_rows(
                bins * rows, width, first, stride, externalInputMask.base, width, dropoutScale, first,
                stride)
        }
    }

    /// The controller's initial state, its encoder's part of its inputs, and the inferred inputs' noise.
    private func startController(_ context: PassContext) {
        let bins = model.binCount
        let stride = controllerWidth
        controllerInputs.reserve(bins * rows * stride)
        let drops = drawDropout(
            context, purpose: RandomPurpose.controllerInputDropout, steps: bins, width: stride,
            into: controllerInputMask)
        let units = model.controllerInputEncoderUnits
        let lag = model.controllerInputLag
        for t in 0..<bins {
            let bin = t - model.initialConditionBinCount
            gatherControllerInputs(
                controllerInputForward, bin: bin, used: bin - lag, t: t, column: 0, drops: drops)
            gatherControllerInputs(
                controllerInputBackward, bin: bin, used: bin + lag, t: t, column: units, drops: drops)
        }
        controller.prepare(rows: rows, steps: bins)
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

    /// One direction's outputs: the forward ones delayed, the backward ones advanced by `ci_lag` bins,
    /// zeros shifted in; zero in reserved and predicted bins.
    private func gatherControllerInputs(
        _ tape: GatedRecurrentTape, bin: Int, used: Int, t: Int, column: Int, drops: Bool
    ) {
        let units = tape.units
        let stride = controllerWidth
        let encoded = 0..<model.controllerEncodedBins
        let target = controllerInputs.base + t * rows * stride + column
        guard encoded.contains(bin), encoded.contains(used) else {
            for row in 0..<rows { (target + row * stride).update(repeating: 0, count: units) }
            return
        }
        let source = tape.state(after: used)
        if drops {
            loops.pointee.apply_mask_rows(
                rows, units, source, units, controllerInputMask.base + t * rows * stride + column,
                stride, dropoutScale, target, stride)
        } else {
            loops.pointee.copy_rows(rows, units, source, units, target, stride)
        }
    }
}
