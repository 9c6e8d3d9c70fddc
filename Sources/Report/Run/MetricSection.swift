import Evaluation
import Foundation

/// All metrics in numbers.
enum MetricSection {
    static func section(_ material: RunMaterial) -> PageSection {
        let hasSingles = material.comparison != nil
        let count = material.evaluation.sessions.count
        var section = PageSection(
            id: "figures", title: "All figures",
            look: "Medians and quartiles over all sessions"
                + (count > Thinning.tableSessions
                    ? ", and the sessions with the lowest and the highest number."
                    : hasSingles
                        ? ", and each session's number under the stitched model, beside it in grey under a model "
                            + "of that day alone." : ".")
                + " Definitions are in docs/evaluation.md.")
        section.blocks = [.html(table(material))]
        section.notes.append(material.partNote)
        if !material.evaluation.channels.isEmpty {
            section.notes.append(
                "Decoded: \(material.evaluation.channels.joined(separator: ", ")), mean over channels.")
        }
        if let panel = population(material.evaluation) {
            section.blocks.append(
                .html(
                    "<h3>Size of the population</h3>"
                        + HTML.paragraph(
                            "The trained dynamics seen through some of each day's units: where the curve is "
                                + "flat, more units would say no more.", "look")))
            section.blocks.append(.panel(panel))
        }
        return section
    }

    private static func table(_ material: RunMaterial) -> String {
        let evaluation = material.evaluation
        let shown = evaluation.sessions
        guard shown.count <= Thinning.tableSessions else { return tableOfExtremes(evaluation) }
        // By session, then by metric.
        var singles: [String: MetricValues<Double>] = [:]
        for row in material.comparison?.rows ?? [] {
            singles[row.session, default: MetricValues()][row.key] = row.other
        }
        let rows = evaluation.metrics.map { metric -> [HTML.Cell] in
            func number(_ value: Double?) -> String { HTML.number(value, metric.decimals) }
            let summary = evaluation.summary[metric]
            return [
                .text(metric.title), .number(number(summary?.median)),
                .number("\(number(summary?.lowerQuartile)) – \(number(summary?.upperQuartile))"),
            ]
                + shown.map { session in
                    guard let single = singles[session.name]?[metric] else {
                        let value = number(session[metric])
                        return material.comparison == nil ? .number(value) : .text(value)
                    }
                    return .html("\(number(session[metric]))<i>\(number(single))</i>")
                }
        }
        return HTML.table(["figure", "median", "quartiles"] + shown.map(\.name), rows)
    }

    /// A column for each of many sessions is a table that nobody reads: their course is in the charts by date.
    private static func tableOfExtremes(_ evaluation: RunEvaluation) -> String {
        let rows = evaluation.metrics.map { metric -> [HTML.Cell] in
            func number(_ value: Double?) -> String { HTML.number(value, metric.decimals) }
            let summary = evaluation.summary[metric]
            let known = evaluation.sessions.compactMap { session in
                session[metric].map { (name: session.name, value: $0) }
            }
            func extreme(_ session: (name: String, value: Double)?) -> HTML.Cell {
                .text(session.map { "\(number($0.value)) (\($0.name))" } ?? "–")
            }
            return [
                .text(metric.title), .number(number(summary?.median)),
                .number("\(number(summary?.lowerQuartile)) – \(number(summary?.upperQuartile))"),
                extreme(known.min { $0.value < $1.value }), extreme(known.max { $0.value < $1.value }),
            ]
        }
        return HTML.table(["figure", "median", "quartiles", "lowest", "highest"], rows)
    }

    /// `nil` where it was not asked for.
    private static func population(_ evaluation: RunEvaluation) -> Panel? {
        let counts = Set(evaluation.populationSize.map(\.units)).sorted()
        guard !counts.isEmpty else { return nil }
        func chart(_ title: String, _ value: (PopulationSize) -> Double?, figure: String) -> Chart? {
            let summaries = counts.map { count in
                MetricSummary(
                    evaluation.populationSize.filter { $0.units == count }.compactMap(value))
            }
            guard summaries.contains(where: { $0 != nil }) else { return nil }
            let x = counts.map(Double.init)
            func line(_ name: String, _ part: (MetricSummary) -> Double) -> Trace {
                Trace.line(
                    name, x: x, y: summaries.map { $0.map(part) ?? .nan }, color: Palette.accent,
                    width: name == "median" ? 2.4 : 0)
            }
            var median = line("median", \.median)
            median.mode = .linesAndMarkers
            var upper = line("upper quartile", \.upperQuartile)
            upper.showsLegend = false
            var lower = line("quartiles", \.lowerQuartile)
            upper.skipsHover = true
            lower.skipsHover = true
            lower.fill = "tonexty"
            lower.fillColor = Palette.translucent(Palette.accent, 0.18)
            return Chart(
                title, [upper, lower, median], Layout(x: Axis("units"), y: Axis(title)), height: 300,
                figure: figure)
        }
        let charts = [
            chart("bits/spike", \.bitsPerSpike, figure: "population-bits-per-spike"),
            chart("R² within, factors", \.withinFromFactors, figure: "population-decoding"),
        ].compactMap { $0 }
        return charts.isEmpty ? nil : Panel(charts: charts, arrangement: .two)
    }
}
