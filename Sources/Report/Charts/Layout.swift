/// Axes and decoration of a chart, under plotly's keys. What all charts have in common (fonts,
/// margins, the legend's place) is the page's script's.
struct Layout: Encodable {
    var xaxis: Axis?
    var yaxis: Axis?
    var yaxis2: Axis?
    var scene: Scene?
    var shapes: [Shape]?
    var showsLegend: Bool?
    var legend: Legend?
    /// Share of a category that its bar leaves free.
    var barGap: Double?
    /// Behind the data; white where nothing is said.
    var background: String?

    enum CodingKeys: String, CodingKey {
        case xaxis, yaxis, yaxis2, scene, shapes, legend
        case showsLegend = "showlegend"
        case barGap = "bargap"
        case background = "plot_bgcolor"
    }

    init(
        x: Axis? = nil, y: Axis? = nil, secondY: Axis? = nil, scene: Scene? = nil,
        shapes: [Shape]? = nil, showsLegend: Bool? = nil, legend: String? = nil,
        barGap: Double? = nil, background: String? = nil
    ) {
        xaxis = x
        yaxis = y
        yaxis2 = secondY
        self.scene = scene
        self.shapes = shapes
        self.showsLegend = showsLegend
        self.barGap = barGap
        self.background = background
        self.legend = legend.map { Legend(title: AxisTitle($0)) }
    }
}

/// What the names in a legend are names of.
struct Legend: Encodable {
    var title: AxisTitle
}

struct AxisTitle: Encodable {
    var text: PlotText
    init(_ text: String) { self.text = PlotText(text) }
}

struct Axis: Encodable {
    enum Kind: String, Encodable { case linear, log, date, category }

    var title: AxisTitle?
    var kind: Kind?
    var range: [Double]?
    var tickValues: [Double]?
    var tickTexts: [PlotText]?
    var tickAngle: Double?
    var showsTicks: Bool?
    var showsGrid: Bool?
    var showsZero: Bool?
    var autoRange: String?
    var startsAtZero: String?
    var scaleAnchor: String?
    var overlaying: String?
    var side: String?

    enum CodingKeys: String, CodingKey {
        case title, range, overlaying, side
        case kind = "type"
        case tickValues = "tickvals"
        case tickTexts = "ticktext"
        case tickAngle = "tickangle"
        case showsTicks = "showticklabels"
        case showsGrid = "showgrid"
        case showsZero = "zeroline"
        case autoRange = "autorange"
        case startsAtZero = "rangemode"
        case scaleAnchor = "scaleanchor"
    }

    init(
        _ title: String? = nil, kind: Kind? = nil, range: ClosedRange<Double>? = nil,
        ticks: [(place: Double, text: String)]? = nil, showsTicks: Bool? = nil,
        showsGrid: Bool? = nil, showsZero: Bool? = false, isReversed: Bool = false,
        startsAtZero: Bool = false, scaleAnchor: String? = nil
    ) {
        self.title = title.map { AxisTitle($0) }
        self.kind = kind
        self.range = range.map {
            let edges = [PlotValues.rounded($0.lowerBound), PlotValues.rounded($0.upperBound)]
            return isReversed ? edges.reversed() : edges
        }
        tickValues = ticks?.map(\.place)
        tickTexts = ticks?.map { PlotText($0.text).short }
        self.showsTicks = showsTicks
        self.showsGrid = showsGrid
        self.showsZero = showsZero
        if isReversed, range == nil { autoRange = "reversed" }
        if startsAtZero { self.startsAtZero = "tozero" }
        self.scaleAnchor = scaleAnchor
    }

    /// Names side by side, each at its place; no names where they would crowd.
    static func names(_ names: [String], title: String? = nil) -> Axis {
        Axis(
            title, range: -0.6...(Double(names.count) - 0.4),
            ticks: names.count <= 40 ? names.enumerated().map { (Double($0), $1) } : [],
            showsGrid: false
        ).slanted()
    }

    /// Texts below a chart slant where they would crowd. plotly would find out by trying, and at some
    /// widths never makes up its mind.
    func slanted() -> Axis {
        var axis = self
        let texts = tickTexts ?? []
        let longest = texts.map(\.text.count).max() ?? 0
        axis.tickAngle = longest * texts.count > 50 ? -35 : 0
        return axis
    }

    /// A second vertical axis, on the right.
    func onTheRight() -> Axis {
        var axis = self
        axis.overlaying = "y"
        axis.side = "right"
        axis.showsGrid = false
        return axis
    }
}

/// Three axes of one scale, so that distances compare in all directions.
struct Scene: Encodable {
    var xaxis: Axis
    var yaxis: Axis
    var zaxis: Axis
    var aspectmode = "data"
    var dragmode = "turntable"
}

struct Shape: Encodable {
    struct Line: Encodable {
        var color: String
        var width: Double
        var dash: String?
    }

    var type = "line"
    var xref = "x"
    var yref = "paper"
    var x0: Double
    var x1: Double
    var y0 = 0.0
    var y1 = 1.0
    var line: Line
    var layer = "below"

    static func vertical(_ x: Double, color: String, dash: String? = nil) -> Shape {
        Shape(x0: x, x1: x, line: Line(color: color, width: 1, dash: dash))
    }

    /// Across the whole chart.
    static func horizontal(_ y: Double, color: String, dash: String? = nil) -> Shape {
        Shape(
            xref: "paper", yref: "y", x0: 0, x1: 1, y0: y, y1: y,
            line: Line(color: color, width: 1, dash: dash))
    }
}
