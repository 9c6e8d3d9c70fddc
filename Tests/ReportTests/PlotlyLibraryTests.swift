import Foundation
import TestSupport
import Testing

@testable import Report

/// Where plotly.js is looked for, and what is said where it isn't.
@Suite("plotly.js") struct PlotlyLibraryTests {
    private let folder: String

    init() throws {
        folder = try TemporaryFolder().path
    }

    private func write(_ text: String, to name: String) throws -> String {
        let path = "\(folder)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private let source = "/**\n* plotly.js v2.35.1\n*/ var newPlot = '</script><!-- \u{3c0}';"

    @Test("the variable goes first, then newer Pythons, then Debian's")
    func places() throws {
        func found(_ environment: [String: String]) throws -> String {
            try PlotlyLibrary(environment: environment, root: folder).path
        }
        let debian = try write(source, to: "share/python3-plotly/plotly.js")
        #expect(try found([:]) == debian)
        let tail = "packages/plotly/package_data/plotly.min.js"
        let system = try write(source, to: "lib/python3/dist-\(tail)")
        #expect(try found([:]) == system)
        let newer = try write(source, to: "lib/python3.13/dist-\(tail)")
        #expect(try found([:]) == newer)
        let home = try write(source, to: "home/.local/lib/python3.11/site-\(tail)")
        #expect(try found(["HOME": "\(folder)/home"]) == home)
        let virtual = try write(source, to: "venv/lib/python3.12/site-\(tail)")
        #expect(try found(["HOME": "\(folder)/home", "VIRTUAL_ENV": "\(folder)/venv"]) == virtual)
        let named = try write(source, to: "mine.js")
        #expect(try found([PlotlyLibrary.variable: named, "HOME": "\(folder)/home"]) == named)
    }

    @Test("its version is read, and it can't end its script")
    func inlining() throws {
        let library = try PlotlyLibrary(path: try write(source, to: "p.js"))
        #expect(library.version == "2.35.1")
        #expect(library.inlined.hasSuffix("var newPlot = '<\\/script><\\!-- \u{3c0}';"))
    }

    @Test("what is missing, and what to do")
    func missing() throws {
        #expect {
            try PlotlyLibrary(environment: [:], root: folder)
        } throws: { error in
            let text = "\(error)"
            return text.hasPrefix("a report draws with plotly.js, which is not on this machine; looked for ")
                && text.contains("\(folder)/share/python3-plotly/plotly.js")
                && text.contains("\(folder)/lib/python3*/dist-packages/plotly/package_data/plotly.min.js")
                && text.hasSuffix(
                    "Install Debian's package python3-plotly (make install-dependencies), or `pip install "
                        + "plotly`, or name a plotly.min.js in NEUROSTITCH_PLOTLY_JS")
        }
        #expect {
            try PlotlyLibrary(environment: [PlotlyLibrary.variable: "\(folder)/no.js"], root: folder)
        } throws: { "\($0)".hasPrefix("plotly.js can't be read from \(folder)/no.js: ") }
        let other = try write("var x = 1;", to: "other.js")
        #expect(throws: ReportError.unreadablePlotly(path: other, reason: "it is no plotly.js")) {
            try PlotlyLibrary(path: other)
        }
    }
}
