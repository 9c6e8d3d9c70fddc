import CKernels
import Foundation
import Testing

/// exp, sigmoid and tanh of every instruction set, over the whole range of their arguments.
struct FunctionAccuracyTests {
    private func exponential(_ x: [Float], _ name: String) throws -> [Float] {
        var values = x
        try InstructionSets.loops(name).exponential(values.count, &values)
        return values
    }

    /// The update gate of a recurrent unit is a bare sigmoid.
    private func sigmoids(_ x: [Float], _ name: String) throws -> [Float] {
        let n = x.count
        var gates = x + [Float](repeating: 0, count: 2 * n)
        var reset = [Float](repeating: 0, count: n)
        try InstructionSets.loops(name).gru_gates(1, n, &gates, 3 * n, x, n, &reset)
        return Array(gates.prefix(n))
    }

    /// The candidate of a recurrent unit is a bare hyperbolic tangent.
    private func tangents(_ x: [Float], _ name: String) throws -> [Float] {
        let n = x.count
        var gates = [Float](repeating: 0, count: 2 * n) + x
        let state = [Float](repeating: 0, count: n)
        var next = state
        try InstructionSets.loops(name).gru_state(1, n, &gates, 3 * n, state, n, 5, &next, n)
        return Array(gates.suffix(n))
    }

    private func range(_ low: Double, _ high: Double, _ count: Int = 200_001) -> [Float] {
        (0..<count).map { Float(low + (high - low) * Double($0) / Double(count - 1)) }
    }

    /// Largest error in units in the last place of the result.
    private func worst(_ found: [Float], _ x: [Float], _ truth: (Double) -> Double) -> Double {
        zip(found, x).map { abs(Double($0) - truth(Double($1))) / Double(Float(truth(Double($1))).ulp) }
            .reduce(0) { $1 > $0 || $1.isNaN ? $1 : $0 }
    }

    @Test(arguments: InstructionSets.available)
    func exponentials(name: String) throws {
        let x = range(-87, 88) + range(-1, 1)
        #expect(worst(try exponential(x, name), x) { exp($0) } < 2)
        #expect(try exponential([0, -0, 1e-30, -1e-30, .leastNonzeroMagnitude], name) == [1, 1, 1, 1, 1])
        // Beyond, the value at the end of the range: never 0, never infinite.
        let ends = try exponential([-87, 88], name)
        #expect(
            try exponential([-100, -1e30, -.infinity, 100, 1e30, .infinity], name)
                == [ends[0], ends[0], ends[0], ends[1], ends[1], ends[1]])
        #expect(ends[0] > 0 && ends[1].isFinite)
    }

    @Test(arguments: InstructionSets.available)
    func sigmoids(name: String) throws {
        let x = range(-87, 100) + range(-1, 1)
        #expect(worst(try sigmoids(x, name), x) { sigmoid($0) } < 4)
        #expect(try sigmoids([0, -0, 1e-30, -1e-30], name) == [0.5, 0.5, 0.5, 0.5])
        let extremes = try sigmoids([100, 1e30, .infinity, -100, -1e30, -.infinity], name)
        #expect(Array(extremes.prefix(3)) == [1, 1, 1])
        for value in extremes.suffix(3) { #expect(value >= 0 && value < 1e-37) }
    }

    @Test(arguments: InstructionSets.available)
    func tangents(name: String) throws {
        let x = range(-12, 12) + range(-0.7, 0.7) + range(-1e-4, 1e-4)
        let found = try tangents(x, name)
        #expect(worst(found, x) { tanh($0) } < 4)
        #expect(found.allSatisfy { abs($0) <= 1 })
        let mirrored = try tangents(x.map { -$0 }, name)
        #expect(zip(found, mirrored).allSatisfy { $0 == -$1 })
        #expect(
            try tangents([100, -100, 1e30, -1e30, .infinity, -.infinity], name)
                == [1, -1, 1, -1, 1, -1])
        // Tiny arguments come back as they are, zero with its sign.
        let tiny: [Float] = [1e-30, -1e-30, 1e-6, -1e-6, 0, -0]
        let kept = try tangents(tiny, name)
        #expect(kept == tiny)
        #expect(kept.map(\.sign) == tiny.map(\.sign))
    }

    @Test(arguments: InstructionSets.available)
    func whatIsNoNumberStaysNone(name: String) throws {
        for count in [1, 5, 16, 37] {
            for place in [0, count / 2, count - 1] {
                var x = [Float](repeating: 0.5, count: count)
                x[place] = .nan
                for found in [
                    try exponential(x, name), try sigmoids(x, name), try tangents(x, name),
                ] {
                    #expect(found.indices.filter { found[$0].isNaN } == [place])
                }
            }
        }
    }

    /// Fused multiplication and addition rounds once less: a few units in the last place.
    @Test(arguments: InstructionSets.available)
    func everyInstructionSetComputesTheSame(name: String) throws {
        let x = range(-95, 95, 20_011) + range(-2, 2, 20_011)
        for (a, b) in [
            (try exponential(x, name), try exponential(x, "baseline")),
            (try sigmoids(x, name), try sigmoids(x, "baseline")),
            (try tangents(x, name), try tangents(x, "baseline")),
        ] {
            #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 4 * max($0.ulp, $1.ulp) })
        }
    }

    @Test func whatTheProcessorLacksIsNotThere() {
        #expect(InstructionSets.available.first == "baseline")
        #expect(pointwise_loops_named("sse9") == nil)
        for name in InstructionSets.available {
            #expect(pointwise_loops_named(name).map { String(cString: $0.pointee.name) } == name)
        }
        let chosen = pointwise_loops_for_this_processor().map { String(cString: $0.pointee.name) }
        #expect(chosen.map(InstructionSets.available.contains) == true)
    }
}
