import CKernels

extension SliceWorkspace {
    /// Columns of the controller's input: its encoder's two directions, then the factors.
    var controllerWidth: Int { model.controllerInputWidth + model.factorCount }

    /// f = Ŵ·dropout(g) for one slot of the factor buffer.
    private func computeFactors(_ context: PassContext, slot: Int) {
        let units = model.generatorUnits
        var states = UnsafePointer(generator.states.base + slot * rows * units)
        if context.dropsOut {
            let dropped = droppedStates.base + slot * rows * units
            dropOut(
                states, generatorMask, step: slot, steps: model.binCount + 1, maskWidth: units,
                width: units, into: dropped)
            states = UnsafePointer(dropped)
        }
        multiply(
            context.packed.term(states, leading: units, context.packed.factors),
            into: factors.base + slot * rows * model.factorCount, leadingC: model.factorCount,
            rows: rows, columns: model.factorCount)
    }

    /// The generator over all bins, with the controller in the loop where there is one.
    func decode(_ context: PassContext) {
        let packed = context.packed
        let bins = model.binCount
        guard let weights = packed.controller else {
            for t in 0..<bins {
                generator.step(
                    t, packed, packed.generator,
                    inputs: generatorInputs.base + t * rows * model.generatorInputCount,
                    clip: model.stateClip)
                computeFactors(context, slot: t + 1)
            }
            return
        }
        let (cell, posterior) = (weights.cell, weights.inferredInputPosterior)
        let factorCount = model.factorCount
        let inferred = model.inferredInputCount
        let stride = controllerWidth
        let firstFactor = model.controllerInputWidth
        let hasNoise = context.draws.samplesPosterior
        computeFactors(context, slot: 0)
        for t in 0..<bins {
            // Controller: [ci_t, f_{t−1}].
            let input = controllerInputs.base + t * rows * stride
            gatherControllerInputs(context, bin: t)
            setControllerInputs(
                context, bin: t, factors.base + t * rows * factorCount, column: firstFactor,
                width: factorCount)
            controller.step(t, packed, cell, inputs: input, clip: model.stateClip)
            // Inferred input.
            let output = inferredInputPosterior.base + t * rows * 2 * inferred
            affine(context, posterior, controller.state(after: t), into: output)
            if context.silencesInferredInputs {
                for row in 0..<rows {
                    (output + row * 2 * inferred).update(repeating: 0, count: inferred)
                }
            }
            let place = t * rows * inferred
            let inputs = generatorInputs.base + t * rows * model.generatorInputCount
            loops.pointee.gaussian_sample(
                rows, inferred, output, 0, hasNoise ? inferredInputNoise.base + place : nil,
                inferredInputDeviation.base + place, inputs, model.generatorInputCount)
            generator.step(t, packed, packed.generator, inputs: inputs, clip: model.stateClip)
            computeFactors(context, slot: t + 1)
        }
    }

    /// Back through the loop from `dFactors`; leaves ∂/∂[mean, log-variance] of the initial condition
    /// added to `dInitialCondition`, and ∂/∂(controller inputs) in `dControllerInputs`.
    func decodeBackward(_ context: PassContext, _ gradient: ShardGradient) {
        let bins = model.binCount
        let units = model.generatorUnits
        dDroppedState.reserve(rowCapacity * units)
        generator.prepareBackward()
        generator.dState.setToZero(rows * units)
        if model.hasController {
            controlledBackward(context, gradient)
            factorsBackward(context, slot: 0)
        } else {
            for t in stride(from: bins - 1, through: 0, by: -1) {
                factorsBackward(context, slot: t + 1)
                generatorBackward(context, t, gradient)
            }
        }
        // Factor weights: ∂/∂Ŵ here, through the normalisation once per update.
        let firstSlot = model.hasController ? 0 : 1
        let place = firstSlot * rows
        let states = context.dropsOut ? droppedStates.base : generator.states.base
        addTransposedProduct(
            dFactors.base + place * model.factorCount, leadingA: model.factorCount,
            rows: model.factorCount, states + place * units, leadingB: units, columns: units,
            inner: (bins + 1 - firstSlot) * rows,
            into: gradient.shared(context.table.factorWeights), leadingC: units)
        startBackward(context, gradient)
    }

    /// Adds ∂/∂g of a slot, from its `dFactors`, to the generator's `dState`.
    private func factorsBackward(_ context: PassContext, slot: Int) {
        let units = model.generatorUnits
        let d = context.packed.term(
            dFactors.base + slot * rows * model.factorCount, leading: model.factorCount,
            context.packed.factorsBackward)
        guard context.dropsOut else {
            multiply(
                d, into: generator.dState.base, leadingC: units, rows: rows, columns: units,
                accumulate: true)
            return
        }
        multiply(d, into: dDroppedState.base, leadingC: units, rows: rows, columns: units)
        loops.pointee.add_masked_rows(
            rows, units, dDroppedState.base, units, generatorMask.base + slot * units,
            (model.binCount + 1) * units, dropoutScale, generator.dState.base, units)
    }

    private func generatorBackward(_ context: PassContext, _ bin: Int, _ gradient: ShardGradient) {
        generator.stepBackward(
            bin, context.packed, context.packed.generator, context.table.generator,
            inputs: generatorInputs.base, dInputs: nil, clip: model.stateClip, gradient)
    }

    /// Generator and controller backward in one loop; their initial states' gradients too.
    private func controlledBackward(_ context: PassContext, _ gradient: ShardGradient) {
        let packed = context.packed
        let table = context.table
        guard let weights = packed.controller, let places = table.controller else { return }
        let (cell, place) = (weights.cell, places.cell)
        let (posterior, map) = (weights.inferredInputPosterior, places.inferredInputPosterior)
        let bins = model.binCount
        let factorCount = model.factorCount
        let inferred = model.inferredInputCount
        let stride = controllerWidth
        let firstFactor = model.controllerInputWidth
        dControllerInputs.reserve(bins * rowCapacity * stride)
        dInferredInput.reserve(rowCapacity * inferred)
        controller.prepareBackward()
        controller.dState.setToZero(rows * cell.units)
        for t in Swift.stride(from: bins - 1, through: 0, by: -1) {
            factorsBackward(context, slot: t + 1)
            generatorBackward(context, t, gradient)
            multiply(
                packed.term(
                    generator.dGates(at: t), leading: 3 * generator.units,
                    weights.generatorToInferredInputs),
                into: dInferredInput.base, leadingC: inferred, rows: rows, columns: inferred)
            addSampleGradient(at: t, inferred: inferred)
            multiply(
                packed.term(
                    dInferredInputPosterior.base + t * rows * 2 * inferred, leading: 2 * inferred,
                    posterior.backward),
                into: controller.dState.base, leadingC: cell.units, rows: rows,
                columns: cell.units, accumulate: true)
            controller.stepBackward(
                t, packed, cell, place, inputs: controllerInputs.base, dInputs: nil,
                clip: model.stateClip, gradient)
            // ∂/∂f_{t−1} through the controller's input.
            let dInput = dControllerInputs.base + t * rows * stride
            multiply(
                packed.term(controller.dGates(at: t), leading: 3 * cell.units, cell.toInput),
                into: dInput, leadingC: stride, rows: rows, columns: stride)
            if context.dropsOut {
                dropOut(
                    dInput, controllerInputMask, step: t, steps: bins, maskWidth: stride,
                    width: stride, into: dInput)
            }
            loops.pointee.add_rows(
                rows, factorCount, dInput + firstFactor, stride,
                dFactors.base + t * rows * factorCount, factorCount)
        }
        loops.pointee.add_column_sums(
            rows, cell.units, controller.dState.base, cell.units,
            gradient.shared(places.initialState))
        addGradients(
            map, dOut: dInferredInputPosterior.base, leadingOut: 2 * inferred,
            controller.state(after: 0), leadingIn: cell.units, count: bins * rows,
            weights: gradient.shared(map.weights), bias: gradient.shared(map.bias))
    }

    /// ∂/∂u_t → ∂/∂[mean, log-variance] of the inferred input: u = mean + std·ε, std = exp(½ log-variance).
    private func addSampleGradient(at bin: Int, inferred: Int) {
        let d = dInferredInputPosterior.base + bin * rows * 2 * inferred
        let place = bin * rows * inferred
        for row in 0..<rows {
            for j in 0..<inferred {
                let i = row * inferred + j
                let du = dInferredInput.base[i]
                d[row * 2 * inferred + j] += du
                d[row * 2 * inferred + inferred + j] +=
                    0.5 * du * inferredInputNoise.base[place + i]
                    * inferredInputDeviation.base[place + i]
            }
        }
    }

    /// ∂/∂g_0 → the map from the initial condition, and the sample's mean and log-variance.
    private func startBackward(_ context: PassContext, _ gradient: ShardGradient) {
        let map = context.table.generatorStart
        let dimensions = model.initialConditionDimensions
        addGradients(
            map, dOut: generator.dState.base, leadingOut: map.outputs, initialCondition.base,
            leadingIn: map.inputs, count: rows, weights: gradient.shared(map.weights),
            bias: gradient.shared(map.bias))
        dInitialConditionSample.reserve(rowCapacity * dimensions)
        multiply(
            context.packed.term(
                generator.dState.base, leading: map.outputs, context.packed.generatorStart.backward),
            into: dInitialConditionSample.base, leadingC: dimensions, rows: rows, columns: dimensions)
        let floor = model.initialConditionVarianceFloor
        for row in 0..<rows {
            let d = dInitialCondition.base + row * 2 * dimensions
            for j in 0..<dimensions {
                let i = row * dimensions + j
                let dz = dInitialConditionSample.base[i]
                let deviation = initialConditionDeviation.base[i]
                d[j] += dz
                // ∂std/∂(log-variance) = ½ exp(log-variance)/std.
                d[dimensions + j] +=
                    0.5 * dz * initialConditionNoise.base[i]
                    * (deviation * deviation - floor) / deviation
            }
        }
    }
}
