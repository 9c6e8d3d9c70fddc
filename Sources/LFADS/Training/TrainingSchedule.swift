import Foundation

/// How the learning rate falls while a model is trained.
public enum LearningRateSchedule: String, Sendable, Equatable, CaseIterable {
    /// From `lr_init` to `lr_stop` along half a cosine over all epochs (Loshchilov and Hutter 2017, without their
    /// restarts).
    case cosine
    /// By a factor whenever the smoothed held-out loss has not fallen for some epochs, as PyTorch's
    /// `ReduceLROnPlateau` does.
    case plateau
}

/// What training remembers from epoch to epoch besides the parameters: learning rate, plateau,
/// early stopping, the best epoch. Part of a checkpoint.
public struct TrainingSchedule: Sendable, Equatable, Codable {
    /// The learning rate of the next epoch.
    public internal(set) var learningRate: Float
    /// Exponentially smoothed validation reconstruction loss.
    public internal(set) var smoothedValidation: Double?
    /// What the rate was lowered by after epochs that broke down; `nil` = by nothing.
    private var lowering: Float?
    var plateauBest: Double?
    var plateauEpochs = 0
    var stoppingBest: Double?
    var stoppingEpochs = 0
    /// Epoch (from 0) that is the model.
    public internal(set) var bestEpoch: Int?
    /// Validation reconstruction loss of the best epoch.
    public internal(set) var bestValidation: Double?
    /// How far the days agreed in it, where that is known.
    public internal(set) var bestAgreement: Double?
    /// The highest agreement since the ramps were done.
    var highestAgreement: Double?
    /// What healthy updates and epochs look like; `nil` before the first epoch.
    var breakdownGuard: BreakdownGuard?
    /// Whether no epoch is to come, although there could be more.
    public internal(set) var hasStoppedEarly = false

    /// Nothing comes after that epoch.
    public mutating func finish(bestEpoch: Int) {
        self.bestEpoch = bestEpoch
        hasStoppedEarly = true
    }

    /// The schedule before the first epoch.
    public init(_ settings: TrainingConfiguration) { learningRate = settings.initialLearningRate }

    /// Takes in the validation loss of an epoch.
    ///
    /// - Parameter agreement: of the days' condition-averaged factors, where it is known.
    /// - Returns: whether this epoch is the best so far.
    mutating func record(
        epoch: Int, validation: Double, agreement: Double? = nil, settings: TrainingConfiguration
    ) -> Bool {
        // Factors that do not vary have none.
        let agreement = agreement.flatMap { $0.isFinite ? $0 : nil }
        let weight = Double(settings.validationSmoothing)
        let smoothed = smoothedValidation.map { (1 - weight) * $0 + weight * validation } ?? validation
        smoothedValidation = smoothed

        switch settings.learningRateSchedule {
        case .plateau: decayOnPlateau(smoothed, settings)
        case .cosine: learningRate = settings.cosineRate(epochsDone: epoch + 1) * (lowering ?? 1)
        }

        // Early stopping, once the ramps no longer change the loss.
        let rampsAreDone =
            epoch >= max(settings.klRamp.lastRampEpoch, settings.l2Ramp.lastRampEpoch)
        if rampsAreDone, settings.earlyStoppingPatience > 0 {
            if smoothed < stoppingBest ?? .infinity {
                stoppingBest = smoothed
                stoppingEpochs = 0
            } else {
                stoppingEpochs += 1
                hasStoppedEarly = stoppingEpochs >= settings.earlyStoppingPatience
            }
        }

        if rampsAreDone, let agreement {
            highestAgreement = max(highestAgreement ?? agreement, agreement)
        }
        let lowers = validation < bestValidation ?? .infinity
        let agrees = agrees(agreement, settings)
        // Loss does not show a stitch that comes apart: an epoch in which the days agree replaces one
        // in which they don't, whatever the losses are.
        guard
            lowers
                ? agrees || !self.agrees(bestAgreement, settings)
                : agrees && !self.agrees(bestAgreement, settings)
        else { return false }
        bestValidation = validation
        bestEpoch = epoch
        bestAgreement = agreement
        return true
    }

    /// Goes on under other settings: the rate of the next epoch becomes what it would be had training begun with
    /// these, times what it was lowered by.
    package mutating func retune(
        from old: TrainingConfiguration, to new: TrainingConfiguration, epochsDone: Int
    ) {
        switch new.learningRateSchedule {
        case .cosine: learningRate = new.cosineRate(epochsDone: epochsDone) * (lowering ?? 1)
        case .plateau: learningRate *= new.initialLearningRate / old.initialLearningRate
        }
    }

    /// From now on every epoch has this share of the rate that it would have had.
    mutating func lowerRate(by factor: Float) {
        learningRate *= factor
        lowering = (lowering ?? 1) * factor
    }

    /// PyTorch's ReduceLROnPlateau with threshold 0.
    private mutating func decayOnPlateau(_ smoothed: Double, _ settings: TrainingConfiguration) {
        guard smoothed >= plateauBest ?? .infinity else {
            plateauBest = smoothed
            plateauEpochs = 0
            return
        }
        plateauEpochs += 1
        guard plateauEpochs > settings.learningRatePatience else { return }
        learningRate = max(learningRate * settings.learningRateDecay, settings.finalLearningRate)
        plateauEpochs = 0
    }

    private func agrees(_ agreement: Double?, _ settings: TrainingConfiguration) -> Bool {
        guard let tolerance = settings.agreementTolerance, let agreement, let highestAgreement else {
            return true
        }
        return agreement >= highestAgreement - Double(tolerance)
    }
}

extension TrainingConfiguration {
    /// The learning rate of the epoch that comes after so many, along the cosine.
    fileprivate func cosineRate(epochsDone: Int) -> Float {
        let done = min(Double(epochsDone) / Double(epochs), 1)
        let share = Float(0.5 * (1 + cos(Double.pi * done)))
        return finalLearningRate + share * (initialLearningRate - finalLearningRate)
    }
}
