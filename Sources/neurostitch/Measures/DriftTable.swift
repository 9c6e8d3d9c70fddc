import Evaluation

/// Verdicts as people read them in a terminal, each with its numbers.
enum DriftTable {
    static func text(_ reports: [DriftReport]) -> String {
        let verdicts = Terminal.table(
            ["session", "in the run", "verdict"],
            reports.map { [$0.session, membership($0), $0.verdict.rawValue] })
        return ([verdicts] + reports.map { details($0) }).joined(separator: "\n\n")
    }

    private static func membership(_ report: DriftReport) -> String {
        report.membership == .none ? "no" : report.membership.rawValue
    }

    private static func details(_ report: DriftReport) -> String {
        let views = [report.asItStands, report.aligned].compactMap { $0 }
        return
            (["\(report.session): \(report.verdict.rawValue)"] + report.reasons.map { "  \($0)" }
            + views.flatMap { [title($0), numbers($0)] }).joined(separator: "\n")
    }

    private static func title(_ view: DriftView) -> String {
        switch view.maps {
        case .own, .onlyDay: "as it stands, through its own maps"
        case .electrodes:
            "as it stands, through \(view.electrodes ?? 0) electrodes of \(view.mapsOf ?? "")"
        case .alignedByLabels, .alignedWithoutLabels: "after it was \(view.maps.rawValue)"
        }
    }

    private static func numbers(_ view: DriftView) -> String {
        Terminal.table(
            ["number", "value", "trained days", "range", "limit", ""],
            view.numbers.map { number in
                func text(_ value: Double?) -> String { Terminal.number(value, number.kind.decimals) }
                return [
                    number.kind.title, text(number.value), text(number.median),
                    number.lowest == nil
                        ? "–" : "\(text(number.lowest)) to \(text(number.highest))",
                    (number.kind.isBetterLow ? "≤ " : "≥ ") + text(number.limit),
                    number.isInside ? "" : "outside",
                ]
            })
    }
}
