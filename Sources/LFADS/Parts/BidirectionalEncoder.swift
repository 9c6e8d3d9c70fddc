import CKernels

/// Two recurrent cells over the same input, one from the first bin to the last and one back: what both
/// encoders of the model are.
final class BidirectionalEncoder {
    let units: Int
    let forwardTape: GatedRecurrentTape
    let backwardTape: GatedRecurrentTape

    init(units: Int) {
        self.units = units
        forwardTape = GatedRecurrentTape(units: units)
        backwardTape = GatedRecurrentTape(units: units, isReversed: true)
    }

    /// - Parameter inputs: `[bins, rows, inputs]`
    func forward(
        _ context: PassContext, _ slice: Slice, _ cells: PackedEncoder, _ places: ParameterTable.Encoder,
        inputs: UnsafePointer<Float>, bins: Int
    ) {
        run(context, slice, forwardTape, cells.forward, inputs, bins, state: places.states)
        run(context, slice, backwardTape, cells.backward, inputs, bins, state: places.states + units)
    }

    private func run(
        _ context: PassContext, _ slice: Slice, _ tape: GatedRecurrentTape, _ cell: PackedCell,
        _ inputs: UnsafePointer<Float>, _ bins: Int, state: Int
    ) {
        tape.prepare(rows: slice.rows, steps: bins, capacity: slice.capacity)
        loops.pointee.broadcast_row(
            slice.rows, units, context.pointer(state), tape.initialState, units)
        tape.run(context.packed, cell, inputs: inputs, clip: context.model.stateClip)
    }

    /// Gradients of one direction's outputs: those of a bin stand `lag` bins later, rows `stride` apart.
    struct OutputGradient {
        let base: UnsafePointer<Float>
        let stride: Int
        let lag: Int
    }

    /// Both tapes backward over all bins from their `dState`, and their initial states' gradients.
    ///
    /// - Parameters:
    ///   - dInputs: added to; `nil` where nobody needs it.
    ///   - outputs: of both directions, where every bin's output is read and not only the last one's.
    func backward(
        _ context: PassContext, _ slice: Slice, _ cells: PackedEncoder, _ places: ParameterTable.Encoder,
        inputs: UnsafePointer<Float>, dInputs: UnsafeMutablePointer<Float>?,
        outputs: (forward: OutputGradient, backward: OutputGradient)? = nil, _ gradient: ShardGradient
    ) {
        runBackward(
            context, slice, forwardTape, cells.forward, places.forward, inputs, dInputs,
            outputs?.forward, gradient, state: places.states)
        runBackward(
            context, slice, backwardTape, cells.backward, places.backward, inputs, dInputs,
            outputs?.backward, gradient, state: places.states + units)
    }

    private func runBackward(
        _ context: PassContext, _ slice: Slice, _ tape: GatedRecurrentTape, _ cell: PackedCell,
        _ place: ParameterTable.Cell, _ inputs: UnsafePointer<Float>,
        _ dInputs: UnsafeMutablePointer<Float>?, _ output: OutputGradient?, _ gradient: ShardGradient,
        state: Int
    ) {
        tape.prepareBackward()
        for k in 0..<tape.steps {
            let bin = tape.isReversed ? k : tape.steps - 1 - k
            if let output, (0..<tape.steps).contains(bin + output.lag) {
                loops.pointee.add_rows(
                    slice.rows, units, output.base + (bin + output.lag) * slice.rows * output.stride,
                    output.stride, tape.dState.base, units)
            }
            tape.stepBackward(
                bin, context.packed, cell, place, inputs: inputs, dInputs: dInputs,
                clip: context.model.stateClip, gradient)
        }
        loops.pointee.add_column_sums(
            slice.rows, units, tape.dState.base, units, gradient.shared(state))
    }

    var byteCount: Int { forwardTape.byteCount + backwardTape.byteCount }
}
