import LFADS
import Stitching

extension SearchPlan.Objective {
    /// Of a training, smoothed over its epochs where it is known of them; the higher the better.
    ///
    /// - Parameter coSmoothing: what held-out units say of it.
    func value(
        _ epochs: [EpochRecord], _ training: TrainingConfiguration, coSmoothing: () throws -> Double?
    ) rethrows -> Double? {
        switch self {
        case .coSmoothing: return try coSmoothing()
        case .likelihood: return epochs.last.map { -$0.summary.smoothedValidation }
        case .bitsPerSpike:
            let weight = Double(training.validationSmoothing)
            return epochs.reduce(nil as Double?) { smoothed, epoch in
                let known = epoch.bitsPerSpike.filter(\.isFinite)
                guard !known.isEmpty else { return smoothed }
                let mean = known.reduce(0, +) / Double(known.count)
                return smoothed.map { (1 - weight) * $0 + weight * mean } ?? mean
            }
        }
    }
}
