import Alignment
import Evaluation
import Foundation
import LinearAlgebra
import Stitching

/// How the days were brought together before training.
enum AlignmentSection {
    /// `nil` for a run of one day.
    static func section(_ material: RunMaterial) -> PageSection? {
        guard let run = material.alignment, let alignment = run.days else { return nil }
        var section = PageSection(
            id: "alignment", title: "Alignment",
            look: "Before training, every day's read-in is fitted so that its condition averages give the "
                + "trajectories that all days share. Coloured lines (days) should lie on the black one.")
        for warning in alignment.warnings {
            section.blocks.append(.html(HTML.paragraph(warning, "warning")))
        }
        let shared = run.shared
        let order = material.conditions.shown(most: Thinning.conditionsInPlane)
        let conditions = order.filter { name in shared.contains { $0.condition == name } }
        if conditions.isEmpty {
            section.look =
                "No session of this run has condition labels: there is nothing that the days "
                + "could be aligned by, and each starts from its own principal components."
        } else {
            section.blocks.append(
                .panel(panel(material, run, conditions, shares: alignment.explainedShare)))
            let shares = alignment.explainedShare.prefix(Thinning.components)
            if run.components > Thinning.components {
                section.notes.append(
                    "\(shares.count) of \(run.components) components are drawn, "
                        + "those of the largest variance.")
            }
            section.notes += material.conditions.note(most: Thinning.conditionsInPlane)
            section.notes += material.dayNotes
        }
        let table = table(alignment)
        section.blocks.append(
            .html(
                alignment.days.count > Thinning.tableSessions
                    ? "<details><summary>All \(alignment.days.count) sessions in numbers</summary>\(table)</details>"
                    : table))
        return section
    }

    private static func panel(
        _ material: RunMaterial, _ run: RunAlignment, _ conditions: [String], shares: [Double]
    ) -> Panel {
        let components = min(run.components, Thinning.components)
        let windows = TimeWindows(bins: run.binCount, binMilliseconds: 1, most: 60)
        let width = Double(windows.windows.count)
        // Conditions stand side by side with a gap between them.
        let step = width + max(1, width * 0.12)
        let x = conditions.indices.flatMap { place in
            windows.windows.indices.map { Double(place) * step + Double($0) } + [.nan]
        }
        func course(_ all: [(condition: String, values: [Double])], _ component: Int) -> [Double] {
            conditions.flatMap { name -> [Double] in
                let gap = [Double](repeating: .nan, count: windows.windows.count + 1)
                guard let values = all.first(where: { $0.condition == name })?.values else { return gap }
                let course = Matrix(rows: run.binCount, columns: run.components, values: values)
                return windows.means { course[$0, component] } + [.nan]
            }
        }
        let shared = run.shared
        let shown = Set(material.daysTogether.map(\.name))
        let days = run.sessions.filter { shown.contains($0.name) }.map {
            (name: $0.name, values: run.reconstruction(of: $0))
        }
        let traces = (0..<components).flatMap { component -> [Trace] in
            [
                Trace.line(
                    "shared", x: x, y: course(shared, component), color: "#000000", width: 4,
                    choice: [component])
            ]
                + days.filter { !$0.values.isEmpty }.map {
                    Trace.line(
                        $0.name, x: x, y: course($0.values, component),
                        color: material.dayColor($0.name), width: 1.8, choice: [component])
                }
        }
        let options = (0..<components).map { index in
            index < shares.count
                ? "\(index + 1) (\(Int((shares[index] * 100).rounded())) %)" : "\(index + 1)"
        }
        return Panel(
            choices: [Choice("Component", options)],
            charts: [
                Chart(
                    "Shared trajectories and what each day's read-in makes of its own averages", traces,
                    Layout(
                        x: Axis(
                            "condition",
                            ticks: conditions.enumerated().map {
                                (Double($0) * step + width / 2, $1)
                            }, showsGrid: false
                        ).slanted(),
                        y: Axis("component")),
                    height: 340, figure: "alignment")
            ])
    }

    private static func table(_ alignment: AlignedDays) -> String {
        HTML.table(
            [
                "session", "units", "trials", "shared conditions", "R² held out", "condition agreement",
                "geometry",
                "by chance",
            ],
            alignment.days.map {
                [
                    .text($0.session), .number("\($0.units)"), .number("\($0.trials)"),
                    .number("\($0.conditions)"), .number(HTML.number($0.heldOutR2)),
                    .number(HTML.number($0.conditionAgreement)),
                    .number(HTML.number($0.geometryAgreement)), .number(HTML.number($0.geometryChance)),
                ]
            })
    }
}
