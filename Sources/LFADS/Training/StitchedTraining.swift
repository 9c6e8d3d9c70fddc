/// The training of a model on trials, one epoch a call; callers print, store and checkpoint between calls.
public final class StitchedTraining {
    /// The model, whose parameters every epoch changes.
    public let model: StitchedModel
    /// In the model's order.
    public let sessions: [SessionOutline]
    /// Of the sessions that this process computes with: all of them where it trains alone.
    let trials: PassTrials
    /// `nil` where this process trains alone.
    let share: TrainingShare?
    /// How it is trained.
    public let settings: TrainingConfiguration
    /// Of all random draws.
    public let seed: UInt64
    /// Epochs that the training has behind it.
    public internal(set) var epochsDone = 0
    /// Learning rate, early stopping and best epoch.
    public internal(set) var schedule: TrainingSchedule
    /// Parameters of the epoch with the lowest validation loss among those in which the days agree.
    public internal(set) var bestParameters: [Float]
    let optimizer: AdamOptimizer
    let order: BatchOrder
    let plan: UpdatePlan
    /// Sessions whose held-out trials this process computes.
    let measuredSessions: Range<Int>
    private let validation: Batch

    // Of the last `computeGradient`.
    /// Flat, in the order of the model's table.
    let gradient: FloatBuffer
    var stepLosses = StepLosses()
    let losses = RowLosses()
    var gradientPass: GradientPass?
    /// Per session and trial, Σ of the likelihood's terms that depend on the data alone.
    private(set) var trialConstants: [[Double]]

    /// Begins a training from the model's present parameters.
    ///
    /// - Parameters:
    ///   - model: what is trained.
    ///   - trials: of the model's sessions, in their order, each with a split.
    ///   - settings: how it is trained.
    ///   - seed: of all random draws.
    ///   - freezesShared: only the sessions' own maps are trained.
    /// - Throws: `LFADSError.invalidConfiguration`, `.invalidData`.
    public convenience init(
        _ model: StitchedModel, _ trials: [SessionTrials], _ settings: TrainingConfiguration,
        seed: UInt64, freezesShared: Bool = false
    ) throws {
        try self.init(
            model, trials.map(\.outline), PassTrials(sessions: trials), settings, seed: seed,
            freezesShared: freezesShared, nil)
    }

    /// Begins this process's share of a training from the model's present parameters, which are the same in all
    /// processes; so is everything that the training tells, in any of them.
    ///
    /// - Parameters:
    ///   - model: what is trained.
    ///   - plan: who computes what.
    ///   - relay: of this process.
    ///   - trials: those of the sessions that the plan gives to this process, in their order.
    ///   - settings: how it is trained.
    ///   - seed: of all random draws.
    /// - Throws: `LFADSError.invalidConfiguration`, `.invalidData`, and what the relay throws.
    public convenience init(
        _ model: StitchedModel, _ plan: SharedTraining, _ relay: any Relay, _ trials: [SessionTrials],
        _ settings: TrainingConfiguration, seed: UInt64
    ) throws {
        let own = plan.sessions(ofRank: relay.rank)
        try plan.requireSame(trials, rank: relay.rank)
        try self.init(
            model, plan.sessions, PassTrials(first: own.lowerBound, sessions: trials), settings, seed: seed,
            freezesShared: false, TrainingShare(plan, relay))
    }

    private init(
        _ model: StitchedModel, _ sessions: [SessionOutline], _ trials: PassTrials,
        _ settings: TrainingConfiguration, seed: UInt64, freezesShared: Bool, _ share: TrainingShare?
    ) throws {
        try settings.validate(for: model.configuration)
        try Self.requireSame(names: sessions.map(\.name), as: model.sessions.map(\.name))
        for session in trials.sessions {
            try session.requireSplit()
            _ = try model.place(of: session)
        }
        self.model = model
        self.sessions = sessions
        self.trials = trials
        self.share = share
        self.settings = settings
        self.seed = seed
        schedule = TrainingSchedule(settings)
        bestParameters = model.parameterValues
        optimizer = AdamOptimizer(
            model.table, readInRateScale: settings.readInRateScale,
            readOutRateScale: settings.readOutRateScale,
            sharedRateScale: freezesShared ? 0 : 1, team: model.team)
        order = BatchOrder(sessions, batchSize: settings.batchSize)
        plan = UpdatePlan(rowsOfSession: order.trialsPerUpdate, table: model.table)
        measuredSessions = share?.measuredSessions ?? sessions.indices
        validation = Batch(
            parts: measuredSessions.map { Batch.Part(session: $0, trials: sessions[$0].validationTrials) })
        gradient = FloatBuffer(model.table.count)
        trialConstants = []
        try gatherConstants()
    }

    private func gatherConstants() throws {
        let observation = model.configuration.observation
        let firsts = sessions.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.trialCount) }
        var constants = [Double](repeating: 0, count: firsts[sessions.count])
        for session in measuredSessions {
            for trial in 0..<sessions[session].trialCount {
                constants[firsts[session] + trial] = trials[session].constant(ofTrial: trial, observation)
            }
        }
        try share?.relay.gather(
            &constants, own: firsts[measuredSessions.lowerBound]..<firsts[measuredSessions.upperBound])
        trialConstants = sessions.indices.map { Array(constants[firsts[$0]..<firsts[$0 + 1]]) }
    }

    private static func requireSame(names: [String], as own: [String]) throws {
        guard names != own else { return }
        let different = zip(names, own).first { $0 != $1 }?.0
        let longer = names.count > own.count ? names : own
        throw LFADSError.invalidData(
            session: different ?? longer[min(names.count, own.count)],
            what: "trials of \(names.joined(separator: ", "))",
            expected: "the model's sessions in their order: \(own.joined(separator: ", "))")
    }

    /// Takes the model's present parameters for the best so far, when they were set after `init`.
    public func restartBest() { bestParameters = model.parameterValues }

    /// Batches of an epoch.
    public var updatesPerEpoch: Int { order.updates }
    /// Updates that the training has behind it.
    public var updates: Int { optimizer.updates }
    /// Between this process and the others that train the model; `nil` where it trains alone.
    public var relay: (any Relay)? { share?.relay }
    /// Trials of the sessions that this process computes with: of all where it trains alone.
    public var trialsAtHand: [SessionTrials] { trials.sessions }
    /// The trials of a session, given its place; `nil` where another process measures it.
    public func measuredTrials(ofSession session: Int) -> SessionTrials? {
        measuredSessions.contains(session) ? trials[session] : nil
    }
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

    func computeGradient(_ batch: Batch, _ klRamp: Float, _ l2Ramp: Float) throws {
        let weights = LossWeights(
            lossScale: settings.lossScale, reconstructionIsMean: settings.reconstructionIsMean,
            initialConditionKL: klRamp * settings.initialConditionKLScale,
            inferredInputKL: klRamp * settings.inferredInputKLScale,
            coordinatedDropoutRate: settings.coordinatedDropoutRate,
            coordinatedDropoutPassRate: settings.coordinatedDropoutPassRate,
            augmentation: settings.augmentation,
            batchRows: batch.count, rowsOfSession: order.trialsPerUpdate,
            sessionCount: order.trialsPerUpdate.count)
        let l2 = L2Weights(
            initialConditionEncoder: settings.initialConditionEncoderL2,
            controllerInputEncoder: settings.controllerInputEncoderL2,
            generator: settings.generatorL2, controller: settings.controllerL2, ramp: l2Ramp)
        try computeGradient(
            batch, plan: plan, draws: .training(seed: seed, update: UInt32(optimizer.updates)),
            weights: weights, l2: l2, trainsReadIn: settings.readInRateScale > 0,
            trainsReadOut: settings.readOutRateScale > 0)
    }

    /// Names the first thing that is not a number: a session's loss, a KL term or a tensor's gradient. If all
    /// are, the gradient is too large.
    func diagnosis(epoch: Int, norm: Double) -> LFADSError {
        let losses = stepLosses
        func error(_ tensor: String, session: String? = nil) -> LFADSError {
            .nonFinite(epoch: epoch + 1, update: optimizer.updates, session: session, tensor: tensor)
        }
        for (index, loss) in losses.reconstructionOfSession.enumerated() where !loss.isFinite {
            return error("the reconstruction loss", session: sessions[index].name)
        }
        if !losses.initialConditionKL.isFinite { return error("the initial condition's KL") }
        if !losses.inferredInputKL.isFinite { return error("the inferred inputs' KL") }
        for tensor in model.table.tensors {
            let d = gradient.base + tensor.offset
            if !loops.pointee.sum_of_squares(tensor.count, d).isFinite {
                return error(
                    "the gradient of \(tensor.name)", session: tensor.session.map { sessions[$0].name })
            }
        }
        guard losses.total.isFinite, norm.isFinite else { return error("the total loss") }
        return .gradientTooLarge(
            epoch: epoch + 1, update: optimizer.updates, norm: norm,
            typical: schedule.breakdownGuard?.typicalNorm ?? 0)
    }

    /// Mean negative log-likelihood per session on its held-out trials, posterior means pushed through.
    ///
    /// - Throws: what the relay throws.
    public func validationLosses() throws -> [Double] {
        let losses = model.reconstructionLosses(validation, trials) {
            trialConstants[$0.session][$0.trial]
        }
        return try ofAllSessions { losses[$0 - trials.first] }
    }

    /// A number of each session, which the process computes that measures the session.
    func ofAllSessions(_ number: (_ session: Int) -> Double) throws -> [Double] {
        var values = [Double](repeating: 0, count: sessions.count)
        for session in measuredSessions { values[session] = number(session) }
        try share?.relay.gather(&values, own: measuredSessions)
        return values
    }
}
