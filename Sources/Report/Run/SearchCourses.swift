import LinearAlgebra
import Registry

/// Members of a search as courses over its generations.
struct SearchCourses {
    private let search: SearchMaterial
    /// Places of the winner's members in `search.members`, the first generation first.
    private let winning: [Int]
    private let first: [Int]
    private let others: [[Int]]

    init(_ search: SearchMaterial, winner: Int) {
        self.search = search
        let members = search.members
        func place(_ member: Int, _ generation: Int) -> Int? {
            members.firstIndex { $0.member == member && $0.generation == generation }
        }
        var line: [Int] = []
        var next = members.last.flatMap { place(winner, $0.generation) }
        while let found = next {
            line.append(found)
            next = members[found].parent.flatMap { place($0, members[found].generation - 1) }
        }
        winning = line.reversed()
        first = members.indices.filter { members[$0].member == 1 }
        // A copy is another training: a new course begins.
        var courses: [Int: [[Int]]] = [:]
        for index in members.indices where members[index].member != 1 {
            let isNew = members[index].origin != "continued"
            if isNew || courses[members[index].member] == nil {
                courses[members[index].member, default: []].append([])
            }
            let last = (courses[members[index].member]?.count ?? 1) - 1
            courses[members[index].member]?[last].append(index)
        }
        others = courses.sorted { $0.key < $1.key }.flatMap(\.value)
    }

    private static let winnerColor = Palette.accent
    private static let manifestColor = "#d55e00"
    private static let otherColor = "#b8c0c8"

    /// Courses of one number of every member.
    private func traces(_ value: (Int) -> Double?) -> [Trace] {
        func trace(_ name: String, _ lines: [[Int]], _ color: String, _ width: Double) -> Trace {
            var (x, y): ([Double], [Double]) = ([], [])
            for line in lines {
                for index in line {
                    x.append(Double(search.members[index].epochs))
                    y.append(value(index) ?? .nan)
                }
                // A gap between two lines of one name.
                x.append(.nan)
                y.append(.nan)
            }
            var trace = Trace.line(name, x: x, y: y, color: color, width: width)
            // Generations of one point are to be seen, too.
            trace.mode = .linesAndMarkers
            trace.marker = Trace.Marker(color: .one(color), size: .one(width + 2))
            return trace
        }
        return [
            trace("others", others, Self.otherColor, 1),
            trace("the manifest's settings", [first], Self.manifestColor, 2),
            trace("the run", [winning], Self.winnerColor, 3),
        ]
    }

    /// What members are compared by.
    var objectives: Chart {
        Chart(
            "Objective of all members", traces { search.members[$0].objective },
            Layout(x: Axis("epochs"), y: Axis("held-out trials, higher is better")), height: 360,
            figure: "search-objective")
    }

    /// One chart for each setting.
    var settings: [Chart] {
        search.settings.map { setting in
            var charts = traces { place in
                let value = search.values[place][setting.name]
                // A setting of 0 has no place on an axis of logarithms.
                return setting.isLogarithmic ? value.flatMap { $0 > 0 ? $0 : nil } : value
            }
            for index in charts.indices { charts[index].showsLegend = false }
            return Chart(
                setting.name, charts,
                Layout(
                    x: Axis("epochs"), y: Axis(kind: setting.isLogarithmic ? .log : nil), showsLegend: false),
                height: 220)
        }
    }

    /// Which settings went with a better objective.
    var mattering: Chart? {
        let found = search.settings.compactMap { setting in
            correlation(setting.name).map { (setting.name, $0) }
        }.sorted { abs($0.1) < abs($1.1) }
        guard !found.isEmpty else { return nil }
        var bars = Trace(kind: .bar)
        bars.x = .numbers(found.map(\.1))
        bars.y = .numbers(found.indices.map(Double.init))
        bars.orientation = "h"
        bars.marker = Trace.Marker(color: .one(Palette.accent))
        return Chart(
            "Rank correlation of each setting with the objective, mean over generations", [bars],
            Layout(
                x: Axis("below 0: less is better", range: -1...1),
                y: Axis(ticks: found.enumerated().map { (Double($0), $1.0) }), showsLegend: false,
                barGap: 0.35),
            height: 90 + 26 * found.count)
    }

    /// Spearman's, within every generation of at least five members, so that what all learn with time plays no part. Copies
    /// resemble each other: this is a description and no test.
    func correlation(_ setting: String) -> Double? {
        var sum = 0.0
        var count = 0
        for generation in Set(search.members.map(\.generation)) {
            let pairs = search.members.indices.compactMap { index -> (Double, Double)? in
                guard search.members[index].generation == generation,
                    let value = search.values[index][setting],
                    let objective = search.members[index].objective
                else { return nil }
                return (value, objective)
            }
            guard pairs.count >= 5,
                let found = RankCorrelation.spearman(pairs.map(\.0), pairs.map(\.1))
            else { continue }
            sum += found
            count += 1
        }
        return count > 0 ? sum / Double(count) : nil
    }
}
