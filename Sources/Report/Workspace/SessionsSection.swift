import Foundation
import Registry

/// All sessions that are registered, in their current revisions.
enum SessionsSection {
    private static let mostRows = 400

    static func section(_ sessions: [WorkspaceMaterial.Session]) -> PageSection {
        var section = PageSection(
            id: "sessions", title: "Sessions",
            look: "Gaps between days, days with few units or trials, and days whose rates are unlike the "
                + "others' are those to look at before stitching.")
        guard !sessions.isEmpty else {
            section.look = "No session is registered."
            return section
        }
        section.blocks = [
            .panel(Panel(charts: [timeline(sessions)])),
            .panel(
                Panel(
                    charts: [
                        counts("Units", sessions, \.unitCount),
                        counts("Trials", sessions, \.trialCount),
                        counts("Conditions", sessions, \.conditionCount), rates(sessions),
                    ].compactMap { $0 }, arrangement: .two)),
            .html(table(Array(sessions.prefix(mostRows)))),
        ]
        if sessions.count > mostRows {
            section.notes = ["The table has the first \(mostRows) of \(sessions.count) sessions."]
        }
        return section
    }

    private static func subjects(_ sessions: [WorkspaceMaterial.Session]) -> [String] {
        Set(sessions.map(\.record.subject)).sorted()
    }

    /// A dot a day, a row a subject; the area stands for the number of units.
    private static func timeline(_ sessions: [WorkspaceMaterial.Session]) -> Chart {
        let names = subjects(sessions)
        let most = Double(sessions.map(\.record.unitCount).max() ?? 1)
        let traces = names.enumerated().map { index, subject -> Trace in
            let own = sessions.map(\.record).filter { $0.subject == subject }
            return Trace(
                kind: .scatter, mode: .markers, name: PlotText(subject),
                x: .texts(own.map(\.date)), y: .texts(own.map { _ in subject }),
                marker: Trace.Marker(
                    color: .one(Palette.day(index, of: names.count)),
                    size: .each(own.map { 7 + 15 * (Double($0.unitCount) / max(most, 1)).squareRoot() }),
                    opacity: 0.75),
                text: .texts(
                    own.map { "\($0.name), \($0.unitCount) units, \($0.trialCount) trials" }),
                hover: "%{text}<br>%{x}<extra></extra>", showsLegend: false)
        }
        return Chart(
            "Recording days (the area of a dot stands for its units)", traces,
            Layout(x: Axis(kind: .date), y: Axis(kind: .category)), height: 110 + 46 * names.count)
    }

    private static func counts(
        _ title: String, _ sessions: [WorkspaceMaterial.Session],
        _ value: (SessionRecord) -> Int
    ) -> Chart {
        let names = subjects(sessions)
        let traces = names.enumerated().map { index, subject -> Trace in
            let own = sessions.map(\.record).enumerated().filter { $1.subject == subject }
            return Trace(
                kind: .bar, name: PlotText(subject), x: .numbers(own.map { Double($0.offset) }),
                y: .numbers(own.map { Double(value($0.element)) }),
                marker: Trace.Marker(color: .one(Palette.day(index, of: names.count))),
                text: .texts(own.map(\.element.name)), hover: "%{text}: %{y}<extra></extra>",
                showsLegend: names.count > 1)
        }
        return Chart(
            title, traces,
            Layout(
                x: .names(sessions.map(\.record.name)),
                y: Axis(title.lowercased(), startsAtZero: true), barGap: gap(sessions.count)),
            height: 280)
    }

    /// A few bars don't fill the page.
    private static func gap(_ bars: Int) -> Double { max(0.2, 0.9 - 0.1 * Double(bars)) }

    /// `nil` without spikes.
    private static func rates(_ sessions: [WorkspaceMaterial.Session]) -> Chart? {
        let known = sessions.compactMap { session in session.rates.map { (session.record.name, $0) } }
        guard !known.isEmpty else { return nil }
        var boxes = Trace(
            kind: .box, x: .numbers(known.indices.map(Double.init)),
            line: Trace.Line(color: Palette.accent, width: 1.5),
            showsLegend: false)
        boxes.quartiles = Trace.Quartiles(
            lower: known.map(\.1.summary.lowerQuartile), median: known.map(\.1.summary.median),
            upper: known.map(\.1.summary.upperQuartile), lowest: known.map(\.1.lowest),
            highest: known.map(\.1.highest))
        return Chart(
            "Mean rates of the units", [boxes],
            Layout(
                x: .names(known.map(\.0)),
                y: Axis("spikes/s", startsAtZero: true)),
            height: 280)
    }

    private static func table(_ sessions: [WorkspaceMaterial.Session]) -> String {
        let hasTest = sessions.contains { $0.record.testTrialCount > 0 }
        return HTML.table(
            ["session", "subject", "date", "units", "trials"] + (hasTest ? ["test trials"] : [])
                + ["conditions", "bins", "bin (ms)", "median rate (Hz)", "revision"],
            sessions.map { session in
                let record = session.record
                return [
                    .text(record.name), .text(record.subject), .text(record.date),
                    .number("\(record.unitCount)"), .number("\(record.trialCount)"),
                ] + (hasTest ? [.number("\(record.testTrialCount)")] : []) + [
                    .number("\(record.conditionCount)"), .number("\(record.binCount)"),
                    .number("\(record.binMilliseconds)"),
                    .number(HTML.number(session.rates?.summary.median, 1)),
                    .number("\(record.revision)"),
                ]
            })
    }
}
