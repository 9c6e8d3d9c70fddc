import Evaluation
import Foundation

/// What the controller adds to the dynamics.
enum InputSection {
    /// `nil` for a run without a controller.
    static func section(_ material: RunMaterial) -> PageSection? {
        let days = material.days.compactMap { day in day.inputs.map { (day: day, inputs: $0) } }
        guard !days.isEmpty else { return nil }
        var section = PageSection(
            id: "inputs", title: "Inferred inputs",
            look: "Means over the trials of each condition, with one standard deviation around them. Inputs "
                + "that say something come at the same time in all trials of a condition and differ between "
                + "conditions; inputs near 0 throughout are not used.")
        section.blocks = [.panel(panel(days, material.conditions))]
        section.notes =
            material.conditions.note(most: Thinning.conditionsInPlane) + days.map(\.day).eventNotes
        section.blocks.append(.html(table(material.evaluation)))
        return section
    }

    private static func panel(
        _ days: [(day: DayPicture, inputs: InputPicture)], _ order: ConditionOrder
    ) -> Panel {
        let count = days.map(\.inputs.courses.count).max() ?? 0
        var courses: [Trace] = []
        var sizes: [Trace] = []
        var layouts: [Layout] = []
        for (session, entry) in days.enumerated() {
            let x = entry.day.windows.milliseconds
            let names = entry.inputs.courses.first?.map(\.condition) ?? []
            layouts.append(Layout(x: .names(names, title: "condition")))
            for (input, conditions) in entry.inputs.courses.enumerated() {
                let choice: [Int?] = [session, input]
                for course in conditions {
                    let color = order.color(course.condition)
                    courses += band(course, x, color, choice)
                    courses.append(
                        Trace.line(course.condition, x: x, y: course.mean, color: color, choice: choice))
                }
                sizes.append(
                    Trace(
                        kind: .bar, name: "size", x: .numbers(conditions.indices.map(Double.init)),
                        y: .numbers(
                            conditions.map { course in
                                let squares = zip(course.mean, course.deviation).map { $0 * $0 + $1 * $1 }
                                return (squares.reduce(0, +) / Double(max(squares.count, 1))).squareRoot()
                            }),
                        marker: Trace.Marker(color: .each(conditions.map { order.color($0.condition) })),
                        text: .texts(conditions.map(\.condition)), hover: "%{text}: %{y}<extra></extra>",
                        showsLegend: false, choice: choice))
            }
        }
        return Panel(
            choices: [
                Choice.session(days.map(\.day.name)),
                Choice("Input", (0..<count).map { "\($0 + 1)" }),
            ],
            charts: [
                Chart(
                    "Inputs over time", courses,
                    Layout(
                        x: Axis("milliseconds"), y: Axis("inferred input", showsZero: true),
                        legend: "condition"),
                    height: 330, figure: "inferred-inputs",
                    optionLayouts: days.map { Layout(shapes: $0.day.eventMark ?? []) }, optionChoice: 0),
                Chart(
                    "Size by condition (root mean square)", sizes,
                    Layout(y: Axis("size", startsAtZero: true), barGap: 0.3),
                    height: 330, figure: "input-sizes", optionLayouts: layouts, optionChoice: 0),
            ], arrangement: .two)
    }

    private static func band(
        _ course: InputPicture.Course, _ x: [Double], _ color: String, _ choice: [Int?]
    ) -> [Trace] {
        let upper = zip(course.mean, course.deviation).map { $0 + $1 }
        let lower = zip(course.mean, course.deviation).map { $0 - $1 }
        var area = Trace.line(
            course.condition, x: x + x.reversed(), y: upper + lower.reversed(), color: color, width: 0,
            choice: choice)
        area.fill = "toself"
        area.fillColor = Palette.translucent(color, 0.12)
        area.skipsHover = true
        area.showsLegend = false
        return [area]
    }

    private static func table(_ evaluation: RunEvaluation) -> String {
        let sessions = evaluation.sessions.filter { $0.inferredInputs != nil }
        let shown = Thinning.evenly(sessions.count, most: Thinning.days).map { sessions[$0] }
        return HTML.table(
            [
                "session", "size", "largest at (ms)", "bits/spike from inputs",
                "condition named from the initial condition", "and from the inputs",
            ],
            shown.map { session in
                [
                    .text(session.name), .number(HTML.number(session[.inputSize])),
                    .number(HTML.number(session[.inputPeak], 0)),
                    .number(HTML.number(session[.inputBits], 4)),
                    .number(HTML.number(session[.conditionFromInitial], 2)),
                    .number(HTML.number(session[.conditionFromInputs], 2)),
                ]
            })
    }
}
