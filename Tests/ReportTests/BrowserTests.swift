import Foundation
import TestSupport
import Testing

@testable import Report

private enum InstalledBrowser {
    static let isThere = (try? HeadlessBrowser()) != nil
}

/// Real pages in a real browser. Nothing of what checks them is in the pages that users get.
@Suite(
    "Pages in Chromium",
    .enabled(if: InstalledBrowser.isThere, "Chromium is not installed: pages are not opened"),
    .enabled(if: PageLibrary.isInstalled, "plotly.js is not installed: pages draw nothing"),
    .serialized, .timeLimit(.minutes(10)))
struct BrowserTests {
    private static let lab = Result { () throws -> ReportLab in
        let lab = try ReportLab()
        try lab.register(ReportLab.unruly)
        try lab.train("driven", model: ", ci_enc_dim: 4, con_dim: 4, co_dim: 2", singles: true)
        try lab.train("plain", epochs: 2)
        return lab
    }

    /// What the check script found, as it was written into the document.
    private struct Findings: Decodable {
        struct Plot: Decodable {
            let id: String
            let traces: Int
            let drawings: Int
        }
        struct Control: Decodable {
            let label: String
            let before: Int
            let after: Int
        }
        let errors: [String]
        let plots: [Plot]
        let controls: [Control]
        let turned: [[Double]]
        let width: Double
        let contentWidth: Double
        let overflowing: [String]
        /// The session that was pointed at, and what panels of one session show then.
        let led: [String]
    }

    /// - Parameter width: of a frame in the window: no window of Chromium's is narrower than 500.
    private func open(_ page: ReportPage, width: Int, _ lab: ReportLab) throws -> Findings {
        let file = lab.location("check-\(UUID().uuidString).html")
        let checked = StaticFigures.adding(Self.check, to: try page.html())
            .replacingOccurrences(of: "<head>", with: "<head><script>\(Self.listen)</script>")
        try Data(checked.utf8).write(to: URL(fileURLWithPath: file))
        let frame = lab.location("frame-\(UUID().uuidString).html")
        let name = (file as NSString).lastPathComponent
        try Data(
            """
            <!DOCTYPE html><meta charset="utf-8"><body style="margin:0">
            <iframe src="\(name)" style="width:\(width)px;height:900px;border:0"></iframe>
            <pre id="findings"></pre><script>
            addEventListener('message', e => {
              document.getElementById('findings').textContent = btoa(unescape(encodeURIComponent(e.data)));
            });
            </script>
            """.utf8
        ).write(to: URL(fileURLWithPath: frame))
        let outcome = try HeadlessBrowser().open(frame, width: max(width, 500), height: 900)
        let found = try #require(
            outcome.document.firstMatch(of: /<pre id="findings">([A-Za-z0-9+\/=]+)</),
            "the check never ended:\n\(outcome.messages.suffix(2000))")
        // What the page's console says reaches the log; "Canvas2D" is advice about speed.
        let console = outcome.messages.split(separator: "\n").filter {
            $0.contains("CONSOLE") && !$0.contains("Canvas2D")
        }
        #expect(console == [])
        let json = try #require(Data(base64Encoded: String(found.1)))
        return try JSONDecoder().decode(Findings.self, from: json)
    }

    private func expectSound(_ findings: Findings, width: Double) {
        #expect(findings.errors == [])
        for plot in findings.plots {
            #expect(plot.traces > 0, "\(plot.id)")
            #expect(plot.drawings > 0, "\(plot.id)")
        }
        for control in findings.controls { #expect(control.after > 0, "\(control.label)") }
        #expect(findings.width == width)
        #expect(findings.contentWidth <= width)
        #expect(findings.overflowing == [])
    }

    @Test("a run with everything: all plots are drawn, all controls work, the space turns")
    func driven() throws {
        let lab = try Self.lab.get()
        let findings = try open(try lab.page("driven", units: [3, 5]), width: 1280, lab)
        expectSound(findings, width: 1280)
        #expect(findings.plots.count >= 20)
        #expect(Set(findings.plots.map { $0.id.prefix { $0 != "-" } }).count == 10)
        #expect(findings.controls.count >= 12)
        #expect(findings.led.count >= 4)
        let name = findings.led.first ?? ""
        for chosen in findings.led.dropFirst() { #expect(chosen.contains(": \(name)"), "\(chosen)") }
        // A drag from left to right turns around the vertical axis: its height stays.
        #expect(findings.turned.count == 2)
        guard let before = findings.turned.first, let after = findings.turned.last else { return }
        let moved = zip(before, after).map { abs($0 - $1) }
        #expect(moved[0] + moved[1] > 0.1)
    }

    @Test("a run without controller and single days")
    func plain() throws {
        let lab = try Self.lab.get()
        let findings = try open(try lab.page("plain"), width: 1280, lab)
        expectSound(findings, width: 1280)
        #expect(!findings.plots.contains { $0.id.hasPrefix("inputs") })
    }

    @Test("nothing is wider than a telephone", arguments: ["driven", "plain"])
    func narrow(run: String) throws {
        let lab = try Self.lab.get()
        expectSound(try open(try lab.page(run), width: 400, lab), width: 400)
    }

    @Test("the page of a workspace", arguments: [1280, 400])
    func workspace(width: Int) throws {
        let lab = try Self.lab.get()
        let material = try WorkspaceMaterial(lab.registry, page: lab.registry.workspace.path)
        let page = WorkspaceReport.page(material, try ReportLab.plotly())
        let findings = try open(page, width: width, lab)
        expectSound(findings, width: Double(width))
        #expect(findings.plots.count >= 6)
    }

    @Test("the main figures are drawn as SVG and PNG")
    func figures() throws {
        let lab = try Self.lab.get()
        let files = try StaticFigures.write(lab.page("driven"), to: lab.location("figures"))
        let names = Set(files.map { ($0 as NSString).lastPathComponent })
        for name in ["trajectories", "alignment", "stitched-and-single", "rates", "decoded", "rotation"] {
            #expect(names.contains("\(name).svg") && names.contains("\(name).png"), "\(name)")
        }
        for file in files {
            let data = try Data(contentsOf: URL(fileURLWithPath: file))
            #expect(data.count > 1000, "\(file)")
            if file.hasSuffix(".png") {
                #expect(data.starts(with: [0x89, 0x50, 0x4E, 0x47]), "\(file)")
            } else {
                let text = String(decoding: data, as: UTF8.self)
                #expect(text.hasPrefix("<svg") && text.hasSuffix("</svg>"), "\(file)")
                #expect(!text.contains("<script"), "\(file)")
            }
        }
    }
}

/// Without a browser, the report says what is missing.
@Suite struct NoBrowserTests {
    @Test func isSaid() {
        #expect(
            throws: ReportError.noBrowser(looked: [HeadlessBrowser.variable] + HeadlessBrowser.names)
        ) { try HeadlessBrowser(environment: ["PATH": "/nowhere"]) }
        #expect(
            "\(ReportError.noBrowser(looked: ["chromium"]))".hasPrefix(
                "static figures are drawn by Chromium, which is not on this machine; looked for chromium"))
    }
}
