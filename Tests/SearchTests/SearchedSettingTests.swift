import LinearAlgebra
import Stitching
import Testing

@testable import Search

/// Values that a search draws lie where they may, whatever the draw.
@Suite struct SearchedSettingTests {
    private let draws = RandomStream(seed: 4, purpose: 1).uniforms(400)

    private func number(_ value: SettingValue) throws -> Double { try #require(value.number) }

    @Test func drawsFillTheirRangeAndDoNotLeaveIt() throws {
        for (range, ends, middle) in [
            (SearchRange.logarithmic(1e-6...1e-2), 1e-6...1e-2, 1e-4), (.linear(-1...3), -1...3, 1.0),
        ] {
            let setting = SearchedSetting("any", range)
            let values = try draws.map { try number(setting.anywhere($0)) }
            #expect(values.allSatisfy(ends.contains))
            // Half of the draws lie in the lower half of the range's own scale: of 400, 200 ± 4 deviations of 10.
            #expect(abs(values.count { $0 < middle } - 200) < 40)
            #expect(try number(setting.anywhere(0)) == ends.lowerBound)
        }
    }

    @Test func stepsAndNearValuesStayInTheRange() throws {
        let setting = SearchedSetting("any", .logarithmic(1e-4...1e-1))
        for (index, uniform) in draws.enumerated() {
            let start = setting.anywhere(draws[draws.count - 1 - index])
            for value in [
                setting.beside(start, uniform: uniform),
                setting.near(start, normal: 6 * (uniform - 0.5), uniform: uniform),
            ] { #expect((1e-4...1e-1).contains(try number(value))) }
            // A step is a fifth of the three decades at most, and 0.5 % of rounding.
            let ratio = try number(setting.beside(start, uniform: uniform)) / number(start)
            #expect((0.248...4.03).contains(ratio))
        }
    }

    /// A penalty of 0 has no logarithm: there is nothing to be near to.
    @Test func whatTheScaleDoesNotHaveIsDrawnFromAnywhere() {
        let setting = SearchedSetting("train.l2_con_scale", .logarithmic(1e-4...1))
        #expect(setting.near(.single(0), normal: 1, uniform: 0.25) == setting.anywhere(0.25))
        #expect(setting.beside(.word("none"), uniform: 0.25) == setting.anywhere(0.25))
    }

    @Test func wholeNumbersAreWhole() {
        let setting = SearchedSetting("model.gen_dim", .logarithmic(16...256), isWhole: true)
        for uniform in draws {
            guard case .whole(let value) = setting.anywhere(uniform) else {
                Issue.record("not whole")
                return
            }
            #expect((16...256).contains(value))
        }
    }

    @Test func choicesMoveToTheirNeighbours() {
        let values: [SettingValue] = [.whole(16), .whole(24), .whole(32), .word("none")]
        let setting = SearchedSetting("model.fac_dim", .choice(values))
        #expect(Set(draws.map { "\(setting.anywhere($0))" }).count == 4)
        for uniform in draws {
            #expect(values.contains(setting.anywhere(uniform)))
            #expect(setting.near(.whole(24), normal: 3, uniform: uniform) == .whole(24))
            #expect(values[0...1].contains(setting.beside(.whole(16), uniform: uniform)))
            #expect(values[1...3].contains(setting.beside(.whole(32), uniform: uniform)))
        }
    }
}
