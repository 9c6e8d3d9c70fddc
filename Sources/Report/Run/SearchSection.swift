import Foundation
import Registry
import Stitching

/// How a search came to the run: its population over time, what settings it had, and what that is worth.
enum SearchSection {
    /// `nil` for a run that no search found.
    static func section(_ material: RunMaterial) -> PageSection? {
        guard let search = material.search, let winner = search.winner else { return nil }
        let count = Set(search.members.map(\.member)).count
        var section = PageSection(
            id: "search", title: "Search",
            look:
                "The run is member \(winner) of a population of \(count). Bold: the course that led to it, through "
                + "the members that it is a copy of; orange: member 1, trained as the manifest says. Where courses of all "
                + "others go the same way as the bold one, a setting matters; where they spread, it does not."
        )
        let courses = SearchCourses(search, winner: winner)
        section.blocks = [.panel(Panel(charts: [courses.objectives]))]
        if let mattering = courses.mattering { section.blocks.append(.panel(Panel(charts: [mattering]))) }
        section.blocks.append(.panel(Panel(charts: courses.settings, arrangement: .many)))
        if let comparison = search.comparison { section.blocks.append(.html(table(comparison))) }
        section.notes = notes(search)
        return section
    }

    private static func notes(_ search: SearchMaterial) -> [String] {
        var notes: [String] = []
        let problems = search.members.filter { $0.problem != nil }
        if let first = problems.first, let problem = first.problem {
            notes.append(
                "Members that could not be chosen, counted in every generation: \(problems.count). The first was member "
                    + "\(first.member) in generation \(first.generation): \(problem).")
        }
        switch search.comparison?.part {
        case "test": notes.append("The table is of test trials, which no decision has seen.")
        case .some:
            notes.append(
                "The table is of the held-out trials that the search decided by, so that the winner looks better "
                    + "than it is.")
        case nil: break
        }
        return notes
    }

    private static func table(_ comparison: SearchMaterial.Comparison) -> String {
        let rows = zip(comparison.sessions, zip(comparison.winner, comparison.manifest)).map {
            session, bits -> [HTML.Cell] in
            [
                .text(session), .number(HTML.number(bits.0, 4)), .number(HTML.number(bits.1, 4)),
                .number(HTML.number(bits.0 - bits.1, 4)),
            ]
        }
        return HTML.table(["session", "bits/spike", "the manifest's own settings", "gain"], rows)
    }
}

/// What the registry knows of a search.
struct SearchMaterial {
    let winner: Int?
    /// By generation and number.
    let members: [SearchMemberRecord]
    /// By member and generation, in the order of `members`.
    let values: [[String: Double]]
    /// Names of settings that are numbers, and whether they are searched by their logarithm.
    let settings: [(name: String, isLogarithmic: Bool)]
    let comparison: Comparison?

    /// As the search left it.
    struct Comparison: Decodable {
        let part: String
        let sessions: [String]
        let winner: [Double]
        let manifest: [Double]
    }

    private struct Plan: Decodable {
        struct Setting: Decodable {
            let name: String
            let log: [Double]?
        }
        let space: [Setting]
    }

    /// `nil` for a run that no search looks for.
    init?(ofRun run: String, in registry: SessionRegistry) throws {
        guard let record = try registry.search(ofRun: run) else { return nil }
        winner = record.winner
        members = try registry.searchMembers(ofRun: run)
        let decoder = JSONDecoder.withNonFiniteNumbers
        let values = try members.map { member in
            try decoder.decode([String: SettingValue].self, from: Data(member.settingsJSON.utf8))
                .compactMapValues(\.number)
        }
        self.values = values
        let plan = try decoder.decode(Plan.self, from: Data(record.planJSON.utf8))
        settings = plan.space.filter { setting in values.contains { $0[setting.name] != nil } }
            .map { ($0.name, $0.log != nil) }
        comparison = try record.comparisonJSON.map {
            try decoder.decode(Comparison.self, from: Data($0.utf8))
        }
    }
}

extension SettingValue {
    /// Of a number.
    fileprivate var number: Double? {
        switch self {
        case .whole(let value): Double(value)
        case .single(let value): Double(value)
        case .double(let value): value
        default: nil
        }
    }
}
