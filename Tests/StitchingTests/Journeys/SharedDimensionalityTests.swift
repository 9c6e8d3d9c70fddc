import Alignment
import LinearAlgebra
import Testing
import TrialArrays

@Suite("In how many directions condition averages repeat")
struct SharedDimensionalityTests {
    private static let (conditions, bins, units) = (6, 10, 12)

    /// Trials whose averages are of a rank that is known, each with noise of its own.
    private func session(
        rank: Int, noise: Double, seed: UInt64 = 1, trialsOfCondition: Int = 12
    ) -> AlignableSession {
        let (conditions, bins, units) = (Self.conditions, Self.bins, Self.units)
        func normals(_ purpose: UInt32, _ count: Int) -> [Double] {
            let draws = RandomStream(seed: seed, purpose: purpose).uniforms(12 * count)
            // Sums of twelve uniforms have unit variance and are near enough to normal.
            return (0..<count).map { i in draws[(12 * i)..<(12 * i + 12)].reduce(0) { $0 + Double($1) } - 6 }
        }
        let courses = normals(1, conditions * bins * rank)
        let loadings = normals(2, rank * units)
        let trials = conditions * trialsOfCondition
        let scatter = normals(3, trials * bins * units)
        var values: [Float] = []
        for trial in 0..<trials {
            for t in 0..<bins {
                for j in 0..<units {
                    let row = (trial % conditions) * bins + t
                    var mean = 0.0
                    for k in 0..<rank { mean += courses[row * rank + k] * loadings[k * units + j] }
                    values.append(Float(mean + noise * scatter[(trial * bins + t) * units + j]))
                }
            }
        }
        let array = TrialArray(
            trials: TrialAxis(conditions: (0..<trials).map { "\($0 % conditions)" }),
            bins: BinAxis(count: bins, milliseconds: 20), columns: ColumnAxis(.unit, count: units),
            values: values)
        return session(array, Array(0..<trials), name: "day \(seed)")
    }

    private func session(_ counts: TrialArray, _ trials: [Int], name: String = "a") -> AlignableSession {
        AlignableSession(
            name: name, counts: counts, encodedUnitCount: Self.units, trainingTrials: trials,
            behavior: TrialArray(
                trials: counts.trials, bins: counts.bins, columns: ColumnAxis(.channel, count: 0), values: [])
        )
    }

    private func measured(_ sessions: [AlignableSession]) throws -> SharedDimensionality {
        try #require(try SharedDimensionality(sessions, smoothingMilliseconds: 0))
    }

    @Test("a rank that is known is found", arguments: [1, 2, 4])
    func rank(_ rank: Int) throws {
        let found = try measured([session(rank: rank, noise: Double(rank).squareRoot() / 4)])
        #expect(found.components(holding: 0.98) == rank)
        #expect(found.share(components: rank) > 0.98)
        #expect(found.share(components: rank - 1) < 0.98)
    }

    @Test("two days that share nothing but their conditions add up")
    func unionOfDays() throws {
        let days = [session(rank: 2, noise: 0.3, seed: 1), session(rank: 2, noise: 0.3, seed: 2)]
        #expect(try measured(days).components(holding: 0.98) == 4)
    }

    @Test("noise alone is no signal")
    func noise() throws {
        let found = try measured([session(rank: 0, noise: 1)])
        // An average over six trials has a variance of 1/6 a unit, all of which is noise.
        let total = found.signalVariances.reduce(0, +)
        #expect(abs(total) < 0.1 * Double(Self.units) / 6)
    }

    @Test("trials outside training are not looked at, and single ones can't repeat")
    func trialsThatTakePart() throws {
        let counts = session(rank: 2, noise: 0.5).counts.widened()
        let part = Array(0..<36)
        var changed = counts.values
        for i in (36 * counts.trialSize)..<changed.count { changed[i] = 99 }
        let other = TrialArray(
            trials: counts.trials, bins: counts.bins, columns: counts.columns, values: changed)
        #expect(try measured([session(counts, part)]) == measured([session(other, part)]))
        let single = session(counts, Array(0..<Self.conditions))
        #expect(try SharedDimensionality([single], smoothingMilliseconds: 0) == nil)
    }
}
