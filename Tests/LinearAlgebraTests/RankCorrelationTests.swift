import Testing

@testable import LinearAlgebra

@Suite struct RankCorrelationTests {
    @Test func whatRisesTogether() throws {
        let x = [3.0, -1, 0.5, 8, 2]
        #expect(RankCorrelation.spearman(x, x.map { $0 * $0 * $0 }) == 1)
        #expect(RankCorrelation.spearman(x, x.map { -$0 }) == -1)
        #expect(RankCorrelation.spearman(x, [1, 1, 1, 1, 1]) == nil)
        #expect(RankCorrelation.spearman([], []) == nil)
    }

    /// scipy.stats.spearmanr([1, 2, 2, 3, 5, 4], [2, 1, 4, 4, 3, 6]).
    @Test func equalNumbersShareTheirRank() throws {
        let found = try #require(RankCorrelation.spearman([1, 2, 2, 3, 5, 4], [2, 1, 4, 4, 3, 6]))
        #expect(abs(found - 0.4852941176470589) < 1e-15)
    }
}
