/// What the benchmark needs: single updates, the loss along a direction, memory.
extension StitchedTraining {
    /// Draws the order of the coming epoch's updates.
    package func beginEpoch() { order.begin(sessions, seed: seed, epoch: epochsDone) }

    /// One update of the epoch that has begun, both ramps at their end.
    package func runUpdate(_ index: Int) throws {
        let (norm, isMade) = try update(order.batch(index), 1, 1, schedule.learningRate)
        guard isMade else { throw diagnosis(epoch: epochsDone, norm: norm) }
    }

    /// Total loss and its whole gradient for an update of the epoch that has begun, both ramps at their
    /// end; parameters stay. The draws are the same in every call.
    package func lossAndGradient(ofUpdate index: Int) throws -> (loss: Double, gradient: [Float]) {
        try computeGradient(order.batch(index), 1, 1)
        return (
            stepLosses.total,
            Array(UnsafeBufferPointer(start: gradient.base, count: model.table.count))
        )
    }
}

/// Bytes that a model in training holds, by what they are for.
package struct MemoryUse: Sendable {
    /// Parameters and their gradient.
    package let parameters: Int
    package let packedParameters: Int
    /// One gradient per shard.
    package let shardGradients: Int
    /// One slice's activations per worker.
    package let activations: Int
}

extension StitchedTraining {
    package var memoryUse: MemoryUse {
        MemoryUse(
            parameters: model.parameters.byteCount + gradient.byteCount,
            packedParameters: model.packed.byteCount, shardGradients: gradientPass?.byteCount ?? 0,
            activations: model.workspaces.reduce(0) { $0 + $1.byteCount })
    }
}

extension StitchedModel {

    /// The instruction set of the products and the pointwise loops.
    package static var instructionSet: String { String(cString: products.pointee.name) }
}
