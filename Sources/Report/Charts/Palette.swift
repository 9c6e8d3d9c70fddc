import Foundation

/// Colours that carry a meaning over the whole page: a day and a condition keep theirs.
enum Palette {
    static let ink = "#1c2733"
    static let faint = "#9aa5b1"
    static let accent = "#0b6e99"
    static let stitched = "#0072b2"
    static let single = "#d55e00"

    /// Okabe and Ito's colours without black and yellow: people who see few colours tell them apart.
    private static let categories = [
        "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#6e6e6e",
    ]

    /// More days than colours are a course in time, and are coloured as one.
    static func day(_ index: Int, of count: Int) -> String {
        count <= categories.count
            ? categories[index] : ColorScale.viridis.color(at: Double(index) / Double(max(count - 1, 1)))
    }

    /// Conditions go around a circle as reaches do: neighbours look alike, first and last too. Lightness
    /// follows the hue, so that those who don't see red from green see light from dark.
    static func condition(_ index: Int, of count: Int) -> String {
        let angle = 2 * Double.pi * (Double(index) / Double(max(count, 1)) + 0.07)
        return color(lightness: 0.62 - 0.13 * cos(angle - 1.9 + .pi), chroma: 0.135, hue: angle)
    }

    static func translucent(_ hexadecimal: String, _ opacity: Double) -> String {
        let value = Int(hexadecimal.dropFirst(), radix: 16) ?? 0
        return "rgba(\(value >> 16),\(value >> 8 & 255),\(value & 255),\(opacity))"
    }

    /// OKLCH (Ottosson 2020), in which equal steps look equal.
    private static func color(lightness: Double, chroma: Double, hue: Double) -> String {
        let (a, b) = (chroma * cos(hue), chroma * sin(hue))
        let l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3)
        let m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3)
        let s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3)
        let linear = [
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
        ]
        return "#"
            + linear.map { value in
                let clipped = min(max(value, 0), 1)
                let shown = clipped <= 0.0031308 ? 12.92 * clipped : 1.055 * pow(clipped, 1 / 2.4) - 0.055
                return String(format: "%02x", Int((shown * 255).rounded()))
            }.joined()
    }
}

/// Colours for numbers.
enum ColorScale: Encodable {
    case viridis, spikes

    /// Shows where an image has no value: no colour of the scales.
    static let gaps = "#fbe3c4"

    private var stops: [(place: Double, color: String)] {
        switch self {
        case .viridis:
            [
                (0, "#440154"), (0.25, "#3b528b"), (0.5, "#21918c"), (0.75, "#5ec962"), (1, "#d9c51c"),
            ]
        case .spikes: [(0, "#ffffff"), (0.5, "#8a97a5"), (1, "#111820")]
        }
    }

    func color(at place: Double) -> String {
        let upper = stops.firstIndex { $0.place >= place } ?? stops.count - 1
        guard upper > 0 else { return stops[0].color }
        let (low, high) = (stops[upper - 1], stops[upper])
        let share = (place - low.place) / (high.place - low.place)
        func channels(_ color: String) -> [Double] {
            let value = Int(color.dropFirst(), radix: 16) ?? 0
            return [value >> 16, value >> 8 & 255, value & 255].map(Double.init)
        }
        return "#"
            + zip(channels(low.color), channels(high.color)).map {
                String(format: "%02x", Int(($0 + share * ($1 - $0)).rounded()))
            }.joined()
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        for stop in stops {
            var pair = container.nestedUnkeyedContainer()
            try pair.encode(stop.place)
            try pair.encode(stop.color)
        }
    }
}
