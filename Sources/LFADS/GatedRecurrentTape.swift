import CKernels
import LinearAlgebra

/// A recurrent unit unrolled over time for one shard, with what its backward pass needs.
///
/// z = σ(W_z x + U_z h + b_z), r = σ(W_r x + U_r h + b_r), n = tanh(W_n x + b_n + U_n (r∘h)),
/// h' = clip(z∘h + (1 − z)∘n): the reset gate acts *before* the recurrent product.
///
/// All arrays are time-major: `[steps, rows, …]`. The products with the inputs are the caller's
/// (one large product for all steps where the inputs are known in advance); the tape adds the
/// recurrent part.
final class GatedRecurrentTape {
    let units: Int
    /// Runs from the last bin to the first.
    let isReversed: Bool
    private(set) var rows = 0
    private(set) var steps = 0
    /// `[steps, rows, 3·units]`: pre-activations, then gates, then (backward) gradients of the
    /// pre-activations.
    let gates = FloatBuffer()
    /// `[steps + 1, rows, units]`. Forward in time: slot t holds the state before bin t. Reversed:
    /// slot t + 1 does.
    let states = FloatBuffer()
    /// r∘h, `[steps, rows, units]`.
    private let resetStates = FloatBuffer()
    private let dResetState = FloatBuffer()
    /// Gradient of the current state, `[rows, units]`.
    let dState = FloatBuffer()

    init(units: Int, isReversed: Bool = false) {
        self.units = units
        self.isReversed = isReversed
    }

    func prepare(rows: Int, steps: Int) {
        self.rows = rows
        self.steps = steps
        gates.reserve(steps * rows * 3 * units)
        states.reserve((steps + 1) * rows * units)
        resetStates.reserve(steps * rows * units)
        dResetState.reserve(rows * units)
        dState.reserve(rows * units)
    }

    var gateStride: Int { rows * 3 * units }
    var stateStride: Int { rows * units }

    func gates(at step: Int) -> UnsafeMutablePointer<Float> { gates.base + step * gateStride }
    /// The state that bin `step` starts from.
    func state(before step: Int) -> UnsafeMutablePointer<Float> {
        states.base + (isReversed ? step + 1 : step) * stateStride
    }
    func state(after step: Int) -> UnsafeMutablePointer<Float> {
        states.base + (isReversed ? step : step + 1) * stateStride
    }
    var initialState: UnsafeMutablePointer<Float> { state(before: isReversed ? steps - 1 : 0) }
    var finalState: UnsafeMutablePointer<Float> { state(after: isReversed ? 0 : steps - 1) }

    /// Pre-activations of all steps ← bias + inputs·Wᵀ.
    ///
    /// - Parameters:
    ///   - inputs: `[steps, rows, …]`, of which `inputCount` columns count.
    ///   - weights: first used column of the input weights, whose rows are `cell.inputs` long.
    func setInputs(
        _ inputs: UnsafePointer<Float>, leading: Int, inputCount: Int,
        weights: UnsafePointer<Float>, cell: ParameterTable.Cell, bias: UnsafePointer<Float>
    ) {
        loops.pointee.broadcast_row(steps * rows, 3 * units, bias, gates.base, 3 * units)
        multiply(
            inputs, leadingA: leading, weights, leadingB: cell.inputs, transposeB: true,
            into: gates.base, leadingC: 3 * units, rows: steps * rows, columns: 3 * units,
            inner: inputCount, accumulate: true)
    }

    /// One bin forward; its pre-activations hold the inputs' part.
    func step(_ step: Int, recurrent: UnsafePointer<Float>, clip: Float) {
        let gates = gates(at: step)
        let before = state(before: step)
        let reset = resetStates.base + step * stateStride
        multiply(
            before, leadingA: units, recurrent, leadingB: units, transposeB: true,
            into: gates, leadingC: 3 * units, rows: rows, columns: 2 * units, inner: units,
            accumulate: true)
        loops.pointee.gru_gates(rows, units, gates, 3 * units, before, units, reset)
        multiply(
            reset, leadingA: units, recurrent + 2 * units * units, leadingB: units,
            transposeB: true, into: gates + 2 * units, leadingC: 3 * units, rows: rows,
            columns: units, inner: units, accumulate: true)
        loops.pointee.gru_state(
            rows, units, gates, 3 * units, before, units, clip, state(after: step), units)
    }

    /// All bins in the tape's direction.
    func run(recurrent: UnsafePointer<Float>, clip: Float) {
        for k in 0..<steps { step(isReversed ? steps - 1 - k : k, recurrent: recurrent, clip: clip) }
    }

    /// One bin backward: `dState` goes from ∂/∂h' to ∂/∂h, the gates become the gradients of their
    /// pre-activations.
    func stepBackward(_ step: Int, recurrent: UnsafePointer<Float>, clip: Float) {
        let gates = gates(at: step)
        let before = state(before: step)
        loops.pointee.gru_state_backward(
            rows, units, gates, 3 * units, before, units, clip, dState.base)
        multiply(
            gates + 2 * units, leadingA: 3 * units, recurrent + 2 * units * units, leadingB: units,
            into: dResetState.base, leadingC: units, rows: rows, columns: units, inner: units)
        loops.pointee.gru_reset_backward(
            rows, units, gates, 3 * units, before, units, dResetState.base, dState.base)
        multiply(
            gates, leadingA: 3 * units, recurrent, leadingB: units, into: dState.base,
            leadingC: units, rows: rows, columns: units, inner: 2 * units, accumulate: true)
    }

    /// Gradients of the recurrent weights and the bias, after every step went backward.
    func addWeightGradients(recurrent: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>) {
        let before = states.base + (isReversed ? stateStride : 0)
        let all = steps * rows
        multiply(
            gates.base, leadingA: 3 * units, transposeA: true, before, leadingB: units,
            into: recurrent, leadingC: units, rows: 2 * units, columns: units, inner: all,
            accumulate: true)
        multiply(
            gates.base + 2 * units, leadingA: 3 * units, transposeA: true, resetStates.base,
            leadingB: units, into: recurrent + 2 * units * units, leadingC: units, rows: units,
            columns: units, inner: all, accumulate: true)
        loops.pointee.add_column_sums(all, 3 * units, gates.base, 3 * units, bias)
    }

    /// Gradient of the input weights: Σ over bins and rows of (gate gradient)ᵀ·input.
    func addInputWeightGradients(
        _ inputs: UnsafePointer<Float>, leading: Int, inputCount: Int,
        into weights: UnsafeMutablePointer<Float>, cell: ParameterTable.Cell
    ) {
        multiply(
            gates.base, leadingA: 3 * units, transposeA: true, inputs, leadingB: leading,
            into: weights, leadingC: cell.inputs, rows: 3 * units, columns: inputCount,
            inner: steps * rows, accumulate: true)
    }
}
