import Foundation
import Registry
import Search
import Stitching
import TestSupport
import Testing

@testable import Report

/// A search in the page of the run that it found.
@Suite("Search in the report", .timeLimit(.minutes(5))) struct SearchSectionTests {
    private func lab() throws -> ReportLab {
        let lab = try ReportLab()
        try lab.register()
        return lab
    }

    private func search(_ lab: ReportLab) throws -> SearchJourney.Outcome {
        let manifest = try StitchManifest(
            text: """
                run: small
                sessions: all
                model: {ic_enc_dim: 6, ic_dim: 3, gen_dim: 6, fac_dim: 4, co_dim: 0}
                train: {epochs: 8, batch_size: 16}
                """)
        var plan = SearchPlan()
        plan.members = 7
        plan.generations = 4
        return try SearchJourney.search(SearchManifest(manifest, plan), in: lab.registry, threads: 2)
    }

    @Test(
        "no section for a run that was stitched; all members and the winner's course for one that was found")
    func section() throws {
        let lab = try lab()
        try lab.train("stitched")
        #expect(try !lab.page("stitched").html().contains("id=\"search\""))

        let outcome = try search(lab)
        let winner = try #require(outcome.winner)
        let page = try lab.page().html()
        #expect(page.contains("<section id=\"search\">"))
        #expect(page.contains("member \(winner.number) of a population of 7"))
        #expect(page.contains("the held-out trials that the search decided by"))
        let block = try #require(
            page.firstMatch(of: /<script type="application\/json" id="search[a-z0-9-]*">([^<]*)</))
        let content = try #require(
            try JSONSerialization.jsonObject(with: Data(block.1.utf8)) as? [String: Any])
        let chart = try #require((content["charts"] as? [[String: Any]])?.first)
        let traces = try #require(chart["data"] as? [[String: Any]])
        #expect(traces.map { $0["name"] as? String } == ["others", "the manifest's settings", "the run"])
        // Every member is drawn once in every generation, gaps apart, and the run ends where its member ended.
        let material = try #require(try SearchMaterial(ofRun: "small", in: lab.registry))
        let courses = SearchCourses(material, winner: winner.number)
        let drawn = courses.objectives.data.prefix(2).map { trace -> Int in
            guard case .numbers(let values) = trace.x else { return -1 }
            return values.count { $0.isFinite }
        }
        #expect(drawn.reduce(0, +) == material.members.count && material.members.count == 28)
        guard case .numbers(let values) = courses.objectives.data[2].y else {
            Issue.record("no course")
            return
        }
        #expect(values.filter(\.isFinite).count == 4)
        #expect(values.last { $0.isFinite } == winner.objective)
        #expect(courses.settings.map(\.title) == SearchPlan.defaultSpace.map(\.name))
        #expect(material.comparison?.winner == outcome.comparison?.winner)
    }

    @Test("which setting mattered is seen within generations, whatever all learn with time")
    func correlation() throws {
        let lab = try lab()
        let registry = lab.registry
        try registry.beginSearch(
            "made", planJSON: #"{"space": [{"name": "a", "log": [1, 9]}, {"name": "b"}, {"name": "c"}]}"#,
            seed: 1,
            settingsJSON: "{}", version: "0", sessions: try registry.sessions(matching: .all))
        var members: [SearchMemberRecord] = []
        for generation in 1...2 {
            for member in 1...6 {
                // `a` helps within a generation, and is lower in the better, later one; `c` never changes.
                let a = Double(member) + (generation == 1 ? 10 : 0)
                members.append(
                    SearchMemberRecord(
                        generation: generation, member: member, epochs: 5 * generation, seed: 1,
                        origin: generation == 1 ? "begun" : "continued",
                        parent: generation == 1 ? nil : member,
                        settingsJSON: "{\"a\": \(a), \"b\": \(-a * a), \"c\": 3}",
                        objective: Double(member + 100 * generation), agreement: nil, problem: nil))
            }
        }
        try registry.recordSearchMembers(members, ofRun: "made")
        let material = try #require(try SearchMaterial(ofRun: "made", in: registry))
        #expect(material.settings.map(\.isLogarithmic) == [true, false, false])
        let courses = SearchCourses(material, winner: 6)
        #expect(courses.correlation("a") == 1 && courses.correlation("b") == -1)
        #expect(courses.correlation("c") == nil)
        #expect(courses.mattering?.data.count == 1)
    }
}
