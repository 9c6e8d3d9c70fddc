import Foundation
import Testing

@testable import Report

@Suite("The page of a workspace", .timeLimit(.minutes(5))) struct WorkspaceTests {
    private func page(_ lab: ReportLab, in folder: String? = nil) throws -> String {
        let material = try WorkspaceMaterial(
            lab.registry, page: folder ?? lab.registry.workspace.path)
        let html = try WorkspaceReport.page(material, ReportLab.plotly()).html()
        return html.replacingOccurrences(of: try ReportLab.plotly().inlined, with: "")
    }

    @Test("without a session and without a run")
    func empty() throws {
        let page = try page(ReportLab())
        #expect(page.contains("No session is registered.") && page.contains("No run has been started."))
        #expect(page.contains("0 sessions · 0 subjects · 0 runs"))
    }

    @Test("sessions without runs")
    func sessionsOnly() throws {
        let lab = try ReportLab()
        try lab.register()
        let page = try page(lab)
        #expect(page.contains("<td>lorenz-2024-01-15</td>"))
        #expect(page.contains("2 sessions · 1 subject · 0 runs"))
    }

    @Test("runs lead to their reports where these exist, from wherever the page lies")
    func links() throws {
        let lab = try ReportLab()
        try lab.register()
        try lab.train("first", epochs: 2)
        try lab.train("second", epochs: 1)
        #expect(try page(lab).contains("2 of 2 runs were never evaluated"))
        let file = lab.registry.workspace.runFolder("first") + "/report.html"
        try ReportFile.write(try lab.page("first"), to: file)
        let own = try page(lab)
        #expect(own.contains("<a href=\"runs/first/report.html\">first</a>"))
        #expect(own.contains("<td>second</td>") && !own.contains("runs/second/report.html"))
        #expect(try page(lab, in: lab.folder).contains("<a href=\"\(file)\">first</a>"))
    }

    @Test("a page goes only where a folder is")
    func noFolder() throws {
        let lab = try ReportLab()
        let material = try WorkspaceMaterial(lab.registry, page: lab.folder)
        let page = WorkspaceReport.page(material, try ReportLab.plotly())
        let path = lab.location("none/report.html")
        #expect(throws: ReportError.noOutputFolder(path: path, folder: lab.location("none"))) {
            try ReportFile.write(page, to: path)
        }
    }
}
