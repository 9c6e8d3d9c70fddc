import CKernels

/// Where a shard's gradients stand in its own buffer: the shared tensors as in the table, then one
/// block per session that the shard meets. A shard thus needs no room for other sessions.
///
/// A weight matrix's gradient stands either as the table has it, [outputs, inputs], or transposed,
/// whichever wastes less of the vectors that run along its rows; the reduction over shards turns it.
struct ShardGradientLayout: Sendable {
    /// Ascending and without gaps in the batch's order.
    let sessions: [Int]
    /// From a tensor's offset in the table to its place here, per session.
    private let shifts: [Int]
    let count: Int

    init(sessions: [Int], _ table: ParameterTable) {
        self.sessions = sessions
        var next = table.sharedCount
        var shifts: [Int] = []
        for session in sessions {
            shifts.append(next - table.sessions[session].start)
            next += table.sessions[session].count
        }
        self.shifts = shifts
        count = next
    }

    /// Place of a session's tensor, given its offset in the table; `nil` where the shard does not meet it.
    func place(_ offset: Int, ofSession session: Int) -> Int? {
        // Few sessions a shard, and in order: the guess is right unless one without rows is between.
        guard let first = sessions.first else { return nil }
        let guess = session - first
        if sessions.indices.contains(guess), sessions[guess] == session {
            return offset + shifts[guess]
        }
        return sessions.firstIndex(of: session).map { offset + shifts[$0] }
    }

    /// Whether the gradient of an [outputs, inputs] matrix stands as [inputs, outputs].
    static func isTransposed(outputs: Int, inputs: Int) -> Bool {
        products.pointee.padded_columns(outputs) * inputs
            <= products.pointee.padded_columns(inputs) * outputs
    }
}

/// One shard's gradient, open for adding.
struct ShardGradient {
    let base: UnsafeMutablePointer<Float>
    let layout: ShardGradientLayout

    /// A tensor of the shared block.
    @inline(__always)
    func shared(_ offset: Int) -> UnsafeMutablePointer<Float> { base + offset }

    /// A tensor of a session that the shard meets.
    func ofSession(_ offset: Int, session: Int) -> UnsafeMutablePointer<Float> {
        guard let place = layout.place(offset, ofSession: session) else {
            preconditionFailure("session \(session) has no rows in this shard")
        }
        return base + place
    }
    /// Adds the gradients of a shared affine map over `count` rows, in the shard's orientation.
    func add(
        _ map: ParameterTable.Affine, dOut: UnsafePointer<Float>, leadingOut: Int,
        _ input: UnsafePointer<Float>, leadingIn: Int, count: Int
    ) {
        Self.add(
            map, dOut, leadingOut, input, leadingIn, count, weights: shared(map.weights),
            bias: shared(map.bias))
    }

    /// The same for a map of one session.
    func add(
        _ map: ParameterTable.Affine, ofSession session: Int, dOut: UnsafePointer<Float>,
        leadingOut: Int, _ input: UnsafePointer<Float>, leadingIn: Int, count: Int
    ) {
        Self.add(
            map, dOut, leadingOut, input, leadingIn, count,
            weights: ofSession(map.weights, session: session),
            bias: ofSession(map.bias, session: session))
    }

    private static func add(
        _ map: ParameterTable.Affine, _ dOut: UnsafePointer<Float>, _ leadingOut: Int,
        _ input: UnsafePointer<Float>, _ leadingIn: Int, _ count: Int,
        weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>
    ) {
        if ShardGradientLayout.isTransposed(outputs: map.outputs, inputs: map.inputs) {
            addTransposedProduct(
                input, leadingA: leadingIn, rows: map.inputs, dOut, leadingB: leadingOut,
                columns: map.outputs, inner: count, into: weights, leadingC: map.outputs)
        } else {
            addTransposedProduct(
                dOut, leadingA: leadingOut, rows: map.outputs, input, leadingB: leadingIn,
                columns: map.inputs, inner: count, into: weights, leadingC: map.inputs)
        }
        loops.pointee.add_column_sums(count, map.outputs, dOut, leadingOut, bias)
    }
}
