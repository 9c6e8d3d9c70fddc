import CKernels
import LinearAlgebra

extension ShardWorkspace {
    /// Columns of the controller's input: its encoder's two directions, then the factors.
    var controllerWidth: Int { model.controllerInputWidth + model.factorCount }

    /// f = Ŵ·dropout(g) for slots of the factor buffer.
    private func computeFactors(_ context: PassContext, slots: Range<Int>) {
        let units = model.generatorUnits
        let count = slots.count * rows
        let place = slots.lowerBound * rows
        var states = UnsafePointer(generator.states.base + place * units)
        if context.dropsOut {
            loops.pointee.apply_mask(
                count * units, states, generatorMask.base + place * units, dropoutScale,
                droppedStates.base + place * units)
            states = UnsafePointer(droppedStates.base + place * units)
        }
        multiply(
            states, leadingA: units, context.normalizedFactors, leadingB: units, transposeB: true,
            into: factors.base + place * model.factorCount, leadingC: model.factorCount,
            rows: count, columns: model.factorCount, inner: units)
    }

    /// The generator over all bins, with the controller in the loop where there is one.
    func decode(_ context: PassContext) {
        let table = context.table
        let bins = model.binCount
        let recurrent = context.pointer(table.generator.recurrentWeights)
        guard let cell = table.controller, let posterior = table.inferredInputPosterior else {
            generator.run(recurrent: recurrent, clip: model.stateClip)
            computeFactors(context, slots: 1..<(bins + 1))
            return
        }
        let factorCount = model.factorCount
        let inferred = model.inferredInputCount
        let stride = controllerWidth
        let firstFactor = model.controllerInputWidth
        let hasNoise = context.draws.samplesPosterior
        let drops = context.dropsOut
        computeFactors(context, slots: 0..<1)
        for t in 0..<bins {
            // Controller: [ci_t, f_{t−1}].
            let input = controllerInputs.base + t * rows * stride + firstFactor
            let previous = factors.base + t * rows * factorCount
            for row in 0..<rows {
                let target = input + row * stride
                if drops {
                    loops.pointee.apply_mask(
                        factorCount, previous + row * factorCount,
                        controllerInputMask.base + (t * rows + row) * stride + firstFactor,
                        dropoutScale, target)
                } else {
                    target.update(from: previous + row * factorCount, count: factorCount)
                }
            }
            multiply(
                input, leadingA: stride, context.pointer(cell.inputWeights + firstFactor),
                leadingB: cell.inputs, transposeB: true, into: controller.gates(at: t),
                leadingC: 3 * cell.units, rows: rows, columns: 3 * cell.units, inner: factorCount,
                accumulate: true)
            controller.step(
                t, recurrent: context.pointer(cell.recurrentWeights), clip: model.stateClip)
            // Inferred input.
            let output = inferredInputPosterior.base + t * rows * 2 * inferred
            affine(context, posterior, controller.state(after: t), into: output, rows: rows)
            let place = t * rows * inferred
            let inputs = generatorInputs.base + t * rows * model.generatorInputCount
            loops.pointee.gaussian_sample(
                rows, inferred, output, 0, hasNoise ? inferredInputNoise.base + place : nil,
                inferredInputDeviation.base + place, inputs, model.generatorInputCount)
            // Generator.
            multiply(
                inputs, leadingA: model.generatorInputCount,
                context.pointer(table.generator.inputWeights), leadingB: table.generator.inputs,
                transposeB: true, into: generator.gates(at: t), leadingC: 3 * generator.units,
                rows: rows, columns: 3 * generator.units, inner: inferred, accumulate: true)
            generator.step(t, recurrent: recurrent, clip: model.stateClip)
            computeFactors(context, slots: (t + 1)..<(t + 2))
        }
    }

    /// Back through the loop from `dFactors`; leaves ∂/∂[mean, log-variance] of the initial condition
    /// added to `dInitialCondition`, and ∂/∂(controller inputs) in `dControllerInputs`.
    func decodeBackward(_ context: PassContext, _ gradient: UnsafeMutablePointer<Float>) {
        let table = context.table
        let bins = model.binCount
        let units = model.generatorUnits
        let factorCount = model.factorCount
        let drops = context.dropsOut
        let recurrent = context.pointer(table.generator.recurrentWeights)
        dDroppedStates.reserve((bins + 1) * rows * units)
        generator.dState.setToZero(rows * units)

        // ∂/∂(dropped state) of some slots, from dFactors.
        func factorsBackward(slots: Range<Int>) {
            let place = slots.lowerBound * rows
            let count = slots.count * rows
            multiply(
                dFactors.base + place * factorCount, leadingA: factorCount,
                context.normalizedFactors, leadingB: units,
                into: dDroppedStates.base + place * units, leadingC: units, rows: count,
                columns: units, inner: factorCount)
            if drops {
                loops.pointee.apply_mask(
                    count * units, dDroppedStates.base + place * units,
                    generatorMask.base + place * units, dropoutScale,
                    dDroppedStates.base + place * units)
            }
        }
        func addToState(slot: Int) {
            loops.pointee.add(
                rows * units, dDroppedStates.base + slot * rows * units, generator.dState.base)
        }

        if let cell = table.controller, let posterior = table.inferredInputPosterior {
            let inferred = model.inferredInputCount
            let stride = controllerWidth
            let firstFactor = model.controllerInputWidth
            dControllerInputs.reserve(bins * rows * stride)
            dInferredInput.reserve(rows * inferred)
            controller.dState.setToZero(rows * cell.units)
            for t in descending(bins) {
                factorsBackward(slots: (t + 1)..<(t + 2))
                addToState(slot: t + 1)
                generator.stepBackward(t, recurrent: recurrent, clip: model.stateClip)
                multiply(
                    generator.gates(at: t), leadingA: 3 * units,
                    context.pointer(table.generator.inputWeights), leadingB: table.generator.inputs,
                    into: dInferredInput.base, leadingC: inferred, rows: rows, columns: inferred,
                    inner: 3 * units)
                addSampleGradient(at: t, inferred: inferred)
                multiply(
                    dInferredInputPosterior.base + t * rows * 2 * inferred, leadingA: 2 * inferred,
                    context.pointer(posterior.weights), leadingB: cell.units,
                    into: controller.dState.base, leadingC: cell.units, rows: rows,
                    columns: cell.units, inner: 2 * inferred, accumulate: true)
                controller.stepBackward(
                    t, recurrent: context.pointer(cell.recurrentWeights), clip: model.stateClip)
                // ∂/∂f_{t−1} through the controller's input.
                let dInput = dControllerInputs.base + t * rows * stride
                multiply(
                    controller.gates(at: t), leadingA: 3 * cell.units,
                    context.pointer(cell.inputWeights), leadingB: cell.inputs, into: dInput,
                    leadingC: stride, rows: rows, columns: stride, inner: 3 * cell.units)
                if drops {
                    loops.pointee.apply_mask(
                        rows * stride, dInput, controllerInputMask.base + t * rows * stride,
                        dropoutScale, dInput)
                }
                for row in 0..<rows {
                    loops.pointee.add(
                        factorCount, dInput + row * stride + firstFactor,
                        dFactors.base + (t * rows + row) * factorCount)
                }
            }
            factorsBackward(slots: 0..<1)
            addToState(slot: 0)

            loops.pointee.add_column_sums(
                rows, cell.units, controller.dState.base, cell.units,
                gradient + table.controllerInitialState)
            controller.addWeightGradients(
                recurrent: gradient + cell.recurrentWeights, bias: gradient + cell.bias)
            controller.addInputWeightGradients(
                controllerInputs.base, leading: stride, inputCount: stride,
                into: gradient + cell.inputWeights, cell: cell)
            addAffineGradients(
                posterior, dInferredInputPosterior.base, controller.state(after: 0),
                rows: bins * rows, weights: gradient + posterior.weights,
                bias: gradient + posterior.bias)
        } else {
            factorsBackward(slots: 1..<(bins + 1))
            for t in descending(bins) {
                addToState(slot: t + 1)
                generator.stepBackward(t, recurrent: recurrent, clip: model.stateClip)
            }
        }

        // Factor weights: ∂/∂Ŵ here, through the normalisation once per update.
        let firstSlot = model.hasController ? 0 : 1
        let place = firstSlot * rows
        let states = drops ? droppedStates.base : generator.states.base
        multiply(
            dFactors.base + place * factorCount, leadingA: factorCount, transposeA: true,
            states + place * units, leadingB: units, into: gradient + table.factorWeights,
            leadingC: units, rows: factorCount, columns: units,
            inner: (bins + 1 - firstSlot) * rows, accumulate: true)
        generator.addWeightGradients(
            recurrent: gradient + table.generator.recurrentWeights,
            bias: gradient + table.generator.bias)
        generator.addInputWeightGradients(
            generatorInputs.base, leading: model.generatorInputCount,
            inputCount: model.generatorInputCount, into: gradient + table.generator.inputWeights,
            cell: table.generator)
        startBackward(context, gradient)
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
    private func startBackward(_ context: PassContext, _ gradient: UnsafeMutablePointer<Float>) {
        let map = context.table.generatorStart
        let dimensions = model.initialConditionDimensions
        addAffineGradients(
            map, generator.dState.base, initialCondition.base, rows: rows,
            weights: gradient + map.weights, bias: gradient + map.bias)
        dInitialConditionSample.reserve(rows * dimensions)
        multiply(
            generator.dState.base, leadingA: map.outputs, context.pointer(map.weights),
            leadingB: map.inputs, into: dInitialConditionSample.base, leadingC: dimensions,
            rows: rows, columns: dimensions, inner: map.outputs)
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

    private func descending(_ count: Int) -> StrideThrough<Int> {
        Swift.stride(from: count - 1, through: 0, by: -1)
    }
}
