import ArrayFiles
public import Foundation
public import LFADS
import Messages
public import Registry

/// The journey of a new day into a trained run: its own read-in and read-out are fitted, the shared
/// dynamics and all other days stay as they are, bit for bit.
public enum ExtendJourney {
    /// How a day is fitted.
    public struct Options: Sendable {
        /// Threads to compute with; results do not depend on them.
        public var threads: Int
        /// Name of the run that comes of it; `nil`: `RUN-with-SESSION`.
        public var name: String?
        /// The day's first so many training trials alone.
        public var trials: Int?
        /// Most epochs for which the day's maps are trained after alignment; 0 leaves them as aligned.
        public var epochs = 40

        /// Whether a run is entered; otherwise the day is fitted to see what comes of it, and let go.
        public var stores = true
        /// Whether the day is aligned by its condition labels.
        public var usesLabels = true

        /// All training trials, by their labels, with 40 epochs at most.
        ///
        /// - Parameter threads: as many as there are processors, if not said.
        public init(threads: Int = ProcessInfo.processInfo.activeProcessorCount) { self.threads = threads }
    }

    /// What an extension tells its caller while it goes on.
    public enum Event: Sendable {
        /// A start, the held-out loss that it led to, and whether it is the one that was kept.
        case start(DayStart, validation: Double, isChosen: Bool)
        /// The day is aligned; with the loss of its held-out trials.
        case aligned(session: String, validation: Double)
        /// An epoch of training, of so many at most.
        case epoch(EpochSummary, of: Int)
    }

    /// What came of it.
    public struct Outcome: Sendable {
        /// Name of the run that has the day.
        public let run: String
        /// The run that was extended.
        public let parent: String
        /// Name of the session that joined.
        public let session: String
        /// Training trials that it was fitted on.
        public let trainingTrials: Int
        /// Epochs of training that the maps have behind them.
        public let epochs: Int
        /// Of held-out trials (Poisson runs), as aligned.
        public let alignedBitsPerSpike: Double?
        /// Of held-out trials (Poisson runs), in the end.
        public let bitsPerSpike: Double?
        /// How long it took.
        public let seconds: Double
    }

    /// The name of a run that has no other: `RUN-with-SESSION`.
    public static func runName(of parent: String, session: String) -> String {
        "\(parent)-with-\(session)"
    }

    /// Brings a registered session into a trained run. The parent is only read; the new run appears in
    /// the registry in one transaction, when its checkpoint is complete on the disk.
    ///
    /// - Parameters:
    ///   - parent: the trained run.
    ///   - sessionName: the registered session that joins it.
    ///   - registry: where both are registered, and the new run is entered.
    ///   - options: how the day is fitted.
    ///   - report: is told what goes on, on the caller's thread.
    ///   - shouldStop: asked after every epoch; `true` ends everything, and no run is entered.
    /// - Throws: errors of the rooms below, `StitchingError.alreadyInRun`, `.stoppedBeforeStart`.
    public static func extend(
        run parent: String, by sessionName: String, in registry: SessionRegistry,
        options: Options = Options(), report: (Event) -> Void = { _ in }, shouldStop: () -> Bool = { false }
    ) throws -> Outcome {
        let clock = ContinuousClock()
        let start = clock.now
        let name = options.name ?? runName(of: parent, session: sessionName)
        if options.stores { try RunFolder.requireFree(name, in: registry) }
        let run = try TrainedRun(parent, in: registry, threads: options.threads)
        let others = run.sessions
        guard !others.contains(where: { $0.name == sessionName }) else {
            throw StitchingError.alreadyInRun(run: parent, session: sessionName)
        }
        let record = try registry.session(named: sessionName)
        let session = try registry.prepared(
            record, holdOut: run.settings.holdOut, trainingTrialLimit: options.trials)
        let fit = try DayFit(session, run, threads: options.threads)
        let starts =
            try options.usesLabels ? DayAlignment.byLabels(fit, run) : DayAlignment.withoutLabels(fit, run)
        for result in starts {
            report(
                .start(result.start, validation: result.losses.min() ?? .nan, isChosen: result.isChosen))
        }
        let bits =
            run.settings.model.observation == .poisson
            ? BitsPerSpike(session, trials: session.validationTrials) : nil
        func loss() throws -> Double {
            try fit.model.reconstructionLoss(session.trials, chosen: session.validationTrials)
        }
        let aligned = try loss()
        report(.aligned(session: sessionName, validation: aligned))
        let settings = training(run.settings.training, sessions: others.count, epochs: options.epochs)
        let history =
            options.epochs > 0
            ? try fit.train(
                settings, report: { report(.epoch($0, of: options.epochs)) }, shouldStop: shouldStop)
            : []
        guard !shouldStop() else { throw StitchingError.stoppedBeforeStart(run: name) }

        if options.stores {
            try store(
                name, run, others, record, session, fit, history, usedLabels: options.usesLabels,
                in: registry)
        }
        return Outcome(
            run: name, parent: parent, session: sessionName,
            trainingTrials: session.trainingTrials.count, epochs: history.count,
            alignedBitsPerSpike: bits?.value(meanLoss: aligned),
            bitsPerSpike: try bits?.value(meanLoss: loss()),
            seconds: (clock.now - start).seconds)
    }

    private static func store(
        _ name: String, _ run: TrainedRun, _ others: [SessionRecord], _ record: SessionRecord,
        _ session: PreparedSession, _ fit: DayFit, _ history: [EpochSummary], usedLabels: Bool,
        in registry: SessionRegistry
    ) throws {
        var joined = run.settings
        joined.joined = JoinedDay(
            parent: run.name, session: record.name, usedLabels: usedLabels,
            trainingTrials: session.trainingTrials.count, epochs: history.count)
        try ExtendedRun(
            name: name, parent: run, others: others, settings: joined, record: record,
            session: session, model: fit.model, history: history
        ).store(in: registry)
    }

    /// The run's own training for the maps of one day: its share of a batch, no ramps, and patience for
    /// a few epochs only.
    static func training(
        _ settings: TrainingConfiguration, sessions: Int, epochs: Int
    ) -> TrainingConfiguration {
        var result = settings
        result.epochs = max(1, epochs)
        result.batchSize = max(1, settings.batchSize / max(1, sessions))
        result.readInRateScale = readInRateScale
        result.readOutRateScale = readOutRateScale
        result.klRamp = .init(start: 0, increase: 0)
        result.l2Ramp = .init(start: 0, increase: 0)
        result.learningRateSchedule = .plateau
        result.learningRatePatience = 2
        result.learningRateDecay = 0.5
        result.earlyStoppingPatience = 8
        return result
    }

    static let readInRateScale: Float = 0.05
    static let readOutRateScale: Float = 0.2
}
