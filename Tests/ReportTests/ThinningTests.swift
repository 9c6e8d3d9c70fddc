import Foundation
import Testing

@testable import Report

/// Many days, conditions and bins still make a page that opens.
@Suite("A page of much", .timeLimit(.minutes(5))) struct ThinningTests {
    @Test("is bounded, and says what it leaves out")
    func large() throws {
        let lab = try ReportLab()
        try lab.register(
            sessions: 15, conditions: 40, trials: 5, bins: 250, units: Array(repeating: 12, count: 15))
        try lab.train(epochs: 2)
        let html = try lab.page().html()
        #expect(html.utf8.count < 15_000_000)
        let own = html.utf8.count - (try ReportLab.plotly().inlined.utf8.count)
        #expect(own < 6_000_000)
        for note in [
            "12 of 15 sessions are drawn, evenly spread over the run.",
            "16 of 40 conditions are drawn, evenly spread.",
            "8 of 40 conditions are drawn, evenly spread.",
            "8 of 15 sessions have a column; medians and quartiles are of all.",
        ] { #expect(html.contains(note), "\(note)") }
    }

    @Test("choices are even, and fair to every condition")
    func choices() {
        #expect(Thinning.evenly(65, most: 10) == [0, 6, 13, 19, 26, 32, 39, 45, 52, 58])
        #expect(Thinning.evenly(3, most: 10) == [0, 1, 2])
        #expect(Thinning.balanced(["a", "a", "a", "b", "c", "a"], most: 4) == [0, 2, 3, 4])
        #expect(Thinning.balanced([String](), most: 4) == [])
    }

    @Test("bins are joined into windows of one size, whose middles are their times")
    func windows() {
        let windows = TimeWindows(bins: 7, binMilliseconds: 10, most: 3)
        #expect(windows.windows == [0..<3, 3..<6, 6..<7])
        #expect(windows.milliseconds == [15, 45, 65])
        #expect(windows.means((0..<7).map(Double.init)) == [1, 4, 6])
        #expect(windows.sums { Double($0) } == [3, 12, 6])
        #expect(TimeWindows(bins: 3, binMilliseconds: 20).milliseconds == [10, 30, 50])
    }

    @Test("numbers keep four digits, gaps stay gaps")
    func numbers() throws {
        #expect(PlotValues.rounded(0.123456) == 0.1235)
        #expect(PlotValues.rounded(-98765.4) == -98770)
        #expect(PlotValues.rounded(1e-9) == 1e-9)
        #expect(PlotValues.rounded(0) == 0)
        let json = try JSONEncoder().encode(PlotValues.numbers([1.00004, .nan, -2e-5, .infinity]))
        #expect(String(decoding: json, as: UTF8.self) == "[1,null,-2e-05,null]")
        let rows = try JSONEncoder().encode(PlotValues.rows([[1], [2.5]]))
        #expect(String(decoding: rows, as: UTF8.self) == "[[1],[2.5]]")
    }

    @Test("conditions come in the order in which people count")
    func order() {
        let order = ConditionOrder(["10", "9", "left", "1"])
        #expect(order.names == ["1", "9", "10", "left"])
        #expect(order.shown(most: 2) == ["1", "10"])
        #expect(Set(order.names.map(order.color)).count == 4)
        #expect(Palette.condition(0, of: 8).wholeMatch(of: /#[0-9a-f]{6}/) != nil)
    }
}
