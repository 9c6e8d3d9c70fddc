import Evaluation

/// Continuous recordings as one course in time, in place of averages over trials that they don't have.
enum CourseSection {
    /// `nil` where every day has trials.
    static func section(_ material: RunMaterial) -> PageSection? {
        let days = material.days.compactMap { day in day.course.map { (day, $0) } }
        guard !days.isEmpty else { return nil }
        var section = PageSection(
            id: "course", title: "Course in time",
            look: "A stretch of the recording, its windows put together again. Between the dashed lines "
                + "training has not seen the spikes: rates and factors should go on there as they do beside "
                + "it, smooth where windows meet.")
        section.blocks = [.panel(panel(days))]
        let starts = days.map { day, course in
            "\(day.name) from \(HTML.number(course.start, 2)) s of its clock"
        }
        section.notes = [
            "The longest \(material.unseen) stretch with what lies around it, at most \(Thinning.courseBins) bins: "
                + starts.joined(separator: ", ") + ".",
            "At most \(Thinning.courseUnits) units and \(Thinning.components) factors a session, evenly "
                + "spread.",
        ]
        return section
    }

    private static func panel(_ days: [(DayPicture, CoursePicture)]) -> Panel {
        var counts: [Trace] = []
        var rates: [Trace] = []
        var (factors, inputs): ([Trace], [Trace]) = ([], [])
        var layouts: [Layout] = []
        let isOne = days.count == 1
        let isPoisson = days.contains { $0.0.isPoisson }
        for (option, (_, course)) in days.enumerated() {
            let choice: [Int?]? = isOne ? nil : [option]
            func image(_ rows: [[Double]], _ scale: ColorScale, _ title: String, least: Double) -> Trace {
                let values = rows.joined().filter(\.isFinite).sorted()
                let lowest = isPoisson ? 0 : values.first ?? 0
                // One value in a hundred may be off the scale, so that the others show their course.
                let highest = values.isEmpty ? 1 : values[(values.count - 1) * 99 / 100]
                return .image(
                    rows, x: course.seconds, scale: scale, lowest: lowest,
                    highest: max(highest, lowest + least), title: title, choice: choice)
            }
            counts.append(
                image(course.counts, .spikes, isPoisson ? "spikes" : "value", least: isPoisson ? 1 : 1e-6))
            rates.append(
                image(course.rates, .viridis, isPoisson ? "spikes/s" : "value per bin", least: 1e-6))
            func lines(_ rows: [[Double]], _ names: [String]) -> [Trace] {
                zip(names, rows).enumerated().map { place, row in
                    .line(
                        row.0, x: course.seconds, y: row.1, color: Palette.day(place, of: rows.count),
                        width: 1.6, choice: choice)
                }
            }
            factors += lines(course.factors, course.factorNames)
            inputs += lines(course.inputs, course.inputs.indices.map { "input \($0)" })
            layouts.append(
                Layout(
                    x: Axis("seconds", range: 0...course.duration, showsGrid: false),
                    shapes: edges(course)))
        }
        func layout(_ vertical: Axis) -> Layout {
            Layout(x: isOne ? layouts[0].xaxis : nil, y: vertical, shapes: isOne ? layouts[0].shapes : nil)
        }
        let units = layout(Axis("unit", showsGrid: false, isReversed: true))
        var recorded = units
        if days.contains(where: { $0.1.counts.contains { $0.contains(where: \.isNaN) } }) {
            recorded.background = ColorScale.gaps
        }
        let optionLayouts = isOne ? nil : layouts
        let optionChoice = isOne ? nil : 0
        func chart(
            _ title: String, _ traces: [Trace], _ layout: Layout, height: Int, _ figure: String
        ) -> Chart {
            Chart(
                title, traces, layout, height: height, figure: figure, optionLayouts: optionLayouts,
                optionChoice: optionChoice)
        }
        var charts = [
            chart(isPoisson ? "Spikes" : "Values", counts, recorded, height: 300, "course-spikes"),
            chart("Inferred rates", rates, units, height: 300, "course-rates"),
            chart("Factors", factors, layout(Axis("factor")), height: 280, "course-factors"),
        ]
        if !inputs.isEmpty {
            charts.append(
                chart("Inferred inputs", inputs, layout(Axis("input")), height: 240, "course-inputs"))
        }
        return Panel(
            choices: isOne ? [] : [Choice.session(days.map(\.0.name))], charts: charts,
            arrangement: .one)
    }

    private static func edges(_ course: CoursePicture) -> [Shape] {
        [course.heldOut.lowerBound, course.heldOut.upperBound].map {
            var edge = Shape.vertical($0, color: Palette.faint, dash: "dash")
            edge.layer = "above"
            return edge
        }
    }
}
