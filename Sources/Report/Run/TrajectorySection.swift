import Evaluation
import Foundation
import LinearAlgebra

/// Factors of all days in one space of three dimensions.
enum TrajectorySection {
    /// - Throws: `LinearAlgebraError`
    static func section(_ material: RunMaterial) throws -> PageSection {
        var section = PageSection(
            id: "trajectories", title: "Factor trajectories",
            look: "Drag to turn. Coloured by condition, the curves of one colour should lie on each other "
                + "whatever their day; coloured by day, no colour should keep to itself. A dot marks where "
                + "each curve starts.")
        guard let space = try FactorSpace(material.daysTogether.map(\.factorMeans)) else {
            section.look = "There is no average to draw."
            return section
        }
        // Windows of continuous recordings have nothing in common that could be averaged.
        let hasAverages = material.daysTogether.contains { $0.course == nil }
        if !hasAverages {
            section.look =
                "Drag to turn. Each curve is a \(material.unseen) window; coloured by day, no colour should "
                + "keep to itself. A dot marks where each curve starts."
        }
        let drawing = Drawing(material: material, space: space, hasAverages: hasAverages)
        let shares = space.explainedShare.prefix(3).map { "\(Int(($0 * 100).rounded())) %" }
        section.blocks = [.panel(drawing.panel)]
        section.notes =
            [
                (hasAverages
                    ? "Principal components of the condition averages of all drawn days; they hold "
                        + shares.joined(separator: ", ") + " of these averages' variance. Single trials are "
                        + "\(material.unseen) ones"
                    : "Principal components of the \(material.unseen) windows of all drawn days; they hold "
                        + shares.joined(separator: ", ")
                        + " of the variance. Curves are \(material.unseen) windows")
                    + ", at most \(Thinning.trialsInSpace) a day."
            ]
            + material.conditions.note(most: Thinning.conditionsInSpace) + material.dayNotes
        return section
    }

    private struct Drawing {
        let material: RunMaterial
        let space: FactorSpace
        let hasAverages: Bool
        /// Places among the panel's choices, and of single trials among the first one's options.
        private var colorChoice: Int { hasAverages ? 1 : 0 }
        private var colorings: [String] {
            hasAverages ? ["condition", "day", "trial order"] : ["day", "order of windows"]
        }
        private var singleTrials: [Int?] { hasAverages ? [1, nil] : [nil] }

        private var conditions: [String] {
            material.conditions.shown(most: Thinning.conditionsInSpace)
        }

        var panel: Panel {
            var traces: [Trace] = []
            for (place, day) in material.daysTogether.enumerated() {
                for (index, condition) in conditions.enumerated() {
                    guard let values = day.factorMeans.values[condition] else { continue }
                    traces += curve(
                        values, condition, day, order: nil, width: 5, choice: [0, nil],
                        namesCondition: isFirstDay(with: condition, place),
                        namesDay: index == firstCondition(of: day))
                }
                for trial in day.trials {
                    traces += curve(
                        trial.factors, trial.condition, day, order: trial.order, width: 2,
                        choice: singleTrials,
                        namesCondition: isFirstTrial(trial.condition, place, trial),
                        namesDay: trial.order == day.trials.first?.order)
                }
            }
            traces.append(orderScale)
            let names = (0..<3).map { "PC \($0 + 1)" }
            return Panel(
                choices: (hasAverages ? [Choice("Show", ["condition averages", "single trials"])] : [])
                    + [Choice("Colour", colorings)],
                charts: [
                    Chart(
                        "", traces,
                        Layout(
                            scene: Scene(
                                xaxis: Axis(names[0], showsZero: true),
                                yaxis: Axis(names[1], showsZero: true),
                                zaxis: Axis(names[2], showsZero: true))),
                        height: 600, figure: "trajectories",
                        optionLayouts: colorings.map { Layout(legend: $0) },
                        optionChoice: colorChoice)
                ])
        }

        private func isFirstDay(with condition: String, _ place: Int) -> Bool {
            material.daysTogether.firstIndex { $0.factorMeans.values[condition] != nil } == place
        }

        private func firstCondition(of day: DayPicture) -> Int? {
            conditions.firstIndex { day.factorMeans.values[$0] != nil }
        }

        private func isFirstTrial(
            _ condition: String, _ place: Int, _ trial: DayPicture.Trial
        ) -> Bool {
            let first = material.daysTogether.lazy.enumerated().compactMap { index, day in
                day.trials.first { $0.condition == condition }.map { (index, $0.order) }
            }.first { _ in true }
            return first.map { $0.0 == place && $0.1 == trial.order } ?? false
        }

        /// A line and its start; three looks, one for each way of colouring.
        private func curve(
            _ factors: Matrix, _ condition: String, _ day: DayPicture, order: Double?,
            width: Double, choice: [Int?], namesCondition: Bool, namesDay: Bool
        ) -> [Trace] {
            let points = space.coordinates(factors).map { day.windows.means($0) }
            // Fewer factors than dimensions leave a dimension flat.
            let flat = [Double](repeating: 0, count: points.first?.count ?? 0)
            func axis(_ index: Int) -> [Double] { index < points.count ? points[index] : flat }
            let orderColor = order.map { ColorScale.viridis.color(at: $0) } ?? Palette.faint
            var looks = [
                (condition, material.conditions.color(condition), "c\(condition)", namesCondition),
                (day.name, material.dayColor(day.name), "d\(day.name)", namesDay),
                (
                    order == nil ? "averages have no order" : "\(material.unseen) trials", orderColor, "o",
                    false
                ),
            ]
            if !hasAverages { looks.removeFirst() }
            let place = order.map { ", trial at \(Int(($0 * 100).rounded())) % of the day" } ?? ""
            let text = "\(day.name), condition \(condition)\(place)"
            var line = Trace(
                kind: .scatter3d, mode: .lines, x: .numbers(axis(0)), y: .numbers(axis(1)),
                z: .numbers(axis(2)), opacity: order == nil ? nil : 0.75, choice: choice)
            line.hover = "\(PlotText(text).escaped)<extra></extra>"
            line.variants = looks.map { name, color, group, shown in
                Trace.Variant(
                    name: PlotText(name).short, line: Trace.Line(color: color, width: width),
                    showsLegend: shown, legendGroup: group)
            }
            line.variantChoice = colorChoice
            var start = Trace(
                kind: .scatter3d, mode: .markers,
                x: .numbers(Array(axis(0).prefix(1))), y: .numbers(Array(axis(1).prefix(1))),
                z: .numbers(Array(axis(2).prefix(1))), choice: choice)
            start.hover = line.hover
            start.variants = looks.map { name, color, group, _ in
                Trace.Variant(
                    name: PlotText(name),
                    marker: Trace.Marker(color: .one(color), size: order == nil ? 4 : 2.5),
                    showsLegend: false, legendGroup: group)
            }
            start.variantChoice = colorChoice
            return [line, start]
        }

        /// A colour bar for the order of trials, on a point that isn't there.
        private var orderScale: Trace {
            var trace = Trace(
                kind: .scatter3d, mode: .markers, x: .numbers([.nan, .nan]), y: .numbers([.nan, .nan]),
                z: .numbers([.nan, .nan]), skipsHover: true, showsLegend: false,
                choice: hasAverages ? [1, 2] : [1])
            trace.marker = Trace.Marker(
                color: .scaled([0, 100]), size: 1, colorScale: .viridis, showsScale: true,
                colorBar: Trace.ColorBar(title: AxisTitle("% of the day")))
            return trace
        }
    }
}
