import LinearAlgebra
import Testing

@testable import Evaluation

@Suite struct StitchingIndexTests {
    private func days(_ values: [[Float]], bins: Int, width: Int) -> [ConditionMeans] {
        values.map { day in
            let size = bins * width
            return ConditionMeans(
                bins: bins, width: width,
                values: (0..<(day.count / size)).map {
                    ("\($0)", day[($0 * size)..<(($0 + 1) * size)].map(Double.init))
                })
        }
    }

    @Test func agreementByItsDefinition() throws {
        let fixture = try Fixtures.entry("agreement")
        let (count, conditions, bins, width) = (
            try fixture.count("days"), try fixture.count("conditions"), try fixture.count("bins"),
            try fixture.count("width")
        )
        let values = try fixture.numbers("values")
        let size = conditions * bins * width
        let means = (0..<count).map { day in
            ConditionMeans(
                bins: bins, width: width,
                values: (0..<conditions).map {
                    let start = day * size + $0 * bins * width
                    return ("\($0)", Array(values[start..<(start + bins * width)]))
                })
        }
        let index = StitchingIndex(means)
        for (value, expected) in zip(index.agreement, try fixture.numbers("agreement")) {
            #expect(isClose(value, expected))
        }
    }

    /// Common variance C and each day's own O: agreement is 1 − 2·O/(C + O); without labels in common,
    /// only what is the same for all conditions is left.
    @Test func commonAndOwnVariance() throws {
        let (conditions, bins, width) = (100, 10, 4)
        let size = conditions * bins * width
        let common = RandomStream(seed: 2, purpose: 1).normals(size)
        let own = (0..<3).map { RandomStream(seed: 2, purpose: 2, item: UInt32($0)).normals(size) }
        let (c, o): (Float, Float) = (3, 1)
        let index = StitchingIndex(
            days(
                own.map { zip(common, $0).map { c.squareRoot() * $0 + o.squareRoot() * $1 } },
                bins: bins, width: width))
        for value in index.agreement {
            #expect(abs(try #require(value) - (1 - 2.0 * 1 / 4)) < 0.06)
        }
        for value in index.shuffled { #expect(abs(try #require(value) + 1) < 0.06) }
    }

    @Test func equalDaysAgreeCompletely() throws {
        let values = RandomStream(seed: 1, purpose: 1).normals(60)
        let index = StitchingIndex(days([values, values], bins: 5, width: 3))
        #expect(index.agreement == [1, 1])
        #expect(try #require(index.shuffled[0]) < 0.6)
    }

    @Test func daysWithoutCommonConditionsAreNotCompared() {
        let a = ConditionMeans(bins: 1, width: 1, values: [("a", [1])])
        let b = ConditionMeans(bins: 1, width: 1, values: [("b", [1])])
        #expect(StitchingIndex([a, b]).agreement == [nil, nil])
        #expect(StitchingIndex([a]).agreement == [nil])
    }

    @Test func distanceOfDistributionsAsScipyHasIt() throws {
        let fixture = try Fixtures.entry("distance")
        let width = try fixture.count("width")
        func distribution(_ key: String) throws -> StateDistribution {
            let values = try fixture.numbers(key)
            return StateDistribution(
                Matrix(rows: values.count / width, columns: width, values: values))
        }
        let (a, b) = (try distribution("a"), try distribution("b"))
        // Square roots of eigenvalues near 0 halve the digits.
        #expect(isClose(try a.distance(to: b), try fixture.number("distance"), relative: 1e-7))
        #expect(isClose(try b.distance(to: a), try fixture.number("distance"), relative: 1e-7))
        #expect(try #require(try a.distance(to: a)) < 1e-7)
    }

    /// In one dimension it is (Δm² + (s − r)²)/(½(s² + r²)).
    @Test func distanceInOneDimension() throws {
        let a = StateDistribution(mean: [1], covariance: Matrix(rows: 1, columns: 1, values: [4]))
        let b = StateDistribution(mean: [4], covariance: Matrix(rows: 1, columns: 1, values: [9]))
        #expect(isClose(try a.distance(to: b), (9.0 + 1) / 6.5))
    }
}
