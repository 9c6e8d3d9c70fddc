import Evaluation
import Foundation

/// The few numbers that one looks at first, and whether stitching helped.
enum HeadlineSection {
    static func section(_ material: RunMaterial) -> PageSection {
        let evaluation = material.evaluation
        let shown: [(Metric, String)] = [
            (.bitsPerSpike, "bits per spike, \(material.unseen) trials"),
            (.rateR2, "R² of the true rates"),
            (.psthR2, "R² of PSTHs"),
            (.withinFromFactors, "R² decoding within days"),
            (.acrossFromFactors, "R² decoding across days"),
            (.agreement, "agreement of the days"),
        ]
        var tiles = shown.compactMap { metric, label -> (value: String, label: String)? in
            evaluation.summary[metric].map {
                (HTML.number($0.median, metric == .bitsPerSpike ? 3 : 2), label)
            }
        }
        tiles.append(("\(material.sessions.reduce(0) { $0 + $1.unitCount })", "units on all days"))
        tiles.append(("\(material.sessions.reduce(0) { $0 + $1.trialCount })", "trials"))
        var section = PageSection(
            id: "summary", title: "Summary",
            look: "Medians over sessions. R² and agreement are 1 at best; bits per spike count what the "
                + "rates say about single spikes beyond each unit's mean rate.",
            blocks: [.html(HTML.tiles(tiles))])
        section.notes.append(material.partNote)
        section.notes += evaluation.remarks + (material.comparison?.remarks ?? [])
        if let comparison = material.comparison {
            add(comparison, unseen: material.unseen, to: &section)
        } else if material.sessions.count > 1 {
            section.notes.append(
                "No models of single days were trained beside this run (stitch --single), so that this "
                    + "page can't show whether stitching helped.")
        }
        return section
    }

    private static let compared: [Metric] = [
        .rateR2, .bitsPerSpike, .coSmoothing, .withinFromFactors, .psthR2, .latentR2,
    ]

    private static func add(
        _ comparison: RunComparison, unseen: String, to section: inout PageSection
    ) {
        let metrics = compared.filter { metric in
            !comparison.rows(of: metric).isEmpty
        }.prefix(4)
        guard !metrics.isEmpty else { return }
        let sentences = metrics.compactMap { metric -> String? in
            comparison.summaries.first { $0.metric == metric }.map { summary in
                let sign = summary.medianDifference < 0 ? "−" : "+"
                let size = HTML.number(abs(summary.medianDifference), metric.decimals)
                return "\(metric.title): better in \(summary.better) of \(summary.sessions) sessions, "
                    + "median difference \(sign)\(size)"
            }
        }
        let sessions = metrics.first.map { comparison.rows(of: $0).count } ?? 0
        section.blocks.append(
            .html(
                "<h3>Stitched against one model per day</h3>"
                    + HTML.paragraph(
                        "Each row is a session: the same \(unseen) trials under the stitched model and "
                            + "under a model of that day alone. Where blue lies right of orange, the other "
                            + "days helped.", "look")
                    + "<ul>"
                    + sentences.map { "<li>\(HTML.escaped($0))</li>" }.joined() + "</ul>"))
        section.blocks.append(
            .panel(
                Panel(
                    charts: metrics.enumerated().map { chart($1, comparison, isFirst: $0 == 0) },
                    arrangement: metrics.count == 1 ? .one : .two)))
        if sessions > Thinning.comparedSessions {
            section.notes.append(
                "\(Thinning.comparedSessions) of \(sessions) sessions are drawn, evenly spread.")
        }
    }

    private static func chart(_ metric: Metric, _ comparison: RunComparison, isFirst: Bool) -> Chart {
        let all = comparison.rows(of: metric)
        let rows = Thinning.evenly(all.count, most: Thinning.comparedSessions).map { all[$0] }
        let places = rows.indices.map(Double.init)
        let lines = Trace(
            kind: .scatter, mode: .lines,
            x: .numbers(rows.flatMap { [$0.other, $0.value, .nan] }),
            y: .numbers(places.flatMap { [$0, $0, .nan] }),
            line: Trace.Line(color: "#c9d1d9", width: 3), skipsHover: true, showsLegend: false)
        func dots(_ name: String, _ values: [Double], _ color: String, _ symbol: String) -> Trace {
            var trace = Trace.points(name, x: values, y: places, color: color, size: 11)
            trace.marker?.symbol = symbol
            trace.text = .texts(rows.map(\.session))
            trace.hover = "%{text}<br>%{x:.4f}"
            return trace
        }
        return Chart(
            metric.title,
            [
                lines, dots("one model per day", rows.map(\.other), Palette.single, "diamond"),
                dots("stitched", rows.map(\.value), Palette.stitched, "circle"),
            ],
            Layout(
                x: Axis(metric.title),
                y: Axis(
                    range: -0.6...(Double(rows.count) - 0.4),
                    ticks: rows.enumerated().map { (Double($0), $1.session) }, showsGrid: false,
                    isReversed: true)),
            height: 110 + 30 * rows.count, figure: isFirst ? "stitched-and-single" : nil)
    }
}
