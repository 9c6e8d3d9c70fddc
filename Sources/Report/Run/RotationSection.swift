import Evaluation
import Foundation

/// The planes in which activity rotates.
enum RotationSection {
    /// `nil` where no day has two conditions.
    static func section(_ material: RunMaterial) -> PageSection? {
        let able = material.daysTogether.filter { $0.rotationOfFactors != nil || $0.rotationOfCounts != nil }
        guard !able.isEmpty else { return nil }
        let shown = Thinning.evenly(able.count, most: Thinning.planeDays).map { able[$0] }
        var section = PageSection(
            id: "rotations", title: "Rotations",
            look:
                "The plane in which condition averages rotate fastest (jPCA), for each day, turned so that conditions lie as on the "
                + "first one. Where the "
                + "R² of a pure rotation comes close to that of any linear dynamics, rotation describes the "
                + "day; factors should show it more cleanly than smoothed counts.")
        section.blocks = [
            .panel(
                Panel(
                    choices: [Choice("Of", ["factors", "smoothed counts"])],
                    charts: shown.enumerated().map { index, day in
                        chart(day, turnedLike: shown[0], material.conditions, isFirst: index == 0)
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
        _ day: DayPicture, turnedLike first: DayPicture, _ order: ConditionOrder, isFirst: Bool
    ) -> Chart {
        let names = order.shown(most: Thinning.conditionsInSpace)
        var traces: [Trace] = []
        let rotations = [\DayPicture.rotationOfFactors, \DayPicture.rotationOfCounts]
        for (option, rotation) in rotations.enumerated() {
            guard let plane = day[keyPath: rotation]?.planes.first else { continue }
            // Curves come in the order in which the day's averages have their conditions.
            let named = Array(zip(day.factorMeans.names, plane.curves))
            let reference = first[keyPath: rotation]?.planes.first.map {
                Array(zip(first.factorMeans.names, $0.curves))
            }
            let turn = turn(of: named, onto: reference ?? [])
            for (condition, curve) in named where names.contains(condition) {
                let x = day.windows.means(curve.map { turn.cosine * $0.x + turn.sine * $0.y })
                let y = day.windows.means(curve.map { turn.cosine * $0.y - turn.sine * $0.x })
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

    private typealias NamedCurve = (condition: String, curve: [(x: Double, y: Double)])

    /// The turn within the plane that brings a day's conditions nearest to those of another one: where a plane's axes lie
    /// says nothing, and days are compared more easily when their conditions lie alike.
    private static func turn(
        of day: [NamedCurve], onto other: [NamedCurve]
    ) -> (cosine: Double, sine: Double) {
        let there = Dictionary(
            other.map { ($0.condition, $0.curve) }, uniquingKeysWith: { first, _ in first })
        var (along, across) = (0.0, 0.0)
        for (condition, curve) in day {
            for (own, other) in zip(curve, there[condition] ?? []) {
                along += own.x * other.x + own.y * other.y
                across += own.y * other.x - own.x * other.y
            }
        }
        let length = (along * along + across * across).squareRoot()
        return length > 0 ? (along / length, across / length) : (1, 0)
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
