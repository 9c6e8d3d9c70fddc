/// A curve, a cloud of points or an image of a chart, under plotly's keys.
struct Trace: Encodable {
    enum Kind: String, Encodable { case scatter, scatter3d, heatmap, bar, box }
    enum Mode: String, Encodable {
        case lines, markers
        case linesAndMarkers = "lines+markers"
    }

    var kind: Kind
    var mode: Mode?
    var name: PlotText?
    var x: PlotValues?
    var y: PlotValues?
    var z: PlotValues?
    var line: Line?
    var marker: Marker?
    var text: PlotValues?
    var hover: String?
    var skipsHover = false
    var showsLegend: Bool?
    var legendGroup: String?
    var opacity: Double?
    var fill: String?
    var fillColor: String?
    var verticalAxis: String?
    var colorScale: ColorScale?
    var lowest: Double?
    var highest: Double?
    var colorBar: ColorBar?
    var showsScale: Bool?
    var orientation: String?
    /// Boxes that were computed elsewhere: one number each per box.
    var quartiles: Quartiles?

    /// By place among the panel's choices, the option with which the trace is shown; `nil` = with any.
    var choice: [Int?]?
    /// What another option of one choice changes about the look.
    var variants: [Variant]?
    var variantChoice: Int?

    struct Line: Encodable {
        var color: String?
        var width: Double?
        var dash: String?
        var shape: String?
    }

    struct Marker: Encodable {
        var color: PlotColors?
        var size: PlotSizes?
        var symbol: String?
        var opacity: Double?
        var line: Line?
        var colorScale: ColorScale?
        var showsScale: Bool?
        var colorBar: ColorBar?

        enum CodingKeys: String, CodingKey {
            case color, size, symbol, opacity, line
            case colorScale = "colorscale"
            case showsScale = "showscale"
            case colorBar = "colorbar"
        }
    }

    struct Variant: Encodable {
        var name: PlotText?
        var line: Line?
        var marker: Marker?
        var showsLegend: Bool?
        var legendGroup: String?

        enum CodingKeys: String, CodingKey {
            case name, line, marker
            case showsLegend = "showlegend"
            case legendGroup = "legendgroup"
        }
    }

    struct ColorBar: Encodable {
        var title: AxisTitle
        var thickness = 10
        var len = 0.85
        var outlinewidth = 0
    }

    struct Quartiles {
        var lower: [Double]
        var median: [Double]
        var upper: [Double]
        var lowest: [Double]
        var highest: [Double]
    }

    enum CodingKeys: String, CodingKey {
        case kind = "type"
        case mode, name, x, y, z, line, marker, text, opacity, fill, orientation, choice, variants
        case textPosition = "textposition"
        case hover = "hovertemplate"
        case skipsHover = "hoverinfo"
        case showsLegend = "showlegend"
        case legendGroup = "legendgroup"
        case fillColor = "fillcolor"
        case verticalAxis = "yaxis"
        case colorScale = "colorscale"
        case lowest = "zmin"
        case highest = "zmax"
        case colorBar = "colorbar"
        case showsScale = "showscale"
        case variantChoice
        case q1, q3, median
        case lowerFence = "lowerfence"
        case upperFence = "upperfence"
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encodeIfPresent(mode, forKey: .mode)
        try container.encodeIfPresent(name?.short, forKey: .name)
        try container.encodeIfPresent(x, forKey: .x)
        try container.encodeIfPresent(y, forKey: .y)
        try container.encodeIfPresent(z, forKey: .z)
        try container.encodeIfPresent(line, forKey: .line)
        try container.encodeIfPresent(marker, forKey: .marker)
        try container.encodeIfPresent(text, forKey: .text)
        // A bar would carry the text that is meant for who points at it.
        if kind == .bar { try container.encode("none", forKey: .textPosition) }
        try container.encodeIfPresent(hover, forKey: .hover)
        if skipsHover { try container.encode("skip", forKey: .skipsHover) }
        try container.encodeIfPresent(showsLegend, forKey: .showsLegend)
        try container.encodeIfPresent(legendGroup, forKey: .legendGroup)
        try container.encodeIfPresent(opacity, forKey: .opacity)
        try container.encodeIfPresent(fill, forKey: .fill)
        try container.encodeIfPresent(fillColor, forKey: .fillColor)
        try container.encodeIfPresent(verticalAxis, forKey: .verticalAxis)
        try container.encodeIfPresent(colorScale, forKey: .colorScale)
        try container.encodeIfPresent(lowest.map { PlotValues.rounded($0) }, forKey: .lowest)
        try container.encodeIfPresent(highest.map { PlotValues.rounded($0) }, forKey: .highest)
        try container.encodeIfPresent(colorBar, forKey: .colorBar)
        try container.encodeIfPresent(showsScale, forKey: .showsScale)
        try container.encodeIfPresent(orientation, forKey: .orientation)
        try container.encodeIfPresent(choice, forKey: .choice)
        try container.encodeIfPresent(variants, forKey: .variants)
        try container.encodeIfPresent(variantChoice, forKey: .variantChoice)
        if let quartiles {
            try container.encode(PlotValues.numbers(quartiles.lower), forKey: .q1)
            try container.encode(PlotValues.numbers(quartiles.median), forKey: .median)
            try container.encode(PlotValues.numbers(quartiles.upper), forKey: .q3)
            try container.encode(PlotValues.numbers(quartiles.lowest), forKey: .lowerFence)
            try container.encode(PlotValues.numbers(quartiles.highest), forKey: .upperFence)
        }
    }
}

/// One colour for all points, one a point, or a number a point that a scale colours.
enum PlotColors: Encodable {
    case one(String)
    case each([String])
    case scaled([Double])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .one(let color): try container.encode(color)
        case .each(let colors): try container.encode(colors)
        case .scaled(let values): try container.encode(PlotValues.numbers(values))
        }
    }
}

/// One size for all points, or one a point.
enum PlotSizes: Encodable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    case one(Double)
    case each([Double])

    init(floatLiteral value: Double) { self = .one(value) }
    init(integerLiteral value: Int) { self = .one(Double(value)) }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .one(let size): try container.encode(size)
        case .each(let sizes): try container.encode(PlotValues.numbers(sizes))
        }
    }
}

extension Trace {
    /// A line through points.
    static func line(
        _ name: String, x: [Double], y: [Double], color: String, width: Double = 2,
        dash: String? = nil, choice: [Int?]? = nil
    ) -> Trace {
        Trace(
            kind: .scatter, mode: .lines, name: PlotText(name), x: .numbers(x), y: .numbers(y),
            line: Line(color: color, width: width, dash: dash), choice: choice)
    }

    static func points(
        _ name: String, x: [Double], y: [Double], color: String, size: Double = 7,
        choice: [Int?]? = nil
    ) -> Trace {
        Trace(
            kind: .scatter, mode: .markers, name: PlotText(name), x: .numbers(x), y: .numbers(y),
            marker: Marker(color: .one(color), size: .one(size)), choice: choice)
    }

    static func image(
        _ rows: [[Double]], x: [Double], scale: ColorScale, lowest: Double, highest: Double,
        title: String, choice: [Int?]? = nil
    ) -> Trace {
        Trace(
            kind: .heatmap, x: .numbers(x), z: .rows(rows), colorScale: scale, lowest: lowest,
            highest: highest, colorBar: ColorBar(title: AxisTitle(title)), choice: choice)
    }
}
