import Evaluation
import Foundation
import Registry

/// All runs with what is known of how good they are.
enum RunsSection {
    private static let metrics: [Metric] = [
        .bitsPerSpike, .withinFromFactors, .acrossFromFactors, .rateR2,
    ]

    static func section(_ runs: [WorkspaceMaterial.Run]) -> PageSection {
        var section = PageSection(
            id: "runs", title: "Runs",
            look: "Medians over sessions, as the last evaluation of each run found them. Runs of the same "
                + "sessions compare; the names of those with a report lead there.")
        guard !runs.isEmpty else {
            section.look = "No run has been started."
            return section
        }
        let charts = (metrics + [.agreement]).compactMap { chart($0, runs) }
        if !charts.isEmpty { section.blocks.append(.panel(Panel(charts: charts, arrangement: .two))) }
        section.blocks.append(.html(table(runs)))
        if Set(runs.compactMap(\.part)).count > 1 {
            section.notes.append(
                "Figures of some runs are of held-out trials and those of others of test trials: compare those "
                    + "of the same column \"figures of\" alone.")
        }
        let unknown = runs.filter { $0.summary.isEmpty }.count
        if unknown > 0 {
            section.notes.append(
                "\(unknown) of \(runs.count) runs were never evaluated (neurostitch evaluate, or report).")
        }
        return section
    }

    private static func value(_ metric: Metric, _ run: WorkspaceMaterial.Run) -> Double? {
        metric == .agreement ? run.agreement : run.summary[metric]?.median
    }

    /// `nil` where no run has the metric.
    private static func chart(_ metric: Metric, _ runs: [WorkspaceMaterial.Run]) -> Chart? {
        let known = runs.compactMap { run in value(metric, run).map { (run.record.name, $0) } }
        guard !known.isEmpty else { return nil }
        var points = Trace.points(
            metric.title, x: known.indices.map(Double.init), y: known.map(\.1),
            color: Palette.stitched, size: 9)
        points.text = .texts(known.map(\.0))
        points.showsLegend = false
        points.hover = "%{text}<br>%{y:.4f}<extra></extra>"
        return Chart(
            metric.title, [points],
            Layout(
                x: .names(known.map(\.0)), y: Axis(metric.title)),
            height: 280)
    }

    private static func table(_ runs: [WorkspaceMaterial.Run]) -> String {
        HTML.table(
            ["run", "status", "sessions", "epochs", "best epoch"]
                + metrics.map(\.title) + ["agreement", "figures of", "started"],
            runs.map { run in
                let record = run.record
                let name = HTML.escaped(record.name)
                let first: HTML.Cell =
                    run.report.map { .html("<a href=\"\(HTML.escaped($0))\">\(name)</a>") }
                    ?? .text(record.name)
                return [
                    first, .text(record.status.rawValue), .number("\(record.sessionCount)"),
                    .number("\((record.lastEpoch ?? -1) + 1)"),
                    .number(record.bestEpoch.map { "\($0 + 1)" } ?? "–"),
                ]
                    + metrics.map { .number(HTML.number(run.summary[$0]?.median, $0.decimals)) }
                    + [
                        .number(HTML.number(run.agreement)), .text(run.part?.title ?? "–"),
                        .text(record.createdAt),
                    ]
            })
    }
}
