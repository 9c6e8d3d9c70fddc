import Foundation
import Testing

@testable import Evaluation
@testable import Report

@Suite("The picture of factor trajectories")
struct TrajectoryPictureTests {
    private func picture(conditions: Int) -> String {
        let curve = (0..<8).map { (x: Double($0), y: Double($0 * $0) / 8) }
        let days = ["a<b", "second"].map { name in
            ConditionTrajectories.Day(
                session: name, date: "2024-01-01",
                curves: (0..<conditions).map { $0 == 1 && name == "second" ? nil : curve })
        }
        return TrajectoryPicture(
            ConditionTrajectories(
                conditions: (0..<conditions).map { "c\($0)" }, days: days,
                explainedShare: [0.7, 0.2]), title: "run & picture"
        ).svg
    }

    @Test("one curve a day and condition that there is; names are escaped; it is well-formed")
    func curves() throws {
        let svg = picture(conditions: 3)
        #expect(svg.components(separatedBy: "<polyline").count - 1 == 5)
        #expect(svg.contains("a&lt;b") && svg.contains("run &amp; picture"))
        #expect(svg.contains("factor direction 1 (70 % of variance)"))
        let opened = svg.components(separatedBy: "<text").count
        #expect(opened == svg.components(separatedBy: "</text>").count)
    }

    @Test("many conditions are thinned, and the legend says so")
    func thinned() {
        let svg = picture(conditions: 65)
        #expect(svg.contains("condition (10 of 65)"))
        #expect(svg.components(separatedBy: "<polyline").count - 1 == 20)
        #expect(TrajectoryPicture.evenly(65, most: 10) == [0, 6, 13, 19, 26, 32, 39, 45, 52, 58])
    }
}
