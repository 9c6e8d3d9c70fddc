import Foundation

/// Coordinates of a trace. Numbers are rounded to a ten-thousandth of what they span, which no eye can tell from all of
/// their digits; what isn't finite becomes a gap.
enum PlotValues: Encodable {
    case numbers([Double])
    case rows([[Double]])
    case texts([String])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.unkeyedContainer()
        switch self {
        case .numbers(let values): try Self.encode(values, Self.decimals(values), &container)
        case .rows(let rows):
            let decimals = Self.decimals(rows.joined())
            for row in rows {
                var nested = container.nestedUnkeyedContainer()
                try Self.encode(row, decimals, &nested)
            }
        case .texts(let texts): for text in texts { try container.encode(PlotText(text)) }
        }
    }

    private static func encode(
        _ values: [Double], _ decimals: Int, _ container: inout any UnkeyedEncodingContainer
    ) throws {
        for value in values {
            if value.isFinite {
                // Small ones among large ones keep four digits: an axis may be logarithmic.
                let digits = value == 0 ? 4 : decimals + 1 + Int(log10(abs(value)).rounded(.down))
                try container.encode(rounded(value, digits: min(max(digits, 4), 15)))
            } else {
                try container.encodeNil()
            }
        }
    }

    /// Decimals at which a step is a ten-thousandth of what values span.
    private static func decimals(_ values: some Sequence<Double>) -> Int {
        var (least, most) = (Double.infinity, -Double.infinity)
        for value in values where value.isFinite { (least, most) = (min(least, value), max(most, value)) }
        guard most > least else { return 4 }
        return 4 - Int(log10(most - least).rounded(.down))
    }

    /// All numbers of a list that are some.
    var finiteNumbers: [Double] {
        guard case .numbers(let values) = self else { return [] }
        return values.filter(\.isFinite)
    }

    /// Whether there is anything to draw.
    var hasNumbers: Bool {
        switch self {
        case .numbers(let values): values.contains(where: \.isFinite)
        case .rows(let rows): rows.contains { $0.contains(where: \.isFinite) }
        case .texts(let texts): !texts.isEmpty
        }
    }

    static func rounded(_ value: Double, digits: Int = 4) -> Double {
        guard value != 0, value.isFinite else { return 0 }
        let places = digits - 1 - Int(log10(abs(value)).rounded(.down))
        // Powers of ten with a positive exponent are exact, so that the quotient is the nearest number.
        let scale = pow(10, Double(min(abs(places), 22)))
        return places >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale
    }
}

/// A name inside a chart. plotly reads a few HTML tags in texts; a name has none.
struct PlotText: Encodable, ExpressibleByStringInterpolation {
    let text: String

    init(_ text: some StringProtocol) { self.text = String(text) }
    init(stringLiteral text: String) { self.init(text) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(escaped)
    }

    /// Beside an axis or in a legend, where a long name would leave no room for the chart.
    var short: PlotText { text.count > 24 ? PlotText(text.prefix(23) + "…") : self }

    var escaped: String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;")
    }
}
