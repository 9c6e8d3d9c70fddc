import LinearAlgebra
import TestSupport
import Testing

@testable import Recordings

/// Which trials are for the test, which are held out of the others, for any numbers and any conditions.
@Suite("A split in three parts") struct ThreePartSplitTests {
    private func day(_ conditions: [String?]) -> Recording {
        Recording(
            session: "day", subject: "Tiny", date: "2020-01-02", binMilliseconds: 10,
            trialCount: conditions.count, binCount: 1, units: [.init(name: "0")],
            values: [Float](repeating: 1, count: conditions.count),
            trials: conditions.enumerated().map {
                Recording.Trial(identifier: $0, condition: $1, split: .train)
            })
    }

    private func windows(_ count: Int) -> Recording {
        var result = day([String?](repeating: nil, count: count))
        result.chop = Recording.Chop(
            windows: (0..<count).map { .init(segment: 0, startBin: $0) }, segmentStarts: [0])
        return result
    }

    /// Trials of conditions at random, some of them without one.
    private func randomDay(_ seed: UInt64) -> Recording {
        let numbers = RandomStream(seed: seed, purpose: 1).permutation(97)
        let kinds = 1 + Int(seed % 5)
        return day(numbers.map { $0 % 11 == 0 ? nil : "c\($0 % kinds)" })
    }

    @Test("every trial is in one part, and test trials are those that validation alone would have")
    func parts() throws {
        for seed in UInt64(0)..<12 {
            let day = seed % 3 == 0 ? windows(60 + Int(seed) * 7) : randomDay(seed)
            for m in 2...6 {
                for k in 2...6 {
                    let split = try day.splitting(everyKthOfCondition: k, testEvery: m)
                    let parts = Recording.Split.allCases.map { split.trialIndices($0) }
                    #expect(parts.joined().sorted() == Array(day.trials.indices))
                    #expect(parts.allSatisfy { !$0.isEmpty })
                    let test = split.trialIndices(.test)
                    #expect(test == (try day.splitting(everyKthOfCondition: m).trialIndices(.valid)))
                    // Validation is what it would be if the test trials had never been recorded.
                    let others = day.trials.indices.filter { !test.contains($0) }
                    var rest = day
                    rest.trials = others.map { day.trials[$0] }
                    rest.trialCount = others.count
                    let held = try rest.splitting(everyKthOfCondition: k).trialIndices(.valid)
                    #expect(split.trialIndices(.valid) == held.map { others[$0] })
                }
            }
        }
    }

    @Test("by hand: of ten trials of a condition, 4 and 9 are for the test, 5 is held out")
    func byHand() throws {
        let split = try day([String?](repeating: "a", count: 10))
            .splitting(everyKthOfCondition: 5, testEvery: 5)
        #expect(split.trialIndices(.test) == [4, 9])
        #expect(split.trialIndices(.valid) == [5])
        let labels = ["a", "b", "a", "a", "b", "a", "b", "b", "a"]
        let two = try day(labels).splitting(everyKthOfCondition: 2, testEvery: 3)
        #expect(two.trialIndices(.test) == [3, 6])
        #expect(two.trialIndices(.valid) == [2, 4, 8])
    }

    @Test("what is too coarse or leaves a part empty is said, with the condition and what would do")
    func errors() throws {
        func refusal(_ day: Recording, _ k: Int, _ m: Int) -> String {
            words { _ = try day.splitting(everyKthOfCondition: k, testEvery: m) }
        }
        let small = day(["a", "b", "b", "a", "b", "b"])
        #expect(
            refusal(small, 5, 1)
                == "day: every 1-th trial can't be held out; test_every must be 2 or more.")
        #expect(
            refusal(small, 1, 5)
                == "day: every 1-th trial can't be held out; valid_every must be 2 or more.")
        #expect(
            refusal(small, 4, 3)
                == "day: nothing is left for the validation set. With test_every: 3 and valid_every: 4, "
                + "three parts need 5 trials of one condition; the largest condition, \"b\", has 4. Lower "
                + "test_every or valid_every, label fewer conditions, or leave test_every out.")
        #expect(
            refusal(small, 2, 5)
                == "day: nothing is left for the test set. With test_every: 5 and valid_every: 2, three "
                + "parts need 5 trials of one condition; the largest condition, \"b\", has 4. Lower test_every "
                + "or valid_every, label fewer conditions, or leave test_every out.")
        #expect(
            refusal(windows(3), 2, 4)
                == "day: nothing is left for the test set. With test_every: 4 and valid_every: 2, three "
                + "parts need 4 windows; the recording has 3. Lower test_every or valid_every, or leave "
                + "test_every out.")
    }

    /// What a message says is needed is just enough.
    @Test("the number of trials that is asked for is the least that will do") func needed() throws {
        for m in 2...6 {
            for k in 2...6 {
                let least = (1...40).first { count in
                    (try? day([String?](repeating: "a", count: count))
                        .splitting(everyKthOfCondition: k, testEvery: m)) != nil
                }
                let message = words {
                    _ = try day(["a"]).splitting(everyKthOfCondition: k, testEvery: m)
                }
                #expect(message.contains("need \(try #require(least)) trials"))
            }
        }
    }
}
