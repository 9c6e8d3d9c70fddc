/// What training remembers from epoch to epoch besides the parameters: learning rate, plateau,
/// early stopping, the best epoch. Part of a checkpoint.
public struct TrainingSchedule: Sendable, Equatable, Codable {
    public internal(set) var learningRate: Float
    /// Exponentially smoothed validation reconstruction loss.
    public internal(set) var smoothedValidation: Double?
    var plateauBest: Double?
    var plateauEpochs = 0
    var stoppingBest: Double?
    var stoppingEpochs = 0
    /// Epoch (from 0) of the lowest validation reconstruction loss, and that loss.
    public internal(set) var bestEpoch: Int?
    public internal(set) var bestValidation: Double?
    public internal(set) var hasStoppedEarly = false

    init(_ settings: TrainingConfiguration) { learningRate = settings.initialLearningRate }

    /// Takes in the validation loss of an epoch.
    ///
    /// - Returns: whether this epoch is the best so far.
    mutating func record(
        epoch: Int, validation: Double, settings: TrainingConfiguration
    ) -> Bool {
        let weight = Double(settings.validationSmoothing)
        let smoothed = smoothedValidation.map { (1 - weight) * $0 + weight * validation } ?? validation
        smoothedValidation = smoothed

        // Plateau decay (PyTorch's ReduceLROnPlateau with threshold 0).
        if smoothed < plateauBest ?? .infinity {
            plateauBest = smoothed
            plateauEpochs = 0
        } else {
            plateauEpochs += 1
            if plateauEpochs > settings.learningRatePatience {
                learningRate = max(
                    learningRate * settings.learningRateDecay, settings.finalLearningRate)
                plateauEpochs = 0
            }
        }

        // Early stopping, once the ramps no longer change the loss.
        if epoch >= max(settings.klRamp.lastRampEpoch, settings.l2Ramp.lastRampEpoch),
            settings.earlyStoppingPatience > 0
        {
            if smoothed < stoppingBest ?? .infinity {
                stoppingBest = smoothed
                stoppingEpochs = 0
            } else {
                stoppingEpochs += 1
                hasStoppedEarly = stoppingEpochs >= settings.earlyStoppingPatience
            }
        }

        guard validation < bestValidation ?? .infinity else { return false }
        bestValidation = validation
        bestEpoch = epoch
        return true
    }
}
