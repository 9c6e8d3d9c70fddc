import Evaluation
import Foundation

/// Behaviour that is decoded from factors, beside the measured one.
enum DecodingSection {
    /// `nil` where no behaviour was recorded.
    static func section(_ material: RunMaterial) -> PageSection? {
        let days = material.days.compactMap { day in day.decoded.map { (day: day, decoded: $0) } }
        let channels = material.evaluation.channels
        guard !days.isEmpty, !channels.isEmpty else { return nil }
        var section = PageSection(
            id: "decoding", title: "Decoded behaviour",
            look: "A linear decoder reads behaviour from the factors of the same bin; it was fitted on "
                + "training trials and is shown on \(material.unseen) ones of the same day. Blue should follow black, "
                + "and the points should lie along the diagonal.")
        if material.evaluation.lagMilliseconds > 0 || material.evaluation.historyMilliseconds > 0 {
            section.notes.append(
                "Behaviour follows the factors by \(HTML.number(material.evaluation.lagMilliseconds, 0)) ms; "
                    + "\(HTML.number(material.evaluation.historyMilliseconds, 0)) ms before that are read "
                    + "as well.")
        }
        var traces: [Trace] = []
        var points: [Trace] = []
        for (session, entry) in days.enumerated() {
            for channel in entry.decoded.channels {
                guard let place = channels.firstIndex(of: channel.name) else { continue }
                let choice: [Int?] = [session, place]
                traces += courses(channel, entry.day, entry.decoded, choice)
                points += scatter(channel, choice, most: entry.day.detail.scatteredPoints)
            }
        }
        section.blocks = [
            .panel(
                Panel(
                    choices: [
                        Choice.session(days.map(\.day.name)), Choice("Channel", channels),
                    ],
                    charts: [
                        Chart(
                            "One after another, \(material.unseen) trials", traces,
                            Layout(
                                x: Axis("trial", showsTicks: false, showsGrid: false), y: Axis("behaviour")),
                            height: 330, figure: "decoded"),
                        Chart(
                            "All \(material.unseen) trials", points,
                            Layout(x: Axis("measured"), y: Axis("decoded")), height: 330,
                            figure: "decoded-scatter"),
                    ], arrangement: .two))
        ]
        section.notes += [
            "At most \(days[0].day.detail.decodedTrials) trials and \(days[0].day.detail.scatteredPoints) points are drawn; "
                + "R² is that of all \(material.unseen) trials."
        ]
        return section
    }

    /// A few trials of every condition, in the order of conditions, with gaps between them.
    private static func courses(
        _ channel: DecodedBehavior.Channel, _ day: DayPicture, _ decoded: DecodedBehavior,
        _ choice: [Int?]
    ) -> [Trace] {
        let measured = channel.actual.indices.filter { channel.actual[$0].contains(where: \.isFinite) }
        // One number a trial makes no curve: all of them are one.
        let shown =
            channel.isOnePerTrial
            ? measured : Thinning.evenly(measured.count, most: day.detail.decodedTrials).map { measured[$0] }
        var (x, actual, predicted): ([Double], [Double], [Double]) = ([], [], [])
        for (position, trial) in shown.enumerated() {
            if channel.isOnePerTrial {
                x.append(Double(position))
                actual += channel.actual[trial]
                predicted += channel.decoded[trial]
            } else {
                let windows = day.windows
                x +=
                    windows.windows.indices.map {
                        Double(position) + 0.92 * Double($0) / Double(windows.windows.count)
                    } + [.nan]
                actual += windows.means(channel.actual[trial]) + [.nan]
                predicted += windows.means(channel.decoded[trial]) + [.nan]
            }
        }
        var lines = [
            Trace.line("measured", x: x, y: actual, color: Palette.ink, width: 2.4, choice: choice),
            Trace.line("decoded", x: x, y: predicted, color: Palette.stitched, choice: choice),
        ]
        if channel.isOnePerTrial {
            for index in lines.indices { lines[index].mode = .linesAndMarkers }
        }
        return lines
    }

    private static func scatter(
        _ channel: DecodedBehavior.Channel, _ choice: [Int?], most: Int
    ) -> [Trace] {
        let pairs = zip(channel.actual.joined(), channel.decoded.joined()).filter {
            $0.isFinite && $1.isFinite
        }
        let shown = Thinning.evenly(pairs.count, most: most).map { pairs[$0] }
        let low = shown.map { min($0.0, $0.1) }.min() ?? 0
        let high = shown.map { max($0.0, $0.1) }.max() ?? 1
        var diagonal = Trace.line(
            "equal", x: [low, high], y: [low, high], color: Palette.faint, width: 1, dash: "dash",
            choice: choice)
        diagonal.showsLegend = false
        var points = Trace.points(
            "R² \(HTML.number(channel.r2, 2))", x: shown.map(\.0), y: shown.map(\.1),
            color: Palette.stitched, size: 4, choice: choice)
        points.opacity = 0.5
        points.showsLegend = true
        return [diagonal, points]
    }
}
