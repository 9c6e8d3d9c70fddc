import Registry
import Stitching
import TestSupport
import Testing

@testable import Search

@Suite struct SearchManifestTests {
    private func manifest(_ search: String) throws -> SearchManifest {
        try SearchManifest(
            ManifestDocument(text: "run: found\nsessions: all\n\(search)", path: "found.stitch.yaml"))
    }

    private func words(_ search: String) -> String { TestSupport.words { try manifest(search) } }

    @Test func withoutASectionThereIsADefault() throws {
        #expect(try manifest("").plan == SearchPlan())
        // To a stitch the section says nothing.
        #expect(try StitchManifest(text: "run: found\nsessions: all\nsearch: {members: 3}").run == "found")
    }

    @Test func everyKeyIsRead() throws {
        let plan = try manifest(
            """
            search:
              method: random
              members: 7
              generations: 4
              exploit: tournament
              halve_at: [0.5, 0.25]
              objective: likelihood
              minutes: 2.5
              space:
                seed: {choice: [1, 2]}
                alignment: {smoothing_ms: {linear: [20, 80]}}
                model: {fac_dim: {log: [8, 48]}, ic_prior: {choice: [normal, student_t]}}
                train: {lr_init: {log: [1e-4, 1e-2]}}
            """
        ).plan
        #expect(plan.method == .random && plan.members == 7 && plan.generations == 4)
        #expect(plan.exploit == .tournament && plan.halvings == [0.25, 0.5] && plan.objective == .likelihood)
        #expect(plan.minutes == 2.5)
        #expect(
            plan.space == [
                SearchedSetting("seed", .choice([.whole(1), .whole(2)])),
                SearchedSetting("alignment.smoothing_ms", .linear(20...80)),
                SearchedSetting("model.fac_dim", .logarithmic(8...48), isWhole: true),
                SearchedSetting("model.ic_prior", .choice([.word("normal"), .word("student_t")])),
                SearchedSetting("train.lr_init", .logarithmic(1e-4...1e-2)),
            ])
    }

    @Test func aGridHasAsManyMembersAsCombinationsAndTheManifest() throws {
        let plan = try manifest(
            "search: {method: grid, space: {model: {fac_dim: {choice: [8, 16]}, co_dim: {choice: [0, 1, 2]}}}}"
        ).plan
        #expect(plan.members == 7)
    }

    @Test func mistakesAreNamedWithTheirLines() {
        #expect(
            words("search: {member: 3}").contains("unknown key \"search.member\"; did you mean \"members\""))
        #expect(
            words("search: {space: {train: {lr_int: {log: [1, 2]}}}}").contains("did you mean \"lr_init\""))
        #expect(
            words("search: {space: {train: {lr_init: {log: [0, 1]}}}}")
                .contains("should be two numbers above 0, the smaller one first"))
        #expect(
            words("search: {space: {train: {lr_init: [1, 2]}}}").contains("search.space.train.lr_init"))
        #expect(
            words("search: {space: {model: {fac_dim: {choice: [8, 1.5]}}}}")
                .contains("search.space.model.fac_dim.choice[2]"))
        #expect(
            words("search: {method: grid, space: {train: {lr_init: {log: [1e-4, 1e-2]}}}}")
                .contains("a grid needs the values of every setting"))
        #expect(
            words("search: {space: {train: {epochs: {choice: [10, 20]}}}}")
                .contains("all members share this setting"))
        #expect(words("search: {members: 0}").contains("search.members"))
        #expect(words("search: {halve_at: [1.5]}").contains("a share of the epochs between 0 and 1"))
    }
}
