import Evaluation
import Foundation

/// Rates that the model infers from single trials, beside the spikes.
enum RateSection {
    static func section(_ material: RunMaterial) -> PageSection? {
        let units = material.days.flatMap { day in day.units.map { (day, $0) } }
        guard !units.isEmpty else { return nil }
        let conditions = material.conditions.shown(most: Thinning.conditionsInPlane)
        let isPoisson = material.days.contains(where: \.isPoisson)
        var section = PageSection(
            id: "rates", title: "Rates and spikes",
            look:
                "One row of the images is one \(material.unseen) trial. The rates should show in every single "
                + "trial what the averages show, without their noise; the averages of rates (right) should "
                + "look like those of smoothed \(isPoisson ? "spikes" : "values") (left).")
        section.blocks = [.panel(panel(material, units, conditions, isPoisson))]
        section.notes =
            [
                "At most \(units[0].0.detail.units) units a session, those whose inferred averages vary most, and "
                    + "\(units[0].0.detail.rasterTrials) \(material.unseen) trials, sorted by condition. Units that the "
                    + "encoder never saw are marked."
            ]
            + (hasGaps(units)
                ? ["Where a unit was not observed, its image of spikes has the colour of sand."] : [])
            + material.conditions.note(most: Thinning.conditionsInPlane) + units.map(\.0).eventNotes
        return section
    }

    private static func panel(
        _ material: RunMaterial, _ units: [(DayPicture, UnitPicture)], _ conditions: [String],
        _ isPoisson: Bool
    ) -> Panel {
        var counts: [Trace] = []
        var rates: [Trace] = []
        var smoothed: [Trace] = []
        var inferred: [Trace] = []
        var imageLayouts: [Layout] = []
        var averageLayouts: [Layout] = []
        let unit = isPoisson ? "spikes/s" : "value per bin"
        for (option, (day, picture)) in units.enumerated() {
            let x = day.windows.milliseconds
            // What was not observed is left blank.
            let known = picture.counts.joined().filter(\.isFinite)
            let mostCounts = known.max() ?? 1
            let leastCounts = isPoisson ? 0 : known.min() ?? 0
            counts.append(
                .image(
                    picture.counts, x: x, scale: .spikes, lowest: leastCounts,
                    highest: max(mostCounts, leastCounts + 1e-6), title: isPoisson ? "spikes" : "value",
                    choice: [option]))
            let values = picture.rates.joined().sorted()
            // One trial in a hundred may be off the scale, so that the others show their course.
            let highest = values.isEmpty ? 1 : values[(values.count - 1) * 99 / 100]
            let lowest = isPoisson ? 0 : values.first ?? 0
            rates.append(
                .image(
                    picture.rates, x: x, scale: .viridis, lowest: lowest,
                    highest: max(highest, lowest + 1e-6), title: unit, choice: [option]))
            imageLayouts.append(
                Layout(y: Axis(ticks: rowTicks(picture.conditions)), shapes: day.eventMark ?? []))
            for (curves, target) in [(picture.smoothed, 0), (picture.inferred, 1)] {
                let lines = curves.map {
                    Trace.line(
                        $0.condition, x: x, y: $0.values,
                        color: material.conditions.color($0.condition), choice: [option])
                }
                if target == 0 { smoothed += lines } else { inferred += lines }
            }
            let all = (picture.smoothed + picture.inferred).flatMap(\.values).filter(\.isFinite)
            let (low, high) = (isPoisson ? 0 : all.min() ?? 0, all.max() ?? 1)
            averageLayouts.append(
                Layout(
                    x: Axis(range: 0...(day.milliseconds)),
                    y: Axis(range: low...max(high * 1.05, low + 1e-6)), shapes: day.eventMark ?? []))
        }
        let time = Axis("milliseconds", showsGrid: false)
        let conditionAxis = Axis("condition", showsGrid: false, isReversed: true)
        let images = Layout(x: time, y: conditionAxis)
        let recorded = Layout(x: time, y: conditionAxis, background: hasGaps(units) ? ColorScale.gaps : nil)
        let averages = Layout(x: Axis("milliseconds"), y: Axis(unit), legend: "condition")
        let smoothing = material.settings.alignment.smoothingMilliseconds
        return Panel(
            choices: [
                Choice.session(
                    units.map { day, unit in
                        "\(day.name), unit \(unit.name)" + (unit.isHeldOut ? " (never seen)" : "")
                    }, label: "Unit")
            ],
            charts: [
                Chart(
                    isPoisson ? "Spikes, single trials" : "Values, single trials", counts, recorded,
                    height: 300, figure: "spikes", optionLayouts: imageLayouts, optionChoice: 0),
                Chart(
                    "Inferred rates, the same trials", rates, images, height: 300, figure: "rates",
                    optionLayouts: imageLayouts, optionChoice: 0),
                Chart(
                    "PSTH of smoothed \(isPoisson ? "spikes" : "values") (\(HTML.number(smoothing, 0)) ms)",
                    smoothed, averages, height: 300, figure: "psth-spikes",
                    optionLayouts: averageLayouts, optionChoice: 0),
                Chart(
                    "PSTH of inferred rates", inferred, averages, height: 300, figure: "psth-rates",
                    optionLayouts: averageLayouts, optionChoice: 0),
            ], arrangement: .two)
    }

    private static func hasGaps(_ units: [(DayPicture, UnitPicture)]) -> Bool {
        units.contains { $0.1.counts.contains { $0.contains(where: \.isNaN) } }
    }

    /// A condition's name at the middle of its rows; every second, third, … one where they crowd.
    private static func rowTicks(_ conditions: [String]) -> [(place: Double, text: String)] {
        var blocks: [(name: String, first: Int, last: Int)] = []
        for (row, name) in conditions.enumerated() {
            if blocks.last?.name == name {
                blocks[blocks.count - 1].last = row
            } else {
                blocks.append((name, row, row))
            }
        }
        let step = max(1, (blocks.count + 15) / 16)
        return stride(from: 0, to: blocks.count, by: step).map { index in
            (Double(blocks[index].first + blocks[index].last) / 2, blocks[index].name)
        }
    }
}
