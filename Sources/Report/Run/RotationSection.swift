import Evaluation
import Foundation

/// The planes in which activity rotates.
enum RotationSection {
    /// `nil` where no day has two conditions.
    static func section(_ material: RunMaterial) -> PageSection? {
        let able = material.days.filter { $0.rotationOfFactors != nil || $0.rotationOfCounts != nil }
        guard !able.isEmpty else { return nil }
        let shown = Thinning.evenly(able.count, most: Thinning.planeDays).map { able[$0] }
        var section = PageSection(
            id: "rotations", title: "Rotations",
            look: "The plane in which condition averages rotate fastest (jPCA), for each day. Where the "
                + "R² of a pure rotation comes close to that of any linear dynamics, rotation describes the "
                + "day; factors should show it more cleanly than smoothed counts.")
        section.blocks = [
            .panel(
                Panel(
                    choices: [Choice("Of", ["factors", "smoothed counts"])],
                    charts: shown.enumerated().map { index, day in
                        chart(day, material.conditions, isFirst: index == 0)
                    }, arrangement: .many))
        ]
        section.blocks.append(.html(table(shown)))
        section.notes = material.conditions.note(most: Thinning.conditionsInSpace)
        if shown.count < material.sessions.count {
            section.notes.append("\(shown.count) of \(material.sessions.count) sessions are drawn.")
        }
        return section
    }

    private static func chart(
        _ day: DayPicture, _ order: ConditionOrder, isFirst: Bool
    ) -> Chart {
        let names = order.shown(most: Thinning.conditionsInSpace)
        var traces: [Trace] = []
        for (option, rotation) in [day.rotationOfFactors, day.rotationOfCounts].enumerated() {
            guard let plane = rotation?.planes.first else { continue }
            // Curves come in the order in which the day's averages have their conditions.
            for (condition, curve) in zip(day.factorMeans.names, plane.curves)
            where names.contains(condition) {
                let x = day.windows.means(curve.map(\.x))
                let y = day.windows.means(curve.map(\.y))
                let color = order.color(condition)
                traces.append(Trace.line(condition, x: x, y: y, color: color, choice: [option]))
                var start = Trace.points(
                    condition, x: Array(x.prefix(1)), y: Array(y.prefix(1)), color: color, size: 7,
                    choice: [option])
                start.skipsHover = true
                traces.append(start)
            }
        }
        return Chart(
            day.name, traces,
            Layout(
                x: Axis("jPC 1", showsTicks: false, showsZero: true),
                y: Axis("jPC 2", showsTicks: false, showsZero: true, scaleAnchor: "x"),
                showsLegend: false),
            height: 300, figure: isFirst ? "rotation" : nil)
    }

    private static func table(_ days: [DayPicture]) -> String {
        HTML.table(
            [
                "session", "of", "R² rotation", "R² any linear", "turns per second",
                "variance in the plane",
            ],
            days.flatMap { day in
                [("factors", day.rotationOfFactors), ("smoothed counts", day.rotationOfCounts)]
                    .compactMap { name, rotation -> [HTML.Cell]? in
                        guard let rotation else { return nil }
                        let plane = rotation.planes.first
                        return [
                            .text(day.name), .text(name), .number(HTML.number(rotation.skewR2, 2)),
                            .number(HTML.number(rotation.unconstrainedR2, 2)),
                            .number(HTML.number(plane?.frequencyHz, 2)),
                            .number(plane.map { "\(Int(($0.varianceShare * 100).rounded())) %" } ?? "–"),
                        ]
                    }
            })
    }
}
