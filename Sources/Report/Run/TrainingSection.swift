import Evaluation
import Foundation
import Registry

/// What training did, epoch by epoch.
enum TrainingSection {
    static func section(_ material: RunMaterial) -> PageSection {
        var section = PageSection(
            id: "training", title: "Training",
            look: "Training and validation loss should fall together and level off; a validation that "
                + "rises again is overfitting. The dotted line is the epoch whose parameters are used.")
        guard let last = material.epochs.last, last.epoch > 0 else {
            section.look = "Less than two epochs are recorded, which make no curve."
            return section
        }
        let curves = Curves(material)
        let charts = curves.charts
        section.blocks = [.panel(Panel(charts: charts, arrangement: .two))]
        section.notes = curves.notes(charts)
        return section
    }

    private struct Curves {
        let material: RunMaterial
        let epochs: [EpochMetrics]
        let x: [Double]
        let sessions: [String]

        init(_ material: RunMaterial) {
            self.material = material
            let all = material.epochs
            epochs = Thinning.evenly(all.count, most: Thinning.epochs).map { all[$0] }
            // Epochs are counted from 1, as everywhere that people read them.
            x = epochs.map { Double($0.epoch + 1) }
            sessions = material.daysTogether.map(\.name)
        }

        func notes(_ charts: [Chart]) -> [String] {
            var notes =
                epochs.count < material.epochs.count
                ? ["\(epochs.count) of \(material.epochs.count) epochs are drawn."] : []
            let cut = charts.filter { $0.layout.yaxis?.range != nil && $0.layout.yaxis2 == nil }.map(\.title)
            if !cut.isEmpty {
                notes.append(
                    "Single epochs lie far above the others and leave the chart: \(cut.joined(separator: "; ")). "
                        + "Double-click in a chart to see them.")
            }
            if epochs.contains(where: { $0.values["agreement"]?.isFinite ?? false }) {
                notes.append(
                    "Agreement here is measured after every epoch, on the held-out trials and a few training trials of "
                        + "every condition; that of the summary is the model's on all trials, which average out more."
                )
            }
            return notes + material.dayNotes
        }

        private static let likelihood = "negative log-likelihood"

        var charts: [Chart] {
            let best = material.bestEpoch.map {
                [Shape.vertical(Double($0), color: "#52606d", dash: "dot")]
            }
            let axis = Axis("epoch")
            func chart(
                _ title: String, _ label: String, _ traces: [Trace?], figure: String? = nil,
                isLogarithmic: Bool = false
            ) -> Chart? {
                let known = traces.compactMap { $0 }
                guard !known.isEmpty else { return nil }
                return Chart(
                    title, known,
                    Layout(
                        x: axis,
                        y: Axis(
                            label, kind: isLogarithmic ? .log : nil,
                            range: isLogarithmic ? nil : UsualRange.of(known)), shapes: best),
                    height: 300, figure: figure)
            }
            let loss = chart(
                "Reconstruction", Self.likelihood,
                [
                    line("training", "train_recon", "#0072b2"),
                    line("validation", "valid_recon", "#d55e00"),
                    line("validation, smoothed", "valid_recon_smooth", "#e69f00", dash: "dash"),
                ], figure: "training-loss")
            let penalties = chart(
                "Penalties, before their factors", "nats; squares of weights",
                [
                    line("KL, initial condition", "train_kl_ic", "#0072b2"),
                    line("KL, inferred inputs", "train_kl_co", "#009e73"),
                    line("L2", "train_l2", "#cc79a7"),
                ])
            let bits = chart(
                "Bits per spike, held-out trials", "bits/spike",
                sessions.map { line($0, "valid_bits_per_spike/\($0)", material.dayColor($0)) },
                figure: "training-bits-per-spike")
            let validation = chart(
                "Validation by session", Self.likelihood,
                sessions.map { line($0, "valid_recon/\($0)", material.dayColor($0)) })
            let agreement = chart(
                "Agreement of the days", "agreement",
                [line("agreement", "agreement", Palette.accent)])
            let total = chart(
                "Training loss, with all its factors", "loss",
                [line("total", "train_total", "#6e6e6e")])
            let gradient = chart(
                "Length of the gradient, before clipping", "norm",
                [line("gradient", "grad_norm", "#6e6e6e")], isLogarithmic: true)
            return [loss, bits, agreement, validation, penalties, schedule(best), total, gradient]
                .compactMap { $0 }
        }

        private func line(
            _ name: String, _ metric: String, _ color: String, dash: String? = nil
        ) -> Trace? {
            let values = epochs.map { $0.values[metric] ?? .nan }
            // A term that the model doesn't have is 0 throughout.
            guard values.contains(where: { $0.isFinite && $0 != 0 }) else { return nil }
            return Trace.line(name, x: x, y: values, color: color, dash: dash)
        }

        private func schedule(_ best: [Shape]?) -> Chart? {
            var rate = line("learning rate (right)", "learning_rate", "#d55e00")
            rate?.verticalAxis = "y2"
            rate?.line?.shape = "hv"
            let ramps = [
                line("KL ramp", "kl_ramp", "#0072b2"), line("L2 ramp", "l2_ramp", "#cc79a7", dash: "dash"),
                rate,
            ].compactMap { $0 }
            guard !ramps.isEmpty else { return nil }
            return Chart(
                "Ramps and learning rate", ramps,
                Layout(
                    x: Axis("epoch"), y: Axis("share of the full penalty", range: 0...1.05),
                    secondY: Axis("learning rate", kind: .log).onTheRight(), shapes: best),
                height: 300)
        }
    }
}
