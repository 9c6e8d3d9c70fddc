import Foundation

/// One HTML file that needs nothing but itself: plotly.js, charts, script and style are in it.
public struct ReportPage {
    let title: String
    /// Under the title; text, not HTML.
    let subtitle: String
    let sections: [PageSection]
    let plotly: PlotlyLibrary

    /// The page as one HTML document.
    ///
    /// - Throws: `EncodingError`, which no chart of ours causes.
    public func html() throws -> String {
        var scripts: [String] = []
        var body = ""
        for section in sections {
            body += try Self.html(of: section, &scripts)
        }
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="\(Self.policy)">
            <title>\(HTML.escaped(title))</title>
            <style>\(PageStyle.css)</style>
            </head>
            <body>
            <header><h1>\(HTML.escaped(title))</h1><p>\(HTML.escaped(subtitle))</p>
            <nav>\(navigation)</nav>
            <p class="hint">Drag in a chart to zoom, double-click to go back; click a name in a legend to \
            hide what it stands for.</p></header>
            <main>
            <noscript><p>The charts of this page are drawn by its own script, which is switched off.</p>\
            </noscript>
            \(body)</main>
            \(scripts.joined(separator: "\n"))
            <script>\(plotly.inlined)</script>
            <script>\(PageScript.source)</script>
            </body>
            </html>

            """
    }

    /// What a browser must refuse: everything that is not in the file. plotly makes functions from
    /// strings, and pictures from its own drawings.
    private static let policy =
        "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; "
        + "img-src data: blob:; font-src data:"

    private var navigation: String {
        sections.map { "<a href=\"#\($0.id)\">\(HTML.escaped($0.title))</a>" }.joined()
    }

    private static func html(of section: PageSection, _ scripts: inout [String]) throws -> String {
        var out = "<section id=\"\(section.id)\"><h2>\(HTML.escaped(section.title))</h2>\n"
        if !section.look.isEmpty { out += HTML.paragraph(section.look, "look") + "\n" }
        for block in section.blocks {
            switch block {
            case .html(let html): out += html + "\n"
            case .panel(let panel):
                let id = "\(section.id)-\(scripts.count)"
                out += Self.html(of: panel, id: id)
                scripts.append(try script(panel, id: id))
            }
        }
        for note in section.notes { out += HTML.paragraph(note, "note") + "\n" }
        return out + "</section>\n"
    }

    private static func html(of panel: Panel, id: String) -> String {
        let charts = panel.charts.enumerated().map { index, chart -> String in
            let figure = chart.figure.map { " data-figure=\"\(HTML.escaped($0))\"" } ?? ""
            let caption =
                chart.title.isEmpty ? "" : "<figcaption>\(HTML.escaped(chart.title))</figcaption>"
            return """
                <figure>\(caption)<div class="plot" id="\(id)-\(index)"\(figure) \
                style="height:\(chart.height)px"></div></figure>

                """
        }.joined()
        return """
            <div class="panel" data-charts="\(id)"><div class="controls"></div><p class="chosen"></p>
            <div class="charts \(panel.arrangement.rawValue)">\(charts)</div></div>

            """
    }

    private struct PanelJSON: Encodable {
        let choices: [Choice]
        let charts: [Chart]
    }

    private static func script(_ panel: Panel, id: String) throws -> String {
        let json = try JSONEncoder().encode(PanelJSON(choices: panel.choices, charts: panel.charts))
        if json.count >= PackedText.fewestBytes, let packed = PackedText.base64(json) {
            return "<script type=\"application/zlib\" id=\"\(id)\">\(packed)</script>"
        }
        let text = HTML.embedded(json: String(decoding: json, as: UTF8.self))
        return "<script type=\"application/json\" id=\"\(id)\">\(text)</script>"
    }
}
