import Foundation
import Testing

@testable import Report

/// What holds of every page, without a browser.
@Suite("The page of a run", .timeLimit(.minutes(5))) struct PageTests {
    private static let lab = Result { () throws -> ReportLab in
        let lab = try ReportLab()
        try lab.register(ReportLab.unruly)
        try lab.train(model: ", ci_enc_dim: 4, con_dim: 4, co_dim: 2", singles: true)
        return lab
    }
    private static let html = Result { try lab.get().page(units: [3, 5]).html() }

    /// The page without plotly.js, of which nothing is ours.
    private func own() throws -> String {
        let html = try Self.html.get()
        return html.replacingOccurrences(of: try ReportLab.plotly().inlined, with: "")
    }

    @Test("nothing is loaded from anywhere, and a browser is told to refuse it")
    func selfContained() throws {
        let page = try own()
        #expect(page.count < 1_000_000)
        for reference in ["http://", "https://", "<link", "<iframe", "<img", "src=", "@import", "url("] {
            #expect(!page.contains(reference), "\(reference)")
        }
        #expect(page.contains("<meta charset=\"utf-8\">"))
        #expect(page.contains("default-src 'none'"))
        #expect(try Self.html.get().contains("plotly.js v"))
        #expect(try Self.html.get().utf8.count < 15_000_000)
    }

    @Test("names from outside are text wherever they stand")
    func escaping() throws {
        let page = try own()
        #expect(!page.contains("alert(1)</script>") && !page.contains("<script>alert"))
        #expect(!page.contains("<b>left") && !page.contains("<u1>"))
        // In a chart: plotly reads tags, and JSON in a page must not end its script.
        #expect(page.contains(#""&lt;b&gt;left&lt;\/b&gt;""#))
        // In a menu, which the page's script fills with text.
        #expect(page.contains(#"unit \u003cu0>& (never seen)"#))
        // In a table.
        #expect(page.contains("Decoded: &lt;x&gt;, y &amp; z, z, reaction"))
        // As many scripts as we wrote: plotly's, the page's and one a panel.
        let panels = page.components(separatedBy: "<div class=\"panel\"").count - 1
        #expect(page.components(separatedBy: "<script").count - 1 == panels + 2)
        #expect(page.components(separatedBy: "</script>").count - 1 == panels + 2)
    }

    @Test("charts are JSON that reads back, and every one has a place")
    func json() throws {
        let page = try own()
        let blocks = page.matches(of: /<script type="application\/json" id="([a-z0-9-]+)">([^<]*)</)
        #expect(blocks.count >= 8)
        for block in blocks {
            let content = try #require(
                try JSONSerialization.jsonObject(with: Data(block.2.utf8)) as? [String: Any])
            let charts = try #require(content["charts"] as? [[String: Any]])
            for (index, chart) in charts.enumerated() {
                #expect(page.contains("id=\"\(block.1)-\(index)\""))
                #expect(!(try #require(chart["data"] as? [Any])).isEmpty, "\(block.1)-\(index)")
            }
        }
    }

    @Test("every part is there for a run with controller, behaviour, single days and fewer units")
    func sections() throws {
        let page = try own()
        for part in [
            "summary", "training", "alignment", "trajectories", "rates", "decoding", "figures",
            "rotations", "inputs", "settings",
        ] {
            #expect(page.contains("<section id=\"\(part)\">"), "\(part)")
            #expect(page.contains("href=\"#\(part)\""), "\(part)")
        }
        #expect(page.contains("Stitched against one model per day"))
        #expect(page.contains("Size of the population"))
        let hash = try Self.lab.get().registry.sessions(ofRun: "small")[0].contentHash
        #expect(page.contains(hash))
        #expect(page.contains("<dt>co_dim</dt><dd>2</dd>"))
        #expect(page.contains("plotly.js \(try ReportLab.plotly().version)"))
    }

    @Test("a run of one day without labels, behaviour or controller has the parts that it can have")
    func bare() throws {
        let lab = try ReportLab()
        try lab.register(sessions: 1, units: [7]) { recording in
            for index in recording.trials.indices { recording.trials[index].condition = nil }
            recording.behavior = []
            recording.behaviorNames = []
            recording.trueRates = nil
        }
        try lab.train(epochs: 1)
        let page = try lab.page().html()
        for part in ["alignment", "decoding", "rotations", "inputs"] {
            #expect(!page.contains("<section id=\"\(part)\">"), "\(part)")
        }
        for part in ["summary", "trajectories", "rates", "figures", "settings"] {
            #expect(page.contains("<section id=\"\(part)\">"), "\(part)")
        }
        #expect(page.contains("Less than two epochs are recorded"))
    }
}
