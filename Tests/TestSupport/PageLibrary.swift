import Foundation
import Report

/// plotly.js for tests. Where none is installed, as `make test` tries to, a stand-in takes its place, with
/// which pages are made but not opened.
public enum PageLibrary {
    public static let isInstalled = (try? PlotlyLibrary()) != nil

    /// Path of a script that passes for the library.
    public static func standIn() throws -> String { try file.get() }

    private static let file = Result {
        try TemporaryFolder().write(
            "/* plotly.js v0 (a stand-in) */ var Plotly = {newPlot: function () {}};", to: "stand-in.js")
    }

    /// This process's variables, with the stand-in's if it is needed.
    public static let environment: [String: String] = {
        var environment = ProcessInfo.processInfo.environment
        if !isInstalled { environment[PlotlyLibrary.variable] = try? standIn() }
        return environment
    }()
}
