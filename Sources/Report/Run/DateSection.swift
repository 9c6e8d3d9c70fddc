import Alignment
import Evaluation

/// Every day by its date: where a bad one is found among many.
enum DateSection {
    /// `nil` for a run of one day.
    static func section(_ material: RunMaterial) -> PageSection? {
        guard material.sessions.count > 1 else { return nil }
        let charts = charts(material)
        guard !charts.isEmpty else { return nil }
        return PageSection(
            id: "dates", title: "Day by day",
            look:
                "Every point is a recording day. A day that stands apart from those around it is worth a look: a click on "
                + "a point shows its pictures below.",
            blocks: [.panel(Panel(charts: charts, arrangement: .two))])
    }

    /// Beside the colour of a stitched model.
    private static let second = "#009e73"

    private static let measured: [[Metric]] = [
        [.bitsPerSpike], [.withinFromFactors, .acrossFromFactors], [.agreement], [.rateR2],
    ]

    private static func charts(_ material: RunMaterial) -> [Chart] {
        let sessions = material.evaluation.sessions
        var charts = measured.compactMap { metrics -> Chart? in
            let traces = metrics.enumerated().flatMap { place, metric -> [Trace] in
                guard sessions.contains(where: { $0[metric] != nil }) else { return [] }
                let others = Dictionary(
                    material.comparison?.rows(of: metric).map { ($0.session, $0.other) } ?? [],
                    uniquingKeysWith: { first, _ in first })
                let own = points(
                    others.isEmpty ? metric.title : "\(metric.title), stitched",
                    sessions.map { ($0.name, $0.date, $0[metric]) },
                    place == 0 ? Palette.stitched : second, place == 0 ? "circle" : "square")
                guard !others.isEmpty else { return [own] }
                return [
                    points(
                        "\(metric.title), one model per day",
                        sessions.map { ($0.name, $0.date, others[$0.name]) }, Palette.single, "diamond"), own,
                ]
            }
            return chart(
                metrics.map(\.title).joined(separator: "; "), traces,
                figure: metrics[0] == .bitsPerSpike ? "bits-by-date" : nil)
        }
        if let days = material.alignment?.days?.days {
            let dates = Dictionary(
                material.sessions.map { ($0.name, $0.date) }, uniquingKeysWith: { first, _ in first })
            func values(_ value: (AlignedDay) -> Double?) -> [(String, String, Double?)] {
                days.map { ($0.session, dates[$0.session] ?? "", value($0)) }
            }
            let traces = [
                points("R² held out", values(\.heldOutR2), Palette.stitched, "circle"),
                points("geometry", values(\.geometryAgreement), second, "square"),
                points("condition agreement", values(\.conditionAgreement), Palette.single, "diamond"),
            ].filter { $0.y.map(\.hasNumbers) ?? false }
            charts.append(contentsOf: [chart("Alignment, before training", traces)].compactMap { $0 })
        }
        return charts
    }

    private static func chart(_ title: String, _ traces: [Trace], figure: String? = nil) -> Chart? {
        guard !traces.isEmpty else { return nil }
        var chart = Chart(
            title, traces, Layout(x: Axis(kind: .date), y: Axis(), showsLegend: traces.count > 1),
            height: 280,
            figure: figure)
        chart.leadsToSessions = true
        return chart
    }

    private static func points(
        _ name: String, _ days: [(name: String, date: String, value: Double?)], _ color: String,
        _ symbol: String
    ) -> Trace {
        var trace = Trace(
            kind: .scatter, mode: .markers, name: PlotText(name), x: .texts(days.map(\.date)),
            y: .numbers(days.map { $0.value ?? .nan }),
            marker: Trace.Marker(color: .one(color), size: 8, symbol: symbol),
            text: .texts(days.map(\.name)))
        trace.hover = "%{text}<br>%{y:.4f}<extra>\(PlotText(name).escaped)</extra>"
        return trace
    }
}
