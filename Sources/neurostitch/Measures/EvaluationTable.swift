import Evaluation

/// An evaluation as people read it in a terminal: metrics downwards, sessions across where they fit.
enum EvaluationTable {
    private static let mostSessions = 6

    static func text(_ evaluation: RunEvaluation, _ comparison: RunComparison?) -> String {
        var parts = [metrics(evaluation), "figures of unseen trials are of \(part(evaluation))"]
        if !evaluation.channels.isEmpty {
            parts.append(
                "decoded: \(evaluation.channels.joined(separator: ", ")) (mean over channels; each one "
                    + "is in --json)")
        }
        if !evaluation.populationSize.isEmpty { parts.append(population(evaluation)) }
        if let comparison { parts.append(compared(comparison)) }
        return parts.joined(separator: "\n\n")
    }

    private static func part(_ evaluation: RunEvaluation) -> String {
        let lacking = evaluation.sessionsWithoutTest
        guard !lacking.isEmpty else { return evaluation.part.title }
        let named = lacking.prefix(mostSessions).joined(separator: ", ")
        return "\(evaluation.part.title): \(lacking.count) of \(evaluation.sessions.count) sessions have no "
            + "test trials (\(named)\(lacking.count > mostSessions ? ", …" : ""))"
    }

    private static func metrics(_ evaluation: RunEvaluation) -> String {
        let shown = evaluation.sessions.count <= mostSessions ? evaluation.sessions : []
        // A median of one is no median.
        let isOne = evaluation.sessions.count == 1
        let rows = evaluation.metrics.map { metric -> [String] in
            let summary = evaluation.summary[metric]
            func number(_ value: Double?) -> String { Terminal.number(value, metric.decimals) }
            let own = [metric.title] + shown.map { number($0[metric]) }
            guard !isOne else { return own }
            return own
                + [
                    number(summary?.median),
                    "\(number(summary?.lowerQuartile)) – \(number(summary?.upperQuartile))",
                ]
        }
        return Terminal.table(
            ["figure"] + shown.map(\.name) + (isOne ? [] : ["median", "quartiles"]), rows)
    }

    private static func population(_ evaluation: RunEvaluation) -> String {
        let counts = Set(evaluation.populationSize.map(\.units)).sorted()
        return "seen through fewer units (median over sessions and draws)\n"
            + Terminal.table(
                ["units", "bits/spike", "R² within, factors"],
                counts.map { count in
                    let own = evaluation.populationSize.filter { $0.units == count }
                    return [
                        "\(count)",
                        Terminal.number(MetricSummary(own.compactMap(\.bitsPerSpike))?.median, 4),
                        Terminal.number(MetricSummary(own.compactMap(\.withinFromFactors))?.median),
                    ]
                })
    }

    private static func compared(_ comparison: RunComparison) -> String {
        let heading =
            comparison.other == RunComparison.single
            ? "against one model per session" : "against run \(comparison.other)"
        return heading + "\n"
            + Terminal.table(
                ["figure", "median difference", "better in"],
                comparison.summaries.map { summary in
                    let sign = summary.medianDifference > 0 ? "+" : ""
                    return [
                        summary.metric.title,
                        sign + Terminal.number(summary.medianDifference, summary.metric.decimals),
                        "\(summary.better) of \(summary.sessions)",
                    ]
                })
    }
}
