import CKernels

extension StitchedTraining {
    /// Forward and backward over a batch; leaves the whole gradient in `gradient` and the losses in
    /// `stepLosses`. After the first update nothing is allocated in one of the same size.
    ///
    /// - Parameter plan: for as many rows per session as the batch has; memory is kept for the last one.
    /// - Throws: what the relay throws.
    func computeGradient(
        _ batch: Batch, plan: UpdatePlan, draws: Draws, weights: LossWeights, l2: L2Weights,
        trainsReadIn: Bool = true, trainsReadOut: Bool = true
    ) throws {
        model.packParameters()
        losses.reserve(batch.count)
        var context = model.context(
            batch, trials, draws, weights, largestSlice: plan.largestSlice)
        context.trainsReadIn = trainsReadIn
        context.trainsReadOut = trainsReadOut
        let pass: GradientPass
        if let last = gradientPass, last.plan === plan {
            pass = last
        } else {
            let shards = share?.shards ?? 0..<plan.shards.parts
            model.prepareWorkspaces(items: shards.count)
            pass = GradientPass(
                model.table, plan, shards, workspaces: model.workspaces, losses: losses, gradient: gradient,
                workers: model.threads)
            pass.makeRoom(context, weights)
            gradientPass = pass
        }
        pass.context = context
        model.team.run(pass)
        pass.context = nil
        if let share {
            try pass.combine(share.relay, model.team)
        } else {
            model.team.run(pass.reduction)
        }
        model.factorNormalization.backward(gradient.base + model.table.factorWeights)
        sumLosses(batch, weights, l2)
    }

    private func sumLosses(_ batch: Batch, _ weights: LossWeights, _ l2: L2Weights) {
        if stepLosses.reconstructionOfSession.count != sessions.count {
            stepLosses.reconstructionOfSession = [Double](repeating: 0, count: sessions.count)
        }
        for index in sessions.indices { stepLosses.reconstructionOfSession[index] = 0 }
        stepLosses.reconstruction = 0
        stepLosses.initialConditionKL = 0
        stepLosses.inferredInputKL = 0
        for index in 0..<batch.count {
            let row = batch.row(index)
            stepLosses.reconstructionOfSession[row.session] +=
                losses.reconstruction.base[index]
                + (weights.augmentation.isActive ? 0 : trialConstants[row.session][row.trial])
            stepLosses.initialConditionKL += losses.initialConditionKL.base[index]
            if model.configuration.hasController {
                stepLosses.inferredInputKL += losses.inferredInputKL.base[index]
            }
        }
        for index in sessions.indices where weights.rowsOfSession[index] > 0 {
            // The weight includes 1/sessions: undone for the session's own figure.
            stepLosses.reconstructionOfSession[index] *=
                weights.elementWeight(session: index, sessions[index]) * Double(weights.sessionCount)
            stepLosses.reconstruction += stepLosses.reconstructionOfSession[index]
        }
        stepLosses.reconstruction /= Double(weights.sessionCount)
        stepLosses.initialConditionKL /= Double(weights.batchRows)
        stepLosses.inferredInputKL /= Double(weights.batchRows)
        stepLosses.l2 = addL2(l2, scale: weights.lossScale)
        stepLosses.total =
            Double(weights.lossScale)
            * (stepLosses.reconstruction + Double(l2.ramp) * stepLosses.l2
                + Double(weights.initialConditionKL) * stepLosses.initialConditionKL
                + Double(weights.inferredInputKL) * stepLosses.inferredInputKL)
    }

    /// L2 = Σ_k scale_k ½‖U_k‖²/(Σ_k elements + 1e-8) over recurrent matrices with a positive scale;
    /// adds its gradient.
    private func addL2(_ l2: L2Weights, scale: Float) -> Double {
        var elements = 1e-8
        forEachRecurrentMatrix(l2) { _, count, _ in elements += Double(count) }
        var value = 0.0
        forEachRecurrentMatrix(l2) { offset, count, kernelScale in
            let u = model.parameters.base + offset
            value += Double(kernelScale) * 0.5 * loops.pointee.sum_of_squares(count, u)
            let factor = scale * l2.ramp * kernelScale / Float(elements)
            let d = gradient.base + offset
            for i in 0..<count { d[i] += factor * u[i] }
        }
        return value / elements
    }

    /// The recurrent matrices that have a positive scale.
    private func forEachRecurrentMatrix(
        _ l2: L2Weights, _ body: (_ offset: Int, _ count: Int, _ scale: Float) -> Void
    ) {
        func visit(_ cell: ParameterTable.Cell, _ scale: Float) {
            if scale > 0 { body(cell.recurrentWeights, 3 * cell.units * cell.units, scale) }
        }
        visit(model.table.initialConditionEncoder.forward, l2.initialConditionEncoder)
        visit(model.table.initialConditionEncoder.backward, l2.initialConditionEncoder)
        visit(model.table.generator, l2.generator)
        if let controller = model.table.controller {
            visit(controller.inputEncoder.forward, l2.controllerInputEncoder)
            visit(controller.inputEncoder.backward, l2.controllerInputEncoder)
            visit(controller.cell, l2.controller)
        }
    }
}
