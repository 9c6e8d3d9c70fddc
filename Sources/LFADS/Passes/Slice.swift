/// Rows of a pass that go through the model together, time step by time step.
///
/// Arrays over time are time-major, `[bins, rows, …]`, so that a bin's rows are one matrix; what belongs
/// to a single trial (its counts, its masks, its read-out) is trial-major.
struct Slice {
    let rows: Int
    /// Place of the first row in the batch.
    let firstRow: Int
    /// Rows that buffers have room for: those of the pass's largest slice, whichever worker meets it.
    let capacity: Int

    init(_ range: Range<Int>, _ context: PassContext) {
        rows = range.count
        firstRow = range.lowerBound
        capacity = max(rows, context.largestSlice)
    }

    /// Row `index` of the slice.
    @inline(__always)
    func row(_ index: Int, _ context: PassContext) -> BatchRow { context.batch.row(firstRow + index) }

    /// `out ← input·Wᵀ + b` for the slice's rows.
    func apply(
        _ map: PackedAffine, _ packed: PackedParameters, _ input: UnsafePointer<Float>,
        into out: UnsafeMutablePointer<Float>
    ) {
        multiply(
            packed.term(input, leading: map.inputs, map.forward), into: out, leadingC: map.outputs,
            rows: rows, columns: map.outputs, bias: packed.pointer(map.bias))
    }
}
