public import LFADS
import Messages
import Registry

/// One epoch as it is stored, printed and drawn.
public struct EpochRecord: Sendable, Equatable, Codable {
    /// The losses of the epoch.
    public var summary: EpochSummary
    /// Bits per spike of each session's held-out trials (Poisson runs), in the run's order.
    public var bitsPerSpike: [Double]
    /// Agreement of condition-averaged factors between the days; `nil` for one day.
    public var agreement: Double?

    /// Columns of `metrics.csv` and names in the registry.
    func columns(sessions: [String]) -> [(name: String, value: Double?)] {
        var columns: [(String, Double?)] = [
            ("learning_rate", Double(summary.learningRate)),
            ("train_recon", summary.reconstruction), ("train_kl_ic", summary.initialConditionKL),
            ("train_kl_co", summary.inferredInputKL), ("train_l2", summary.l2),
            ("train_total", summary.total), ("kl_ramp", Double(summary.klRamp)),
            ("l2_ramp", Double(summary.l2Ramp)), ("grad_norm", summary.gradientNorm),
            ("valid_recon", summary.validation), ("valid_recon_smooth", summary.smoothedValidation),
            ("agreement", agreement), ("updates_left_out", summary.updatesLeftOut.map(Double.init)),
            ("returns", summary.returns.map(Double.init)),
        ]
        for (index, session) in sessions.enumerated() {
            columns.append(("valid_recon/\(session)", summary.validationOfSession[index]))
            if index < bitsPerSpike.count {
                columns.append(("valid_bits_per_spike/\(session)", bitsPerSpike[index]))
            }
        }
        return columns
    }

    func metrics(sessions: [String]) -> EpochMetrics {
        EpochMetrics(
            epoch: summary.epoch,
            values: Dictionary(
                uniqueKeysWithValues: columns(sessions: sessions).compactMap { column in
                    column.value.map { (column.name, $0) }
                }))
    }

    /// What the guard against breakdowns did in the epoch, as a sentence; `nil` where it did nothing.
    public var disturbance: String? {
        var parts: [String] = []
        if let returns = summary.returns {
            parts.append(
                "it broke down and was gone back from \(returns == 1 ? "once" : "\(returns) times"); its "
                    + "learning rate is \(summary.learningRate)")
        }
        if let leftOut = summary.updatesLeftOut {
            parts.append(
                "\(leftOut == 1 ? "an update was" : "\(leftOut) updates were") left out, with gradients far "
                    + "outside the recent ones")
        }
        if let level = summary.farAboveDoingNothing {
            parts.append(
                "its training loss, \(rounded(summary.reconstruction)), is far above that of a model that has learnt "
                    + "nothing, \(rounded(level)): rates of some trials explode; a lower lr_init or a smaller model may help"
            )
        }
        guard !parts.isEmpty else { return nil }
        return "epoch \(summary.epoch + 1): " + parts.joined(separator: "; ")
    }
}
