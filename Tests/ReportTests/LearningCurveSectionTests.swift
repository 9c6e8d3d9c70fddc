import Foundation
import Registry
import Stitching
import Testing

@testable import Report

/// The curve of a new day's trials in the page of a run.
@Suite("Learning curve in the report", .timeLimit(.minutes(5))) struct LearningCurveSectionTests {
    @Test("no section where nothing was measured; one line a session and way of joining where it was")
    func section() throws {
        let lab = try ReportLab()
        try lab.register(sessions: 3, units: [7, 6, 8])
        let days = try lab.registry.sessions(matching: .all).map(\.name)
        try lab.train(sessions: "[\(days[0]), \(days[1])]")
        let before = try lab.page().html()
        #expect(!before.contains("id=\"learning-curve\""))

        var outcomes: [ExtendJourney.Outcome] = []
        for usesLabels in [true, false] {
            var options = ExtendJourney.Options(threads: 1)
            options.epochs = 2
            options.usesLabels = usesLabels
            outcomes += try ExtendJourney.measureLearningCurve(
                run: "small", by: days[2], trials: [8, 12, 20], in: lab.registry, options: options)
        }
        let page = try lab.page().html()
        #expect(page.contains("<section id=\"learning-curve\">"))
        #expect(page.contains("href=\"#learning-curve\""))
        #expect(page.contains("How many trials a new day needs"))
        let block = try #require(
            page.firstMatch(
                of: /<script type="application\/json" id="learning-curve[a-z0-9-]*">([^<]*)</))
        let content = try #require(
            try JSONSerialization.jsonObject(with: Data(block.1.utf8)) as? [String: Any])
        let chart = try #require((content["charts"] as? [[String: Any]])?.first)
        let traces = try #require(chart["data"] as? [[String: Any]])
        #expect(traces.count == 4)
        let aligned = outcomes.map { $0.alignedBitsPerSpike ?? .nan }
        let trained = outcomes.map { $0.bitsPerSpike ?? .nan }
        let drawn = [aligned.prefix(3), trained.prefix(3), aligned.suffix(3), trained.suffix(3)]
        for (trace, values) in zip(traces, drawn) {
            #expect(trace["x"] as? [Double] == [8, 12, 20])
            let y = try #require(trace["y"] as? [Double])
            // Four digits are drawn.
            for (a, b) in zip(y, values) { #expect(abs(a - b) <= 1e-3 * abs(b)) }
        }
        #expect(traces.compactMap { $0["showlegend"] as? Bool } == [false, true, false, true])
        let axis = ((chart["layout"] as? [String: Any])?["xaxis"] as? [String: Any])
        #expect(axis?["type"] as? String == "log")
        #expect(axis?["tickvals"] as? [Double] == [8, 12, 20])
        // In numbers too.
        #expect(page.contains(">\(days[2]), without labels</td>"))
        #expect(page.contains(">\(HTML.number(outcomes[1].bitsPerSpike, 4))</td>"))

        // What no longer holds is not drawn, and said.
        let file = "\(lab.registry.workspace.runFolder("small"))/learning-curves/\(days[2]).json"
        try Data("{}".utf8).write(to: URL(fileURLWithPath: file))
        let after = try lab.page().html()
        #expect(after.contains("learning-curves/\(days[2]).json can&#39;t be read and is left out."))
        #expect(!after.contains("id=\"learning-curve-0"))
    }
}
