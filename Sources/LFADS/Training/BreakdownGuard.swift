import Foundation

/// Keeps a training from exploding, and says so: what it remembers of healthy updates and epochs, and what is
/// too far from them.
///
/// An update whose gradient stands far outside the recent ones is not made. An epoch that breaks down is
/// gone back from, with half the learning rate. A training in which neither happens is not touched: its bits
/// are those of a training without a guard. All of it depends on the updates alone, so that it is the same
/// on any number of threads and after an interruption; it is part of the schedule in a checkpoint.
struct BreakdownGuard: Sendable, Equatable, Codable {
    /// Mean of ln(norm) of the gradient over the updates made, the latest weighing most.
    private(set) var meanLogNorm = 0.0
    /// Updates made, up to as many as are asked for before one is judged.
    private(set) var updatesSeen = 0
    /// Held-out loss of doing nothing: of the mean rates, or of the model that training started from.
    let level: Double
    /// The lowest held-out loss of an epoch.
    private(set) var lowestValidation: Double?

    init(level: Double) { self.level = level }

    /// Of the gradients of recent updates, their geometric mean.
    var typicalNorm: Double { exp(meanLogNorm) }

    /// How many times the typical norm an update's gradient may have. None of the default trainings of real
    /// days in docs/results.md had such an update.
    static let largestRatio = 100.0
    /// Updates before the first is judged: norms move most at the beginning.
    static let updatesBeforeJudging = 20
    /// Weight of the newest update in the mean.
    static let weight = 0.05
    /// Share of an epoch's updates that may be left out, and how many of them are looked at before an epoch
    /// is given up half-way.
    static let mostLeftOut = 0.25
    static let leftOutBeforeGivingUp = 10
    /// By how much the held-out loss may lie above that of doing nothing, as a share of it.
    static let tolerance = 0.02
    /// By what the learning rate is multiplied after an epoch that broke down.
    static let rateAfterBreakdown: Float = 0.5
    /// How often one epoch is gone back from before the training is given up.
    static let mostReturns = 8

    /// Whether an update with this gradient norm is made; remembers the norms of those that are.
    mutating func takes(norm: Double) -> Bool {
        guard norm.isFinite else { return false }
        let logNorm = log(max(norm, .leastNormalMagnitude))
        if updatesSeen >= Self.updatesBeforeJudging,
            logNorm > meanLogNorm + log(Self.largestRatio)
        {
            return false
        }
        if updatesSeen < Self.updatesBeforeJudging {
            updatesSeen += 1
            // A plain mean, until there are enough for one with a memory.
            meanLogNorm += (logNorm - meanLogNorm) / Double(updatesSeen)
        } else {
            meanLogNorm += Self.weight * (logNorm - meanLogNorm)
        }
        return true
    }

    /// Whether so many updates of an epoch were left out that the rest says nothing.
    static func isBroken(leftOut: Int, of updates: Int) -> Bool {
        Double(leftOut) > mostLeftOut * Double(updates)
    }

    /// Whether an epoch with this held-out loss has broken down: it predicts worse than doing nothing
    /// although an epoch before it predicted better, and by more than that one had gained.
    func isBroken(validation: Double) -> Bool {
        guard validation.isFinite else { return true }
        let share = Self.tolerance * abs(level)
        guard let lowestValidation, lowestValidation < level else {
            // Nothing was learnt yet: only what no start explains.
            return isFar(loss: validation)
        }
        return validation > level + max(level - lowestValidation, share)
    }

    /// Whether a loss is one that no start explains.
    func isFar(loss: Double) -> Bool { loss > level + 10 * max(abs(level), 1) }

    /// Takes in the held-out loss of an epoch that stands.
    mutating func record(validation: Double) {
        lowestValidation = min(lowestValidation ?? validation, validation)
    }
}
