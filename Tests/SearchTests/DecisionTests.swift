import Stitching
import Testing

@testable import Search

/// Who goes on, as a copy of whom and with what, follows from what members reached alone.
@Suite struct DecisionTests {
    private func decisions(_ plan: SearchPlan = SearchPlan(), seed: UInt64 = 7) -> Decisions {
        let start: [String: SettingValue] = [
            "model.dropout_rate": .single(0.3), "train.lr_init": .single(4e-3),
            "train.lr_readin_scale": .single(0.2), "train.lr_readout_scale": .single(0.4),
            "train.cd_rate": .single(0.45), "train.kl_ic_scale": .single(1e-6),
            "train.kl_co_scale": .single(1e-5), "train.l2_gen_scale": .single(0.3),
            "train.l2_con_scale": .single(0),
        ]
        return Decisions(plan: plan, seed: seed, start: start)
    }

    /// Member k of n reached k hundredths, so that the last is the best.
    private func generation(_ members: [SearchMember], number: Int = 1) -> SearchGeneration {
        var members = members
        for index in members.indices { members[index].objective = Double(members[index].number) / 100 }
        return SearchGeneration(number: number, epochs: 10, members: members)
    }

    @Test func theFirstMemberIsTheManifest() {
        let beginning = decisions().beginning()
        #expect(beginning.map(\.number) == Array(1...20))
        #expect(beginning[0].values == decisions().start)
        #expect(beginning[0].seed == 7)
        #expect(Set(beginning.map(\.seed)).count == 20)
        #expect(Set(beginning.map { "\($0.values.sorted { $0.key < $1.key })" }).count == 20)
        #expect(beginning == decisions().beginning())
        #expect(beginning != decisions(seed: 8).beginning())
    }

    /// One setting more changes nothing of the others.
    @Test func settingsAreDrawnIndependently() {
        var smaller = SearchPlan()
        smaller.space.removeAll { $0.name == "train.cd_rate" }
        for (few, all) in zip(decisions(smaller).beginning(), decisions().beginning()).dropFirst() {
            #expect(few.values == all.values.filter { $0.key != "train.cd_rate" })
        }
    }

    @Test func theWorstQuarterBecomesCopiesOfTheBest() {
        let decisions = decisions()
        let last = generation(decisions.beginning())
        let next = decisions.next(after: last, size: 20)
        #expect(next.map(\.number) == Array(1...20))
        // Nothing replaces the first, though it is the worst of all.
        #expect(next[0].origin == .continued && next[0].values == last.members[0].values)
        for member in next {
            // A quarter of the nineteen others.
            let wasCopied = (2...6).contains(member.number)
            #expect((member.origin == .copied) == wasCopied, "member \(member.number)")
            guard wasCopied else {
                #expect(
                    member.parent == member.number && member.values == last.members[member.number - 1].values)
                continue
            }
            #expect((16...20).contains(member.parent ?? 0))
            // All settings have moved, and its draws are its own.
            let parent = last.members[(member.parent ?? 1) - 1].values
            #expect(member.values.count { parent[$0.key] != $0.value } >= 7)
            #expect(member.seed == last.members[member.number - 1].seed)
        }
        #expect(decisions.next(after: last, size: 20) == next)
    }

    @Test func theWorseHalfEnds() {
        let decisions = decisions()
        let next = decisions.next(after: generation(decisions.beginning()), size: 10)
        #expect(next.map(\.number) == [1] + Array(12...20))
        // The worst of those that go on are replaced.
        #expect(next.filter { $0.origin == .copied }.map(\.number) == [12, 13])
    }

    @Test func sizesStayAlongALine() {
        var plan = SearchPlan()
        plan.space = [
            SearchedSetting("model.fac_dim", .choice([.whole(8), .whole(16)])),
            SearchedSetting("train.lr_init", .logarithmic(1e-4...1e-2)),
        ]
        let decisions = decisions(plan)
        let last = generation(decisions.beginning())
        for member in decisions.next(after: last, size: 20) where member.origin == .copied {
            let parent = last.members[(member.parent ?? 1) - 1]
            #expect(member.values["model.fac_dim"] == parent.values["model.fac_dim"])
        }
    }

    /// A member without a result is replaced at once, and with nobody to copy it ends.
    @Test func failedMembersAreReplaced() {
        let decisions = decisions()
        var last = generation(decisions.beginning())
        last.members[18].problem = "it diverged"
        last.members[18].objective = nil
        let replaced = decisions.next(after: last, size: 20).first { $0.number == 19 }
        #expect(replaced?.origin == .copied && replaced?.parent != 19)
        var random = SearchPlan()
        random.method = .random
        let others = self.decisions(random).next(after: last, size: 20)
        #expect(!others.contains { $0.number == 19 })
        #expect(others.allSatisfy { $0.origin == .continued })
    }

    @Test func whatPredictsNothingOrFallsApartIsNotChosen() {
        var last = generation(decisions().beginning())
        last.members[19].agreement = 0.3
        for index in 0..<19 { last.members[index].agreement = 0.95 }
        last.members[18].objective = -0.2
        last.findProblems(.bitsPerSpike)
        #expect(last.best?.number == 18)
        #expect(last.members[19].problem == "its days agree only to 0.3")
        #expect(last.members[18].problem == "it predicts no better than every unit's mean rate")
    }

    /// In the first epochs nobody predicts anything; that is no reason to give up.
    @Test func aPopulationThatHasLearntNothingYetGoesOn() {
        var last = generation(decisions().beginning())
        for index in last.members.indices { last.members[index].objective = Double(index) - 30 }
        last.findProblems(.bitsPerSpike)
        #expect(last.best?.number == 20)
        #expect(last.members.allSatisfy { $0.problem == nil })
    }

    /// The only one that predicts anything may be one whose days have come apart; somebody is left.
    @Test func somebodyIsAlwaysLeft() {
        var last = generation(decisions().beginning())
        for index in last.members.indices {
            last.members[index].objective = -Double(index + 1) / 100
            last.members[index].agreement = 0.95
        }
        last.members[4].objective = 0.1
        last.members[4].agreement = 0.2
        last.findProblems(.coSmoothing)
        #expect(last.best?.number == 1)
        #expect(last.members.filter { $0.problem != nil }.map(\.number) == [5])
    }

    @Test func aTournamentIsWonByTheBetterOne() {
        var plan = SearchPlan()
        plan.exploit = .tournament
        let decisions = decisions(plan)
        let next = decisions.next(after: generation(decisions.beginning()), size: 20)
        let copies = next.filter { $0.origin == .copied }
        #expect(copies.count > 4)
        #expect(copies.allSatisfy { ($0.parent ?? 0) > $0.number })
    }

    @Test func aGridHasEveryCombinationOnce() {
        var plan = SearchPlan()
        plan.method = .grid
        plan.space = [
            SearchedSetting("model.fac_dim", .choice([.whole(8), .whole(16)])),
            SearchedSetting("model.co_dim", .choice([.whole(0), .whole(1), .whole(2)])),
        ]
        plan.members = 7
        let values = decisions(plan).beginning().dropFirst().map {
            "\($0.values["model.fac_dim"]?.description ?? "") \($0.values["model.co_dim"]?.description ?? "")"
        }
        #expect(values == ["8 0", "8 1", "8 2", "16 0", "16 1", "16 2"])
    }

    @Test func generationsAndHalvesDivideTheEpochs() throws {
        let plan = try SearchPlan().resolved(trainingTrials: 1000)
        #expect(plan.epochs(ofAll: 200) == Array(stride(from: 20, through: 200, by: 20)))
        #expect(plan.epochs(ofAll: 13).last == 13)
        #expect(plan.size(after: 40, of: 200) == 20)
        #expect(plan.size(after: 60, of: 200) == 10)
        #expect(plan.size(after: 100, of: 200) == 5)
        #expect(try SearchPlan().resolved(trainingTrials: 999).size(after: 190, of: 200) == 20)
    }
}
