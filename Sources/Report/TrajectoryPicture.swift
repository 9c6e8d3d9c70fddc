public import Evaluation
import Foundation

/// Factor trajectories of all days in one plane, as SVG: one colour a condition, one dash a day.
///
/// Where the days are stitched, curves of one colour lie on each other whatever their dash.
public struct TrajectoryPicture {
    /// More conditions than this are thinned evenly: more curves hide each other.
    public static let mostConditions = 10

    private static let side = 560.0
    private static let margin = 36.0
    private static let dashes = ["", "7 4", "2 3", "10 3 2 3", "1 5"]

    private let trajectories: ConditionTrajectories
    private let title: String

    public init(_ trajectories: ConditionTrajectories, title: String) {
        self.trajectories = trajectories
        self.title = title
    }

    public var svg: String {
        let shown = Self.evenly(trajectories.conditions.count, most: Self.mostConditions)
        let curves = trajectories.days.map { day in shown.map { day.curves[$0] } }
        let points = curves.flatMap { $0.compactMap { $0 }.flatMap { $0 } }
        let scale = Scale(points, side: Self.side, margin: Self.margin)
        let width = Self.side + 250
        var out = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(Self.side + 60))" \
            width="\(Int(width))" height="\(Int(Self.side + 60))" font-family="sans-serif" font-size="13">
            <rect width="100%" height="100%" fill="white"/>
            <text x="\(Int(Self.margin))" y="26" font-size="16">\(Self.escaped(title))</text>
            <g transform="translate(0 36)" fill="none" stroke-linejoin="round">
            <rect x="\(Self.margin / 2)" y="0" width="\(Self.side - Self.margin)" \
            height="\(Self.side - Self.margin)" stroke="#ccc"/>

            """
        for (day, dayCurves) in curves.enumerated() {
            for (index, curve) in dayCurves.enumerated() {
                guard let curve, let first = curve.first else { continue }
                let color = Self.color(index, of: shown.count)
                let path = curve.map { scale.place($0) }.joined(separator: " ")
                out += """
                    <polyline points="\(path)" stroke="\(color)" stroke-width="1.8" stroke-opacity="0.85"\
                    \(Self.dash(day))/>
                    <circle cx="\(scale.x(first.x))" cy="\(scale.y(first.y))" r="3.2" fill="\(color)"/>

                    """
            }
        }
        out += "</g>\n"
        out += axes() + legend(shown)
        return out + "</svg>\n"
    }

    private func axes() -> String {
        func label(_ index: Int) -> String {
            let share = index < trajectories.explainedShare.count ? trajectories.explainedShare[index] : 0
            return "factor direction \(index + 1) (\(Int((share * 100).rounded())) % of variance)"
        }
        let bottom = 36 + Self.side - Self.margin + 18
        return """
            <text x="\(Self.margin)" y="\(bottom)" fill="#555">\(label(0))</text>
            <text x="12" y="\(bottom - 30)" fill="#555" \
            transform="rotate(-90 12 \(bottom - 30))">\(label(1))</text>

            """
    }

    private func legend(_ shown: [Int]) -> String {
        let x = Self.side + 8
        var y = 56.0
        var out = "<text x=\"\(x)\" y=\"\(y)\" font-weight=\"bold\">day</text>\n"
        for (index, day) in trajectories.days.enumerated() {
            y += 20
            out += """
                <line x1="\(x)" x2="\(x + 44)" y1="\(y - 4)" y2="\(y - 4)" stroke="#333" \
                stroke-width="1.8"\(Self.dash(index))/>
                <text x="\(x + 52)" y="\(y)">\(Self.escaped(day.session))</text>

                """
        }
        y += 34
        let all = trajectories.conditions.count
        let heading = shown.count < all ? "condition (\(shown.count) of \(all))" : "condition"
        out += "<text x=\"\(x)\" y=\"\(y)\" font-weight=\"bold\">\(heading)</text>\n"
        for (place, condition) in shown.enumerated() {
            y += 18
            out += """
                <circle cx="\(x + 6)" cy="\(y - 4)" r="5" fill="\(Self.color(place, of: shown.count))"/>
                <text x="\(x + 18)" y="\(y)">\(Self.escaped(trajectories.conditions[condition]))</text>

                """
        }
        return out
    }

    /// At most `most` of 0..<count, evenly spread.
    static func evenly(_ count: Int, most: Int) -> [Int] {
        count <= most ? Array(0..<count) : (0..<most).map { $0 * count / most }
    }

    private static func dash(_ day: Int) -> String {
        let dash = dashes[day % dashes.count]
        return dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\""
    }

    private static func color(_ index: Int, of count: Int) -> String {
        "hsl(\(index * 330 / max(count, 1)), 70%, 42%)"
    }

    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }

    /// One scale for both axes: distances in the plane are comparable.
    private struct Scale {
        private let centre: (x: Double, y: Double)
        private let factor: Double
        private let middle: Double

        init(_ points: [(x: Double, y: Double)], side: Double, margin: Double) {
            let xs = points.map(\.x)
            let ys = points.map(\.y)
            let (left, right) = (xs.min() ?? 0, xs.max() ?? 1)
            let (low, high) = (ys.min() ?? 0, ys.max() ?? 1)
            centre = ((left + right) / 2, (low + high) / 2)
            let extent = max(right - left, high - low)
            factor = (side - 2 * margin) / (extent > 0 ? extent : 1)
            middle = side / 2
        }

        func x(_ value: Double) -> String { text(middle + (value - centre.x) * factor) }
        func y(_ value: Double) -> String { text(middle - 18 - (value - centre.y) * factor) }
        func place(_ point: (x: Double, y: Double)) -> String { "\(x(point.x)),\(y(point.y))" }
        private func text(_ value: Double) -> String { String(format: "%.1f", value) }
    }
}
