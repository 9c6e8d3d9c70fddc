import CKernels

/// The factors f = Ŵ·dropout(g), a linear read-out of the generator's states.
///
/// Slot t + 1 belongs to bin t; slot 0 belongs to the start and feeds only the controller.
final class Factors {
    private let model: ModelConfiguration
    /// `[bins + 1, rows, factors]`, and their gradient.
    let values = FloatBuffer()
    private let dValues = FloatBuffer()
    /// The generator's states after dropout, `[bins + 1, rows, units]`.
    private let droppedStates = FloatBuffer()
    private let statesMask: DropoutMask
    private let dDroppedState = FloatBuffer()

    init(_ model: ModelConfiguration, _ scratch: DrawScratch) {
        self.model = model
        statesMask = DropoutMask(model, purpose: RandomPurpose.generatorStateDropout, scratch)
    }

    func prepare(_ context: PassContext, _ slice: Slice) {
        let slots = model.binCount + 1
        values.reserve(slots * slice.capacity * model.factorCount)
        statesMask.draw(context, slice, steps: slots, width: model.generatorUnits)
        if statesMask.isActive { droppedStates.reserve(slots * slice.capacity * model.generatorUnits) }
    }

    @inline(__always)
    func values(_ slot: Int, _ slice: Slice) -> UnsafeMutablePointer<Float> {
        values.base + slot * slice.rows * model.factorCount
    }

    @inline(__always)
    func gradient(_ slot: Int, _ slice: Slice) -> UnsafeMutablePointer<Float> {
        dValues.base + slot * slice.rows * model.factorCount
    }

    /// One slot, from the generator's state in it.
    func compute(_ slot: Int, _ context: PassContext, _ slice: Slice, from generator: Generator) {
        let units = model.generatorUnits
        var states = UnsafePointer(generator.tape.states.base + slot * slice.rows * units)
        if statesMask.isActive {
            let dropped = droppedStates.base + slot * slice.rows * units
            statesMask.apply(states, step: slot, into: dropped)
            states = UnsafePointer(dropped)
        }
        multiply(
            context.packed.term(states, leading: units, context.packed.factors),
            into: values(slot, slice), leadingC: model.factorCount, rows: slice.rows,
            columns: model.factorCount)
    }

    // MARK: Backward

    /// Room for the gradients that the reconstruction writes; the start, which it does not see, has 0.
    func prepareBackward(_ slice: Slice) {
        dValues.reserve((model.binCount + 1) * slice.capacity * model.factorCount)
        dValues.setToZero(slice.rows * model.factorCount)
        dDroppedState.reserve(slice.capacity * model.generatorUnits)
    }

    /// Adds ∂/∂g of a slot to the generator's `dState`.
    func backward(_ slot: Int, _ context: PassContext, _ slice: Slice, to generator: Generator) {
        let units = model.generatorUnits
        let d = context.packed.term(
            gradient(slot, slice), leading: model.factorCount, context.packed.factorsBackward)
        guard statesMask.isActive else {
            multiply(
                d, into: generator.tape.dState.base, leadingC: units, rows: slice.rows,
                columns: units, accumulate: true)
            return
        }
        multiply(d, into: dDroppedState.base, leadingC: units, rows: slice.rows, columns: units)
        statesMask.addApplied(dDroppedState.base, step: slot, into: generator.tape.dState.base)
    }

    /// ∂/∂Ŵ of the slots from `first` on; it goes through the normalisation once per update.
    func addWeightGradient(
        fromSlot first: Int, _ context: PassContext, _ slice: Slice, _ generator: Generator,
        _ gradient: ShardGradient
    ) {
        let units = model.generatorUnits
        let states = statesMask.isActive ? droppedStates.base : generator.tape.states.base
        addTransposedProduct(
            self.gradient(first, slice), leadingA: model.factorCount, rows: model.factorCount,
            states + first * slice.rows * units, leadingB: units, columns: units,
            inner: (model.binCount + 1 - first) * slice.rows,
            into: gradient.shared(context.table.factorWeights), leadingC: units)
    }

    var byteCount: Int {
        [values, dValues, droppedStates, dDroppedState].reduce(0) { $0 + $1.byteCount }
            + statesMask.byteCount
    }
}
