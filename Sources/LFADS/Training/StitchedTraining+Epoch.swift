extension StitchedTraining {
    /// One pass over the training trials, then validation and the schedule.
    ///
    /// An update whose gradient stands far outside the recent ones, or is not a number, is left out. An
    /// epoch that breaks down is gone back from and made again at half the learning rate. The summary says
    /// of both how often; see `BreakdownGuard`.
    ///
    /// - Parameter agreement: measures how far the days agree, for the choice of the best epoch.
    /// - Throws: `LFADSError.nonFinite`, `.gradientTooLarge` or `.brokenDown` when the epoch breaks down however
    ///   low the rate is; the training then stands where it stood before the epoch. And what `agreement` throws.
    public func runEpoch(
        agreement: (StitchedModel) throws -> Double? = { _ in nil }
    ) throws -> EpochSummary {
        if schedule.breakdownGuard == nil {
            schedule.breakdownGuard = BreakdownGuard(level: try lossOfDoingNothing())
        }
        var summary = try standingEpoch()
        schedule.breakdownGuard?.record(validation: summary.validation)
        summary.isBest = schedule.record(
            epoch: epochsDone, validation: summary.validation, agreement: try agreement(model),
            settings: settings)
        summary.smoothedValidation = schedule.smoothedValidation ?? summary.validation
        if summary.isBest { bestParameters = model.parameterValues }
        epochsDone += 1
        return summary
    }

    /// The first attempt at the epoch that does not break down.
    private func standingEpoch() throws -> EpochSummary {
        let before = state
        var returns = 0
        while true {
            do {
                var summary = try attemptEpoch()
                if returns > 0 { summary.returns = returns }
                return summary
            } catch let error as LFADSError {
                try restore(before)
                guard returns < BreakdownGuard.mostReturns else { throw error }
                returns += 1
                for _ in 0..<returns { schedule.lowerRate(by: BreakdownGuard.rateAfterBreakdown) }
            }
        }
    }

    /// An epoch's updates, and the losses of the held-out trials after them.
    ///
    /// - Throws: `LFADSError.nonFinite`, `.gradientTooLarge`, `.brokenDown`.
    private func attemptEpoch() throws -> EpochSummary {
        let epoch = epochsDone
        let klRamp = settings.klRamp.value(epoch: epoch)
        let l2Ramp = settings.l2Ramp.value(epoch: epoch)
        let rate = schedule.learningRate
        var summary = EpochSummary(
            epoch: epoch, learningRate: rate, reconstruction: 0, initialConditionKL: 0,
            inferredInputKL: 0, l2: 0, klRamp: klRamp, l2Ramp: l2Ramp, total: 0, gradientNorm: 0,
            validation: 0, validationOfSession: [], smoothedValidation: 0, isBest: false)
        order.begin(sessions, seed: seed, epoch: epoch)
        var leftOut = 0
        var cause: LFADSError?
        for index in 0..<order.updates {
            let (norm, isMade) = try update(order.batch(index), klRamp, l2Ramp, rate)
            if isMade {
                summary.add(stepLosses, gradientNorm: norm, share: 1 / Double(order.updates))
                continue
            }
            leftOut += 1
            cause = cause ?? diagnosis(epoch: epoch, norm: norm)
            if leftOut >= BreakdownGuard.leftOutBeforeGivingUp,
                BreakdownGuard.isBroken(leftOut: leftOut, of: index + 1)
            {
                break
            }
        }
        if let cause {
            guard !BreakdownGuard.isBroken(leftOut: leftOut, of: order.updates) else { throw cause }
            summary.scaleMeans(by: Double(order.updates) / Double(order.updates - leftOut))
            summary.updatesLeftOut = leftOut
        }
        if let guardian = schedule.breakdownGuard, guardian.isFar(loss: summary.reconstruction) {
            summary.farAboveDoingNothing = guardian.level
        }
        summary.validationOfSession = try validationLosses()
        for (index, loss) in summary.validationOfSession.enumerated() where !loss.isFinite {
            throw LFADSError.nonFinite(
                epoch: epoch + 1, update: optimizer.updates, session: sessions[index].name,
                tensor: "the validation loss")
        }
        summary.validation =
            summary.validationOfSession.reduce(0, +) / Double(summary.validationOfSession.count)
        if let guardian = schedule.breakdownGuard, guardian.isBroken(validation: summary.validation) {
            throw LFADSError.brokenDown(
                epoch: epoch + 1, validation: summary.validation, doingNothing: guardian.level)
        }
        return summary
    }

    /// Forward, backward, clip, AdamW; leaves the losses in `stepLosses`.
    ///
    /// - Returns: the gradient's norm before clipping, and whether the update was made.
    func update(
        _ batch: Batch, _ klRamp: Float, _ l2Ramp: Float, _ rate: Float
    ) throws -> (norm: Double, isMade: Bool) {
        try computeGradient(batch, klRamp, l2Ramp)
        let norm = optimizer.norm(gradient.base)
        guard stepLosses.total.isFinite, schedule.breakdownGuard?.takes(norm: norm) ?? norm.isFinite else {
            // Draws are keyed by the update: the next one has its own all the same.
            optimizer.updates += 1
            return (norm, false)
        }
        model.parametersChange()
        optimizer.update(
            model.parameters.base, gradient.base, norm: norm, rate: rate, settings)
        return (norm, true)
    }

    /// Held-out loss of a model that has learnt nothing. Where that isn't known, of the model as it stands.
    private func lossOfDoingNothing() throws -> Double {
        let losses =
            model.configuration.observation == .poisson
            ? try ofAllSessions { trials[$0].meanRateLoss() } : try validationLosses()
        return losses.reduce(0, +) / Double(losses.count)
    }
}
