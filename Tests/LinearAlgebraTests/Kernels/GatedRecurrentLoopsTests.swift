import CKernels
import Foundation
import Testing

/// The loops of the gated recurrent unit against the formulas in double precision.
///
/// Tolerance: the functions are good to 4 units in the last place (2⁻²³ relative each), what follows
/// rounds a handful of times. 2e-6 of the largest term leaves a factor of two.
struct GatedRecurrentLoopsTests {
    private static let tolerance = 2e-6
    private static let clip: Float = 0.8

    /// Three rows with padding, except for those arrays that have none.
    private struct Case {
        let rows = 3
        let units: Int
        var gates: Rows, state: Rows
        var gradient: [Float], resetGradient: [Float]

        init(units: Int, range: Double = 4) {
            var numbers = TestNumbers(UInt64(units))
            self.units = units
            gates = Rows(3, 3 * units, padding: units % 4) { Float(numbers.uniform(-range, range)) }
            state = Rows(3, units, padding: (units + 1) % 3) { Float(numbers.uniform(-1.5, 1.5)) }
            gradient = numbers.floats(3 * units)
            resetGradient = numbers.floats(3 * units)
        }

        func gate(_ row: Int, _ gate: Int, _ unit: Int) -> Double {
            Double(gates[row, gate * units + unit])
        }
    }

    @Test(arguments: InstructionSets.available)
    func gates(name: String) throws {
        let loops = try InstructionSets.loops(name)
        for units in rowLengths {
            let made = Case(units: units)
            var gates = made.gates
            var reset = [Float](repeating: 0, count: 3 * units)
            loops.gru_gates(
                3, units, &gates.values, gates.leading, made.state.values, made.state.leading, &reset)
            var expected: [Double] = []
            var expectedReset: [Double] = []
            for i in 0..<3 {
                expected += (0..<2 * units).map { sigmoid(Double(made.gates[i, $0])) }
                expected += (2 * units..<3 * units).map { Double(made.gates[i, $0]) }
                expectedReset += (0..<units).map {
                    sigmoid(made.gate(i, 1, $0)) * Double(made.state[i, $0])
                }
            }
            #expect(worstError(gates.dense, expected) { max(abs(expected[$0]), 1e-9) } < Self.tolerance)
            #expect(
                worstError(reset, expectedReset) { max(abs(expectedReset[$0]), 1e-9) } < Self.tolerance)
            #expect(gates.paddingIsUntouched)
        }
    }

    @Test(arguments: InstructionSets.available)
    func newState(name: String) throws {
        let loops = try InstructionSets.loops(name)
        for units in rowLengths {
            var made = Case(units: units)
            for i in 0..<3 { for j in 0..<units { made.gates[i, j] = abs(made.gates[i, j]) / 4 } }
            var gates = made.gates
            var next = Rows(3, units, padding: units % 5) { 0 }
            loops.gru_state(
                3, units, &gates.values, gates.leading, made.state.values, made.state.leading,
                Self.clip, &next.values, next.leading)
            var expected: [Double] = []
            var expectedGates: [Double] = []
            for i in 0..<3 {
                expectedGates += (0..<2 * units).map { Double(made.gates[i, $0]) }
                for j in 0..<units {
                    let (z, n) = (made.gate(i, 0, j), tanh(made.gate(i, 2, j)))
                    expectedGates.append(n)
                    let value = z * Double(made.state[i, j]) + (1 - z) * n
                    expected.append(min(max(value, -Double(Self.clip)), Double(Self.clip)))
                }
            }
            #expect(worstError(next.dense, expected) { _ in 1.5 } < Self.tolerance)
            #expect(worstError(gates.dense, expectedGates) { _ in 1 } < Self.tolerance)
            #expect(next.dense.contains(Self.clip) || next.dense.contains(-Self.clip) || units < 8)
            #expect(gates.paddingIsUntouched && next.paddingIsUntouched)
        }
    }

    @Test(arguments: InstructionSets.available)
    func gradientOfTheNewState(name: String) throws {
        let loops = try InstructionSets.loops(name)
        for units in rowLengths {
            var made = Case(units: units, range: 1)
            for i in 0..<3 { for j in 0..<2 * units { made.gates[i, j] = abs(made.gates[i, j]) } }
            var gradient = made.gradient
            // What the loop does not write, the reset gate's part, stays as it is.
            var gates = [Float](repeating: 0.25, count: 9 * units)
            loops.gru_state_backward(
                3, units, made.gates.values, made.gates.leading, made.state.values,
                made.state.leading, Self.clip, &gradient, &gates)
            var expected: [Double] = []
            var expectedGates = [Double](repeating: 0.25, count: 9 * units)
            var clipped = 0
            for i in 0..<3 {
                for j in 0..<units {
                    let (z, n) = (made.gate(i, 0, j), made.gate(i, 2, j))
                    let h = Double(made.state[i, j])
                    let isClipped = abs(z * h + (1 - z) * n) > Double(Self.clip)
                    clipped += isClipped ? 1 : 0
                    let g = isClipped ? 0 : Double(made.gradient[i * units + j])
                    expected.append(g * z)
                    expectedGates[i * 3 * units + j] = g * (h - n) * z * (1 - z)
                    expectedGates[i * 3 * units + 2 * units + j] = g * (1 - z) * (1 - n * n)
                }
            }
            #expect(worstError(gradient, expected) { _ in 1 } < Self.tolerance)
            #expect(worstError(gates, expectedGates) { _ in 1 } < Self.tolerance)
            #expect(clipped > 0 || units < 8)
        }
    }

    @Test(arguments: InstructionSets.available)
    func gradientOfTheReset(name: String) throws {
        let loops = try InstructionSets.loops(name)
        for units in rowLengths {
            var made = Case(units: units, range: 1)
            for i in 0..<3 { for j in 0..<3 * units { made.gates[i, j] = abs(made.gates[i, j]) } }
            var gradient = made.gradient
            var gates = [Float](repeating: 0.25, count: 9 * units)
            var resetState = [Float](repeating: 0, count: 3 * units)
            loops.gru_reset_backward(
                3, units, made.gates.values, made.gates.leading, made.state.values,
                made.state.leading, made.resetGradient, &gradient, &gates, &resetState)
            var expected: [Double] = []
            var expectedReset: [Double] = []
            var expectedGates = [Double](repeating: 0.25, count: 9 * units)
            for i in 0..<3 {
                for j in 0..<units {
                    let r = made.gate(i, 1, j)
                    let d = Double(made.resetGradient[i * units + j])
                    expected.append(Double(made.gradient[i * units + j]) + d * r)
                    expectedReset.append(r * Double(made.state[i, j]))
                    expectedGates[i * 3 * units + units + j] =
                        d * Double(made.state[i, j]) * r * (1 - r)
                }
            }
            #expect(worstError(gradient, expected) { _ in 2 } < Self.tolerance)
            #expect(worstError(gates, expectedGates) { _ in 1.5 } < Self.tolerance)
            #expect(worstError(resetState, expectedReset) { _ in 1.5 } < Self.tolerance)
        }
    }

    /// A state that is no number must not be clipped into one, forward or backward.
    @Test(arguments: InstructionSets.available)
    func whatIsNoNumberStaysNone(name: String) throws {
        let loops = try InstructionSets.loops(name)
        for units in [1, 7, 16, 33] {
            let bad = units / 2
            var made = Case(units: units)
            for i in 0..<3 { for j in 0..<2 * units { made.gates[i, j] = 0.5 } }
            made.state[1, bad] = .nan
            var gates = made.gates
            var next = Rows(3, units) { 0 }
            var reset = [Float](repeating: 0, count: 3 * units)
            loops.gru_state(
                3, units, &gates.values, gates.leading, made.state.values, made.state.leading,
                Self.clip, &next.values, next.leading)
            #expect(next.dense.indices.filter { next.dense[$0].isNaN } == [units + bad])
            loops.gru_gates(
                3, units, &gates.values, gates.leading, made.state.values, made.state.leading, &reset)
            #expect(reset.indices.filter { reset[$0].isNaN } == [units + bad])
            var gradient = made.gradient
            var gateGradients = [Float](repeating: 0, count: 9 * units)
            loops.gru_state_backward(
                3, units, gates.values, gates.leading, made.state.values, made.state.leading,
                Self.clip, &gradient, &gateGradients)
            #expect(gateGradients[3 * units + bad].isNaN)
        }
    }
}
