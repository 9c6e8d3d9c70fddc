import CKernels

/// What the decoder needs before its loop over bins.
extension SliceWorkspace {
    /// g_0 = W_ic z + b_ic, and all inputs that are known before the loop.
    func startGenerator(_ context: PassContext) {
        let bins = model.binCount
        let units = model.generatorUnits
        generator.prepare(rows: rows, steps: bins, capacity: rowCapacity)
        affine(
            context, context.packed.generatorStart, initialCondition.base,
            into: generator.initialState)
        generatorInputs.reserve(bins * rowCapacity * model.generatorInputCount)
        gatherExternalInputs(context)
        factors.reserve((bins + 1) * rowCapacity * model.factorCount)
        if context.dropsOut {
            droppedStates.reserve((bins + 1) * rowCapacity * units)
            // Slot 0 is the start, of use to a controller only.
            _ = drawDropout(
                context, purpose: RandomPurpose.generatorStateDropout, steps: bins + 1, width: units,
                into: generatorMask)
        }
        if let places = context.table.controller { startController(context, places) }
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
            let session = context.session(of: row)
            session.externalInputs.values.withUnsafeBufferPointer { source in
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
            for t in 0..<bins {
                let place = first + t * rows * stride
                dropOut(
                    place, externalInputMask, step: t, steps: bins, maskWidth: width, width: width,
                    into: place, leading: stride, leadingX: stride)
            }
        }
    }

    /// The controller's initial state, and the noise of the inferred inputs.
    private func startController(_ context: PassContext, _ places: ParameterTable.Controller) {
        let bins = model.binCount
        controllerInputs.reserve(bins * rowCapacity * controllerWidth)
        _ = drawDropout(
            context, purpose: RandomPurpose.controllerInputDropout, steps: bins,
            width: controllerWidth, into: controllerInputMask)
        controller.prepare(rows: rows, steps: bins, capacity: rowCapacity)
        loops.pointee.broadcast_row(
            rows, model.controllerUnits, context.pointer(places.initialState),
            controller.initialState, model.controllerUnits)

        let inferred = model.inferredInputCount
        inferredInputPosterior.reserve(bins * rowCapacity * 2 * inferred)
        inferredInputDeviation.reserve(bins * rowCapacity * inferred)
        _ = drawNoise(
            context, training: RandomPurpose.inferredInputSample,
            inference: RandomPurpose.inferenceInputSample, steps: bins, width: inferred,
            given: { $0.inferredInputs }, into: inferredInputNoise)
    }

    /// The encoder's part of the controller's input at a bin: forward outputs delayed, backward ones
    /// advanced by `ci_lag` bins, zeros shifted in; zero in reserved and predicted bins.
    func gatherControllerInputs(_ context: PassContext, bin t: Int) {
        let bin = t - model.initialConditionBinCount
        let lag = model.controllerInputLag
        gather(controllerInputForward, context, bin: bin, used: bin - lag, at: t, column: 0)
        gather(
            controllerInputBackward, context, bin: bin, used: bin + lag, at: t,
            column: model.controllerInputEncoderUnits)
    }

    private func gather(
        _ tape: GatedRecurrentTape, _ context: PassContext, bin: Int, used: Int, at t: Int,
        column: Int
    ) {
        let encoded = 0..<model.controllerEncodedBins
        guard encoded.contains(bin), encoded.contains(used) else {
            let target = controllerInputs.base + t * rows * controllerWidth + column
            for row in 0..<rows {
                (target + row * controllerWidth).update(repeating: 0, count: tape.units)
            }
            return
        }
        setControllerInputs(
            context, bin: t, tape.state(after: used), column: column, width: tape.units)
    }

    /// Columns of the controller's input at a bin, with dropout in training.
    func setControllerInputs(
        _ context: PassContext, bin: Int, _ source: UnsafePointer<Float>, column: Int, width: Int
    ) {
        let stride = controllerWidth
        let target = controllerInputs.base + bin * rows * stride + column
        if context.dropsOut {
            dropOut(
                source, controllerInputMask, step: bin, steps: model.binCount, maskWidth: stride,
                column: column, width: width, into: target, leading: stride)
        } else {
            loops.pointee.copy_rows(rows, width, source, width, target, stride)
        }
    }
}
