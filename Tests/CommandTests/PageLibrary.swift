import Foundation
import Report

/// plotly.js for the commands under test. Where none is installed a stand-in takes its place: what pages
/// draw is looked at by the tests of the reports, and only with the real one.
enum PageLibrary {
    static let isInstalled = (try? PlotlyLibrary()) != nil

    /// This process's variables, with the stand-in's if it is needed.
    static let environment: [String: String] = {
        var environment = ProcessInfo.processInfo.environment
        guard !isInstalled else { return environment }
        let file = NSTemporaryDirectory() + "stand-in-\(UUID().uuidString).js"
        try? Data("/* plotly.js v0 (a stand-in) */ var Plotly = {newPlot: function () {}};".utf8)
            .write(to: URL(fileURLWithPath: file))
        environment[PlotlyLibrary.variable] = file
        return environment
    }()
}
