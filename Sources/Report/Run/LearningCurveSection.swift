import Foundation
import Stitching

/// How many trials of a new day are enough for this run: what `extend --trials 10,20,40` measured.
enum LearningCurveSection {
    /// `nil` where nothing was measured.
    static func section(_ material: RunMaterial) -> PageSection? {
        let (curves, leftOut) = material.learningCurves
        guard !curves.isEmpty || !leftOut.isEmpty else { return nil }
        var section = PageSection(
            id: "learning-curve", title: "How many trials a new day needs",
            look: "Days that joined this run on their first few training trials, bits per spike on their "
                + "held-out ones. Dashed: the day's maps as aligned; full: trained on, everything else "
                + "frozen."
                + (curves.contains { !$0.usedLabels } ? " Diamonds: joined without labels." : "")
                + " Where a curve is flat, more trials would say no more.")
        let shown = Thinning.evenly(curves.count, most: Thinning.days).map { curves[$0] }
        let lines = shown.enumerated().flatMap { traces($1, Palette.day($0, of: shown.count)) }
        if !lines.isEmpty {
            section.blocks.append(.panel(Panel(charts: [chart(lines, shown)])))
        }
        if !shown.isEmpty { section.blocks.append(.html(table(shown))) }
        if shown.count < curves.count {
            section.notes.append(
                "\(shown.count) of \(curves.count) curves are drawn, evenly spread over the sessions.")
        }
        section.notes += leftOut
        return section
    }

    private static func name(_ curve: LearningCurve) -> String {
        curve.session + (curve.usedLabels ? "" : ", without labels")
    }

    private static func traces(_ curve: LearningCurve, _ color: String) -> [Trace] {
        func trace(_ value: (LearningCurve.Point) -> Double?, isTrained: Bool) -> Trace? {
            let values = curve.points.map { value($0) ?? .nan }
            guard values.contains(where: \.isFinite) else { return nil }
            var trace = Trace.line(
                name(curve), x: curve.points.map { Double($0.trainingTrials) }, y: values, color: color,
                width: isTrained ? 2.4 : 1.6, dash: isTrained ? nil : "dash")
            trace.mode = .linesAndMarkers
            trace.marker = Trace.Marker(
                color: .one(color), size: 7, symbol: curve.usedLabels ? "circle" : "diamond")
            trace.legendGroup = name(curve)
            trace.showsLegend = isTrained
            trace.hover =
                "%{x} trials<br>%{y:.4f} bits/spike \(isTrained ? "after training" : "as aligned")"
            return trace
        }
        return [
            trace(\.alignedBitsPerSpike, isTrained: false), trace(\.bitsPerSpike, isTrained: true),
        ].compactMap { $0 }
    }

    private static func chart(_ lines: [Trace], _ curves: [LearningCurve]) -> Chart {
        Chart(
            "Bits per spike, held-out trials", lines,
            Layout(
                x: Axis("training trials", kind: .log, ticks: ticks(curves)), y: Axis("bits/spike")),
            height: 340, figure: "learning-curve")
    }

    /// The numbers of trials that were measured, as far as they don't crowd.
    private static func ticks(_ curves: [LearningCurve]) -> [(place: Double, text: String)] {
        let counts = Set(curves.flatMap { $0.points.map(\.trainingTrials) }).sorted()
        var kept: [Int] = []
        // An eighth of the axis is room for a number; the last one is always there.
        let span = log(Double(counts.last ?? 1) / Double(counts.first ?? 1))
        for count in counts.reversed() {
            guard let last = kept.last else {
                kept.append(count)
                continue
            }
            if log(Double(last) / Double(count)) >= span / 8 { kept.append(count) }
        }
        return kept.reversed().map { (Double($0), "\($0)") }
    }

    private static func table(_ curves: [LearningCurve]) -> String {
        HTML.table(
            ["session", "training trials", "bits/spike as aligned", "after training", "epochs"],
            curves.flatMap { curve in
                curve.points.map { point in
                    [
                        .text(name(curve)), .number("\(point.trainingTrials)"),
                        .number(HTML.number(point.alignedBitsPerSpike, 4)),
                        .number(HTML.number(point.bitsPerSpike, 4)), .number("\(point.epochs)"),
                    ]
                }
            })
    }
}
