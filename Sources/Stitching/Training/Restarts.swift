import Alignment
import LFADS

/// Short starts from neighbouring seeds, of which the one whose days agree best is trained.
///
/// Where days are put together by chance, neither loss nor bits per spike show it, but agreement does
/// as soon as the penalties stand at their full height (docs/results.md).
public struct Restarts {
    /// A short start.
    public struct Start: Sendable, Equatable {
        /// Its seed.
        public let seed: UInt64
        /// Epochs for which it was trained.
        public let epochs: Int
        /// Of the days' condition-averaged factors over training and held-out trials; `nil` where it can't be measured.
        public let agreement: Double?
        /// Loss of the held-out trials.
        public let validation: Double
        /// The best of those so far.
        public let isBest: Bool
    }

    /// Agreements that differ by less are equal; then the loss decides.
    static let resolution = 0.005

    private let sessions: [PreparedSession]
    private let settings: StitchSettings
    private let alignment: AlignedDays
    private let threads: Int

    init(
        _ sessions: [PreparedSession], _ settings: StitchSettings, _ alignment: AlignedDays, threads: Int
    ) {
        self.sessions = sessions
        self.settings = settings
        self.alignment = alignment
        self.threads = threads
    }

    /// Until the ramps are done, and at least a tenth of the run's epochs: days that come apart do so
    /// while the penalties rise.
    static func epochs(of training: TrainingConfiguration) -> Int {
        let ramps = max(training.klRamp.lastRampEpoch, training.l2Ramp.lastRampEpoch) + 1
        return min(training.epochs, max(ramps, training.epochs / 10))
    }

    /// - Returns: the best start's seed; `nil` when it was stopped before all were tried.
    /// - Throws: `LFADSError` when every start diverges.
    func bestSeed(report: (Start) -> Void, shouldStop: () -> Bool) throws -> UInt64? {
        let measure = FactorAgreement(sessions, trainingTrialsPerCondition: nil)
        let epochs = Self.epochs(of: settings.training)
        var best: Start?
        var failure: (any Error)?
        for index in 0..<settings.restarts {
            // The registry and YAML hold signed numbers.
            let seed = (settings.firstSeed &+ UInt64(index)) & UInt64(Int.max)
            let model = try StitchedModel(
                settings.model, sessions: sessions.map(\.trials.shape), startingFrom: seed, threads: threads)
            try alignment.apply(to: model)
            let training = try StitchedTraining(
                model, sessions.map(\.trials), settings.training, seed: seed)
            do {
                for _ in 0..<epochs {
                    _ = try training.runEpoch()
                    if shouldStop() { return nil }
                }
            } catch let error as LFADSError {
                // A start that diverges is a bad one; others may do.
                failure = error
                continue
            }
            let validation = try training.validationLosses().reduce(0, +) / Double(sessions.count)
            let agreement = try measure?.value(training)
            let isBest = best.map { Self.isBetter(agreement, validation, than: $0) } ?? true
            let start = Start(
                seed: seed, epochs: epochs, agreement: agreement, validation: validation,
                isBest: isBest)
            if isBest { best = start }
            report(start)
        }
        if let best { return best.seed }
        throw failure ?? StitchingError.noSessions
    }

    static func isBetter(_ agreement: Double?, _ validation: Double, than other: Start) -> Bool {
        if let agreement, let known = other.agreement, abs(agreement - known) > resolution {
            return agreement > known
        }
        return validation < other.validation
    }
}
