import Foundation
import Recordings
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
        let material = try lab.material()
        let html = try RunReport.page(material, ReportLab.plotly()).html()
        #expect(html.utf8.count < 15_000_000)
        let own = html.utf8.count - (try ReportLab.plotly().inlined.utf8.count)
        #expect(own < 6_000_000)
        for note in [
            "12 of 15 sessions are drawn, evenly spread over the run.",
            "16 of 40 conditions are drawn, evenly spread.",
            "8 of 40 conditions are drawn, evenly spread.",
            "All 15 sessions in numbers", "the sessions with the lowest and the highest number",
        ] { #expect(html.contains(note), "\(note)") }
        // Where one day is looked at, every one can be chosen.
        #expect(material.days.count == 15 && material.daysTogether.count == 12)
        let names = material.sessions.map(\.name)
        for section in [DecodingSection.section(material), InputSection.section(material)] {
            for block in section?.blocks ?? [] {
                guard case .panel(let panel) = block else { continue }
                #expect(panel.choices[0].options == names && panel.choices[0].isOfSessions == true)
            }
        }
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

    @Test("curves that differ in their last digits have no steps")
    func steps() throws {
        // Some 1.65 with a span of 0.001: a ten-thousandth of that is 1e-7.
        let values = (0..<100).map { 1.65 + 1e-5 * Double($0) }
        let json = try JSONEncoder().encode(PlotValues.numbers(values))
        let drawn = try JSONDecoder().decode([Double].self, from: json)
        #expect(Set(drawn).count == 100)
        #expect(zip(drawn, values).allSatisfy { abs($0 - $1) <= 5.001e-8 })
        // Of numbers of every size the small ones keep four digits, for an axis that is logarithmic.
        let wide = try JSONEncoder().encode(PlotValues.numbers([123456, 0.123456]))
        #expect(String(decoding: wide, as: UTF8.self) == "[123460,0.1235]")
    }

    @Test("a few values far above the others don't set the axis")
    func usualRange() {
        func range(_ values: [Double]) -> ClosedRange<Double>? {
            UsualRange.of([Trace.line("loss", x: values, y: values, color: "#000000")])
        }
        let usual = (0..<50).map { 1 + 0.01 * Double($0) }
        #expect(range(usual) == nil)
        #expect(range(usual + [1.9]) == nil)
        let cut = range(usual + [8e26, .nan])
        #expect(cut.map { $0.lowerBound < 1 && $0.upperBound > 1.5 && $0.upperBound < 2 } == true)
        #expect(range([1, 2, 8e26]) == nil)
        #expect(range([Double](repeating: 1, count: 20) + [5]) == nil)
    }

    @Test("the event that trials are cut around is marked, where it is known")
    func event() throws {
        let lab = try ReportLab()
        try lab.register { recording in
            guard recording.session.hasSuffix("01-15") else { return }
            recording.provenance[.alignedTo] = "go"
            recording.provenance[.eventMilliseconds] = "80"
        }
        try lab.train()
        let material = try lab.material()
        #expect(material.days.map { $0.event?.milliseconds } == [80, nil])
        let section = try #require(RateSection.section(material))
        #expect(section.notes.contains("Dotted: go, the event that trials are cut around."))
        guard case .panel(let panel) = section.blocks[0] else {
            Issue.record("rates are no panel")
            return
        }
        let marked = material.days[0].units.count
        for chart in panel.charts {
            let marks = (chart.optionLayouts ?? []).map { $0.shapes?.map(\.x0) ?? [] }
            #expect(
                (chart.optionLayouts ?? []).flatMap { $0.shapes ?? [] }.allSatisfy { $0.layer == "above" })
            #expect(marks == (0..<marks.count).map { $0 < marked ? [80] : [] })
        }
    }

    @Test("less is drawn of each of many days")
    func detail() {
        for days in [1, 12, 60] {
            let detail = DayDetail(days: days)
            #expect(detail.units == Thinning.units && detail.scatteredPoints == Thinning.scatteredPoints)
        }
        let many = DayDetail(days: 200)
        #expect(many.units == 1 && many.rasterTrials == 14 && many.decodedTrials == 3)
        #expect(many.scatteredPoints == 120)
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
