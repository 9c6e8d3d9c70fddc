/// Charts that belong together, with what the reader can choose for all of them.
struct Panel {
    enum Arrangement: String { case one, two, many }

    var choices: [Choice] = []
    var charts: [Chart]
    var arrangement = Arrangement.one
}

/// One question to the reader: which session, which unit, which colours.
struct Choice: Encodable {
    enum Kind: String, Encodable { case menu, buttons }

    var label: String
    var options: [String]
    var kind: Kind
    /// Options are sessions, or begin with a session's name and a comma: whoever points at a session anywhere on the page
    /// chooses it here.
    var isOfSessions: Bool?

    /// Few short options are buttons, others a menu.
    init(_ label: String, _ options: [String]) {
        self.label = label
        self.options = options
        let length = options.reduce(0) { $0 + $1.count + 3 }
        kind = options.count <= 5 && length <= 64 ? .buttons : .menu
    }

    /// Which session is looked at.
    static func session(_ options: [String], label: String = "Session") -> Choice {
        var choice = Choice(label, options)
        choice.isOfSessions = true
        return choice
    }
}

/// One drawing.
struct Chart: Encodable {
    /// Above the drawing; text, not HTML.
    var title: String
    var data: [Trace]
    var layout: Layout
    /// Pixels.
    var height = 320
    /// File name of the static figure; `nil` for what is no figure of a paper.
    var figure: String?
    /// What every option of one choice changes about the layout.
    var optionLayouts: [Layout]?
    var optionChoice: Int?
    /// Texts of points are sessions: a click on one leads to its pictures.
    var leadsToSessions: Bool?

    enum CodingKeys: String, CodingKey { case data, layout, optionLayouts, optionChoice, leadsToSessions }

    init(
        _ title: String, _ data: [Trace], _ layout: Layout, height: Int = 320, figure: String? = nil,
        optionLayouts: [Layout]? = nil, optionChoice: Int? = nil
    ) {
        self.title = title
        self.data = data
        self.layout = layout
        self.height = height
        self.figure = figure
        self.optionLayouts = optionLayouts
        self.optionChoice = optionChoice
    }
}
