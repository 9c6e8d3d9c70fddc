import Foundation
import LinearAlgebra
import Testing

@testable import Evaluation

@Suite struct RotationTests {
    private func rotation(
        _ angle: Double, conditions: Int = 6, bins: Int = 20, decay: Double = 1
    ) -> [Matrix] {
        (0..<conditions).map { condition in
            let phase = 2 * Double.pi * Double(condition) / Double(conditions)
            let points = (0..<bins).flatMap { bin -> [Double] in
                let length = pow(decay, Double(bin))
                let place = phase + angle * Double(bin)
                return [length * cos(place), length * sin(place)]
            }
            return Matrix(rows: bins, columns: 2, values: points)
        }
    }

    @Test func aPureRotationIsFittedExactlyWithItsFrequency() throws {
        let curves = rotation(0.3)
        let result = try #require(
            try RotationalDynamics(
                trajectories: curves, common: Matrix(zeros: 20, 2), binsPerSecond: 50))
        #expect(abs(result.skewR2 - 1) < 1e-12)
        #expect(abs(result.unconstrainedR2 - 1) < 1e-12)
        let plane = try #require(result.planes.first)
        #expect(abs(plane.frequencyHz - 0.3 / (2 * Double.pi) * 50) < 1e-9)
        #expect(abs(plane.varianceShare - 1) < 1e-12)
        // In its plane it turns counter-clockwise on a circle.
        let points = plane.curves[0]
        for (a, b) in zip(points, points.dropFirst()) {
            #expect(abs(a.x * a.x + a.y * a.y - 1) < 1e-9)
            #expect(a.x * b.y - a.y * b.x > 0)
        }
    }

    @Test func aPureContractionHasNoRotation() throws {
        let result = try #require(
            try RotationalDynamics(
                trajectories: rotation(0, decay: 0.9), common: Matrix(zeros: 20, 2), binsPerSecond: 50))
        #expect(abs(result.unconstrainedR2 - 1) < 1e-9)
        #expect(abs(result.skewR2) < 1e-9)
    }

    @Test func asNumpyFitsIt() throws {
        let fixture = try Fixtures.entry("jpca")
        let (conditions, bins, width) = (
            try fixture.count("conditions"), try fixture.count("bins"), try fixture.count("width")
        )
        let values = try fixture.numbers("curves")
        let means = ConditionMeans(
            bins: bins, width: width,
            values: (0..<conditions).map {
                ("\($0)", Array(values[($0 * bins * width)..<(($0 + 1) * bins * width)]))
            })
        let result = try #require(try RotationalDynamics(means, binsPerSecond: 1))
        #expect(isClose(result.skewR2, try fixture.number("skew")))
        #expect(isClose(result.unconstrainedR2, try fixture.number("free")))
        let frequencies = try fixture.numbers("turns_per_bin")
        #expect(result.planes.count == frequencies.count)
        for (plane, expected) in zip(result.planes, frequencies) {
            #expect(isClose(plane.frequencyHz, expected, relative: 1e-7))
        }
    }

    @Test func theCommonCourseIsTakenOff() throws {
        var curves = rotation(0.25)
        for i in curves.indices {
            for j in curves[i].values.indices { curves[i].values[j] += Double(j * j) }
        }
        let means = ConditionMeans(curves.enumerated().map { ("\($0.offset)", $0.element) })
        let result = try #require(try RotationalDynamics(means, binsPerSecond: 50))
        #expect(abs(result.skewR2 - 1) < 1e-9)
    }

    @Test func nothingThatMovesHasNoFit() throws {
        let still = ConditionMeans(
            bins: 4, width: 2,
            values: [("a", [Double](repeating: 1, count: 8)), ("b", [Double](repeating: 1, count: 8))])
        #expect(try RotationalDynamics(still, binsPerSecond: 50) == nil)
        let line = ConditionMeans(bins: 3, width: 1, values: [("a", [1, 2, 3]), ("b", [3, 2, 1])])
        #expect(try RotationalDynamics(line, binsPerSecond: 50) == nil)
    }
}
