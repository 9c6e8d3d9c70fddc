/// The training of a model on trials, one epoch a call; callers print, store and checkpoint between calls.
public final class StitchedTraining {
    /// The model, whose parameters every epoch changes.
    public let model: StitchedModel
    /// In the order of the model's sessions.
    public let trials: [SessionTrials]
    /// How it is trained.
    public let settings: TrainingConfiguration
    /// Of all random draws.
    public let seed: UInt64
    /// Epochs that the training has behind it.
    public private(set) var epochsDone = 0
    /// Learning rate, early stopping and best epoch.
    public private(set) var schedule: TrainingSchedule
    /// Parameters of the epoch with the lowest validation loss among those in which the days agree.
    public private(set) var bestParameters: [Float]
    let optimizer: AdamOptimizer
    let order: BatchOrder
    let plan: UpdatePlan
    private let validation: Batch

    // Of the last `computeGradient`.
    /// Flat, in the order of the model's table.
    let gradient: FloatBuffer
    var stepLosses = StepLosses()
    let losses = RowLosses()
    var gradientPass: GradientPass?
    /// Per session and trial, Σ of the likelihood's terms that depend on the data alone.
    let trialConstants: [[Double]]

    /// Begins a training from the model's present parameters.
    ///
    /// - Parameters:
    ///   - model: what is trained.
    ///   - trials: of the model's sessions, in their order, each with a split.
    ///   - settings: how it is trained.
    ///   - seed: of all random draws.
    ///   - freezesShared: only the sessions' own maps are trained.
    /// - Throws: `LFADSError.invalidConfiguration`, `.invalidData`.
    public init(
        _ model: StitchedModel, _ trials: [SessionTrials], _ settings: TrainingConfiguration,
        seed: UInt64, freezesShared: Bool = false
    ) throws {
        try settings.validate()
        let (names, own) = (trials.map(\.name), model.sessions.map(\.name))
        guard names == own else {
            let different = zip(names, own).first { $0 != $1 }?.0
            let longer = names.count > own.count ? names : own
            throw LFADSError.invalidData(
                session: different ?? longer[min(names.count, own.count)],
                what: "trials of \(names.joined(separator: ", "))",
                expected: "the model's sessions in their order: \(own.joined(separator: ", "))")
        }
        for session in trials {
            try session.requireSplit()
            _ = try model.place(of: session)
        }
        self.model = model
        self.trials = trials
        self.settings = settings
        self.seed = seed
        schedule = TrainingSchedule(settings)
        bestParameters = model.parameterValues
        optimizer = AdamOptimizer(
            model.table, readInRateScale: settings.readInRateScale,
            readOutRateScale: settings.readOutRateScale,
            sharedRateScale: freezesShared ? 0 : 1, team: model.team)
        order = BatchOrder(trials, batchSize: settings.batchSize)
        plan = UpdatePlan(rowsOfSession: order.trialsPerUpdate, table: model.table)
        validation = Batch(
            parts: trials.enumerated().map {
                Batch.Part(session: $0.offset, trials: $0.element.validationTrials)
            })
        gradient = FloatBuffer(model.table.count)
        let observation = model.configuration.observation
        trialConstants = trials.map { session in
            (0..<session.trialCount).map { session.constant(ofTrial: $0, observation) }
        }
    }

    /// Takes the model's present parameters for the best so far, when they were set after `init`.
    public func restartBest() { bestParameters = model.parameterValues }

    /// Batches of an epoch.
    public var updatesPerEpoch: Int { order.updates }
    /// Updates that the training has behind it.
    public var updates: Int { optimizer.updates }
    /// Whether all epochs are done, or training has stopped early.
    public var isFinished: Bool { epochsDone >= settings.epochs || schedule.hasStoppedEarly }

    /// All that is needed to go on from here.
    public var state: TrainingState {
        let count = model.table.count
        func copy(_ buffer: FloatBuffer) -> [Float] {
            Array(UnsafeBufferPointer(start: buffer.base, count: count))
        }
        return TrainingState(
            epochsDone: epochsDone, updates: optimizer.updates, schedule: schedule,
            parameters: model.parameterValues, firstMoment: copy(optimizer.firstMoment),
            secondMoment: copy(optimizer.secondMoment), bestParameters: bestParameters)
    }

    /// Goes on where a training stood.
    ///
    /// - Throws: `LFADSError.parameterMismatch` when the state belongs to another model.
    public func restore(_ state: TrainingState) throws {
        let count = model.table.count
        for (name, buffer) in [
            ("parameters", state.parameters), ("first moment", state.firstMoment),
            ("second moment", state.secondMoment), ("best parameters", state.bestParameters),
        ] where buffer.count != count {
            throw LFADSError.parameterMismatch(
                name: name, expected: "\(count) elements", found: "\(buffer.count)")
        }
        model.setParameters(state.parameters)
        optimizer.firstMoment.base.update(from: state.firstMoment, count: count)
        optimizer.secondMoment.base.update(from: state.secondMoment, count: count)
        optimizer.updates = state.updates
        bestParameters = state.bestParameters
        schedule = state.schedule
        epochsDone = state.epochsDone
    }

    /// One pass over the training trials, then validation and the schedule.
    ///
    /// - Parameter agreement: measures how far the days agree, for the choice of the best epoch.
    /// - Throws: `LFADSError.nonFinite` as soon as a loss or a gradient is not a number; the update
    ///   that met it is not applied. And what `agreement` throws.
    public func runEpoch(
        agreement: (StitchedModel) throws -> Double? = { _ in nil }
    ) throws -> EpochSummary {
        let epoch = epochsDone
        let klRamp = settings.klRamp.value(epoch: epoch)
        let l2Ramp = settings.l2Ramp.value(epoch: epoch)
        let rate = schedule.learningRate
        var summary = EpochSummary(
            epoch: epoch, learningRate: rate, reconstruction: 0, initialConditionKL: 0,
            inferredInputKL: 0, l2: 0, klRamp: klRamp, l2Ramp: l2Ramp, total: 0, gradientNorm: 0,
            validation: 0, validationOfSession: [], smoothedValidation: 0, isBest: false)
        order.begin(trials, seed: seed, epoch: epoch)
        let share = 1 / Double(order.updates)
        for index in 0..<order.updates {
            let norm = try update(order.batch(index), epoch: epoch, klRamp, l2Ramp, rate)
            let losses = stepLosses
            summary.reconstruction += losses.reconstruction * share
            summary.initialConditionKL += losses.initialConditionKL * share
            summary.inferredInputKL += losses.inferredInputKL * share
            summary.l2 += losses.l2 * share
            summary.total += losses.total * share
            summary.gradientNorm += norm * share
        }
        summary.validationOfSession = validationLosses()
        for (index, loss) in summary.validationOfSession.enumerated() where !loss.isFinite {
            throw LFADSError.nonFinite(
                epoch: epoch + 1, update: optimizer.updates, session: trials[index].name,
                tensor: "the validation loss")
        }
        summary.validation =
            summary.validationOfSession.reduce(0, +) / Double(summary.validationOfSession.count)
        summary.isBest = schedule.record(
            epoch: epoch, validation: summary.validation, agreement: try agreement(model),
            settings: settings)
        summary.smoothedValidation = schedule.smoothedValidation ?? summary.validation
        if summary.isBest { bestParameters = model.parameterValues }
        epochsDone += 1
        return summary
    }

    /// Forward, backward, clip, AdamW; leaves the losses in `stepLosses`.
    ///
    /// - Returns: the gradient's norm before clipping.
    func update(
        _ batch: Batch, epoch: Int, _ klRamp: Float, _ l2Ramp: Float, _ rate: Float
    ) throws -> Double {
        computeGradient(batch, klRamp, l2Ramp)
        let norm = optimizer.norm(gradient.base)
        guard stepLosses.total.isFinite, norm.isFinite else {
            throw diagnosis(stepLosses, epoch: epoch)
        }
        model.parametersChange()
        optimizer.update(
            model.parameters.base, gradient.base, norm: norm, rate: rate, settings)
        return norm
    }

    func computeGradient(_ batch: Batch, _ klRamp: Float, _ l2Ramp: Float) {
        let weights = LossWeights(
            lossScale: settings.lossScale, reconstructionIsMean: settings.reconstructionIsMean,
            initialConditionKL: klRamp * settings.initialConditionKLScale,
            inferredInputKL: klRamp * settings.inferredInputKLScale,
            coordinatedDropoutRate: settings.coordinatedDropoutRate,
            coordinatedDropoutPassRate: settings.coordinatedDropoutPassRate,
            batchRows: batch.count, rowsOfSession: order.trialsPerUpdate,
            sessionCount: order.trialsPerUpdate.count)
        let l2 = L2Weights(
            initialConditionEncoder: settings.initialConditionEncoderL2,
            controllerInputEncoder: settings.controllerInputEncoderL2,
            generator: settings.generatorL2, controller: settings.controllerL2, ramp: l2Ramp)
        computeGradient(
            batch, plan: plan, draws: .training(seed: seed, update: UInt32(optimizer.updates)),
            weights: weights, l2: l2, trainsReadIn: settings.readInRateScale > 0,
            trainsReadOut: settings.readOutRateScale > 0)
    }

    /// Names the first thing that is not a number: a session's loss, a KL term or a tensor's gradient.
    private func diagnosis(_ losses: StepLosses, epoch: Int) -> LFADSError {
        func error(_ tensor: String, session: String? = nil) -> LFADSError {
            .nonFinite(
                epoch: epoch + 1, update: optimizer.updates + 1, session: session, tensor: tensor)
        }
        for (index, loss) in losses.reconstructionOfSession.enumerated() where !loss.isFinite {
            return error("the reconstruction loss", session: trials[index].name)
        }
        if !losses.initialConditionKL.isFinite { return error("the initial condition's KL") }
        if !losses.inferredInputKL.isFinite { return error("the inferred inputs' KL") }
        for tensor in model.table.tensors {
            let d = gradient.base + tensor.offset
            if !loops.pointee.sum_of_squares(tensor.count, d).isFinite {
                return error(
                    "the gradient of \(tensor.name)",
                    session: tensor.session.map { trials[$0].name })
            }
        }
        return error("the total loss")
    }

    /// Mean negative log-likelihood per session on its held-out trials, posterior means pushed through.
    public func validationLosses() -> [Double] {
        model.reconstructionLosses(validation, PassTrials(sessions: trials)) {
            trialConstants[$0.session][$0.trial]
        }
    }
}
