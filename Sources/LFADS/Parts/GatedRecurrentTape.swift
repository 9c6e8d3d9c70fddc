import CKernels

/// A recurrent unit unrolled over time for one slice, with what its backward pass needs.
///
/// z = σ(W_z x + U_z h + b_z), r = σ(W_r x + U_r h + b_r), n = tanh(W_n x + b_n + U_n (r∘h)),
/// h' = clip(z∘h + (1 − z)∘n): the reset gate acts *before* the recurrent product.
///
/// All arrays are time-major: `[steps, rows, …]`. Products with the input and with the state are one sum
/// in registers, so pre-activations are written once, and are gates when they leave the cache.
final class GatedRecurrentTape {
    let units: Int
    /// Runs from the last bin to the first.
    let isReversed: Bool
    private(set) var rows = 0
    private(set) var steps = 0
    /// `[steps, rows, 3·units]`
    let gates = FloatBuffer()
    /// `[steps + 1, rows, units]`. Forward in time: slot t holds the state before bin t. Reversed:
    /// slot t + 1 does.
    let states = FloatBuffer()
    /// Gradient of the current state, `[rows, units]`.
    let dState = FloatBuffer()
    private let dResetState = FloatBuffer()

    /// Backward, gradients of the pre-activations and r∘h of a few steps, until their products with the
    /// inputs and states are added to the weights' gradients: they never leave the cache.
    private let dGates = FloatBuffer()
    private let resetStates = FloatBuffer()
    private var chunkSteps = 1
    private var chunkCapacity = 0

    init(units: Int, isReversed: Bool = false) {
        self.units = units
        self.isReversed = isReversed
    }

    /// Rows of a chunk of gradients: as many as the products take in one block.
    private static let chunkRows = 192

    /// - Parameter capacity: rows to have room for, at least `rows`.
    func prepare(rows: Int, steps: Int, capacity: Int) {
        self.rows = rows
        self.steps = steps
        chunkSteps = max(1, min(steps, Self.chunkRows / max(rows, 1)))
        chunkCapacity = min(steps * capacity, max(Self.chunkRows, capacity))
        gates.reserve(steps * capacity * 3 * units)
        states.reserve((steps + 1) * capacity * units)
        resetStates.reserve(chunkCapacity * units)
        dState.reserve(capacity * units)
    }

    private var stateStride: Int { rows * units }
    private func gates(at step: Int) -> UnsafeMutablePointer<Float> {
        gates.base + step * rows * 3 * units
    }
    /// The state that bin `step` starts from.
    func state(before step: Int) -> UnsafeMutablePointer<Float> {
        states.base + (isReversed ? step + 1 : step) * stateStride
    }
    func state(after step: Int) -> UnsafeMutablePointer<Float> {
        states.base + (isReversed ? step : step + 1) * stateStride
    }
    var initialState: UnsafeMutablePointer<Float> { state(before: isReversed ? steps - 1 : 0) }
    var finalState: UnsafeMutablePointer<Float> { state(after: isReversed ? 0 : steps - 1) }

    var byteCount: Int {
        [gates, states, dState, dResetState, dGates, resetStates].reduce(0) { $0 + $1.byteCount }
    }

    /// One bin forward.
    ///
    /// - Parameter inputs: of that bin, `[rows, cell.inputs]`.
    func step(
        _ step: Int, _ packed: PackedParameters, _ cell: PackedCell, inputs: UnsafePointer<Float>,
        clip: Float
    ) {
        let gates = gates(at: step)
        let before = state(before: step)
        let reset = resetStates.base
        multiply(
            packed.term(inputs, leading: cell.inputs, cell.inputToGates),
            packed.term(before, leading: units, cell.stateToGates),
            into: gates, leadingC: 3 * units, rows: rows, columns: 2 * units,
            bias: packed.pointer(cell.gateBias))
        loops.pointee.gru_gates(rows, units, gates, 3 * units, before, units, reset)
        multiply(
            packed.term(inputs, leading: cell.inputs, cell.inputToCandidate),
            packed.term(reset, leading: units, cell.stateToCandidate),
            into: gates + 2 * units, leadingC: 3 * units, rows: rows, columns: units,
            bias: packed.pointer(cell.candidateBias))
        loops.pointee.gru_state(
            rows, units, gates, 3 * units, before, units, clip, state(after: step), units)
    }

    /// All bins in the tape's direction.
    ///
    /// - Parameter inputs: `[steps, rows, cell.inputs]`
    func run(
        _ packed: PackedParameters, _ cell: PackedCell, inputs: UnsafePointer<Float>, clip: Float
    ) {
        for k in 0..<steps {
            let bin = isReversed ? steps - 1 - k : k
            step(bin, packed, cell, inputs: inputs + bin * rows * cell.inputs, clip: clip)
        }
    }

    // MARK: Backward

    func prepareBackward() {
        dGates.reserve(chunkCapacity * 3 * units)
        dResetState.reserve(chunkCapacity * units)
    }

    private func chunkStart(_ step: Int) -> Int { step / chunkSteps * chunkSteps }

    /// Gradients of a bin's pre-activations, `[rows, 3·units]`, after `stepBackward` and until the next
    /// bin's.
    func dGates(at step: Int) -> UnsafeMutablePointer<Float> {
        dGates.base + (step - chunkStart(step)) * rows * 3 * units
    }

    /// One bin backward: `dState` goes from ∂/∂h' to ∂/∂h. Bins come in the order opposite to the
    /// tape's; after the last of a chunk its gradients of weights are added.
    ///
    /// - Parameters:
    ///   - inputs: of all bins. - dInputs: of all bins, added to; `nil` where nobody needs it.
    func stepBackward(
        _ step: Int, _ packed: PackedParameters, _ cell: PackedCell,
        _ place: ParameterTable.Cell, inputs: UnsafePointer<Float>,
        dInputs: UnsafeMutablePointer<Float>?, clip: Float, _ gradient: ShardGradient
    ) {
        let gates = gates(at: step)
        let d = dGates(at: step)
        let before = state(before: step)
        let reset = resetStates.base + (step - chunkStart(step)) * stateStride
        loops.pointee.gru_state_backward(
            rows, units, gates, 3 * units, before, units, clip, dState.base, d)
        // The bin that comes next was written long ago.
        let next = isReversed ? step + 1 : step - 1
        if (0..<steps).contains(next) {
            loops.pointee.prefetch(rows * 3 * units, self.gates(at: next))
            loops.pointee.prefetch(rows * units, state(before: next))
        }
        multiply(
            packed.term(d + 2 * units, leading: 3 * units, cell.candidateToState),
            into: dResetState.base, leadingC: units, rows: rows, columns: units)
        loops.pointee.gru_reset_backward(
            rows, units, gates, 3 * units, before, units, dResetState.base, dState.base, d, reset)
        multiply(
            packed.term(d, leading: 3 * units, cell.gatesToState), into: dState.base,
            leadingC: units, rows: rows, columns: units, accumulate: true)

        let first = chunkStart(step)
        let last = min(first + chunkSteps, steps) - 1
        guard step == (isReversed ? last : first) else { return }
        let count = (last - first + 1) * rows
        addWeightGradients(
            place, inputs: inputs + first * rows * cell.inputs, first: first, count: count, gradient)
        if let dInputs {
            multiply(
                packed.term(dGates.base, leading: 3 * units, cell.toInput),
                into: dInputs + first * rows * cell.inputs, leadingC: cell.inputs, rows: count,
                columns: cell.inputs, accumulate: true)
        }
    }

    /// Input weights [inputs, 3·units], recurrent weights [units, 3·units] and bias of a chunk.
    private func addWeightGradients(
        _ cell: ParameterTable.Cell, inputs: UnsafePointer<Float>, first: Int, count: Int,
        _ gradient: ShardGradient
    ) {
        let before = states.base + (isReversed ? first + 1 : first) * stateStride
        // Update and reset gate read the state itself, the candidate read r∘h.
        func add(column: Int, columns: Int, state: UnsafePointer<Float>) {
            addTransposedProducts(
                transposed_term(
                    a: inputs, ld_a: cell.inputs, rows: cell.inputs,
                    c: gradient.shared(cell.inputWeights) + column, ld_c: 3 * units),
                transposed_term(
                    a: state, ld_a: units, rows: units,
                    c: gradient.shared(cell.recurrentWeights) + column, ld_c: 3 * units),
                dGates.base + column, leadingB: 3 * units, columns: columns, inner: count)
        }
        add(column: 0, columns: 2 * units, state: before)
        add(column: 2 * units, columns: units, state: resetStates.base)
        loops.pointee.add_column_sums(
            count, 3 * units, dGates.base, 3 * units, gradient.shared(cell.bias))
    }
}
