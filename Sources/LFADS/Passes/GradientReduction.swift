import CKernels

/// Σ over shards of their gradients, in the order of the shards, into the flat gradient; matrices that
/// the shards keep transposed are turned on the way.
///
/// Cut into bands of matrices that fit the cache, in any order and by any worker: an element's sum does
/// not depend on it.
final class GradientReduction: SharedWork, @unchecked Sendable {
    private struct Band {
        /// Offset of the tensor in the flat gradient.
        let tensor: Int
        /// `[inputs, outputs]` in the shards and `[outputs, inputs]` in the flat gradient; a tensor that
        /// stands alike in both has one output.
        let outputs: Int, inputs: Int
        let rows: Range<Int>
        /// Places in `sources`.
        let shards: Range<Int>
    }

    private struct Source {
        let shard: Int
        /// Offset of the tensor in the shard's gradient.
        let offset: Int
    }

    private let bands: [Band]
    private let sources: [Source]
    private let gradient: FloatBuffer
    private let shardGradients: [FloatBuffer]
    /// One per worker.
    private let sums: [FloatBuffer]

    private static let bandElements = 8_192

    init(
        _ table: ParameterTable, _ plan: UpdatePlan, from shardGradients: [FloatBuffer],
        into gradient: FloatBuffer, workers: Int
    ) {
        var bands: [Band] = []
        var sources: [Source] = []
        func add(_ tensor: ParameterTable.Tensor, isTransposed: Bool, shards: Range<Int>) {
            let outputs = isTransposed ? tensor.shape[0] : 1
            let inputs = tensor.count / max(outputs, 1)
            let height = max(1, Self.bandElements / max(outputs, 1))
            for first in stride(from: 0, to: inputs, by: height) {
                bands.append(
                    Band(
                        tensor: tensor.offset, outputs: outputs, inputs: inputs,
                        rows: first..<min(first + height, inputs), shards: shards))
            }
        }
        for tensor in table.tensors where tensor.count > 0 && tensor.role != .fixed {
            let start = sources.count
            for (shard, layout) in plan.layouts.enumerated() {
                let offset =
                    if let session = tensor.session {
                        layout.place(tensor.offset, ofSession: session)
                    } else { Optional(tensor.offset) }
                if let offset { sources.append(Source(shard: shard, offset: offset)) }
            }
            add(
                tensor, isTransposed: tensor.isTransposedInShards,
                shards: start..<sources.count)
        }
        self.bands = bands
        self.sources = sources
        self.gradient = gradient
        self.shardGradients = shardGradients
        let largest = bands.reduce(0) { max($0, $1.rows.count * $1.outputs) }
        sums = (0..<workers).map { _ in FloatBuffer(largest) }
    }

    var itemCount: Int { bands.count }

    func perform(_ item: Int, worker: Int) {
        let band = bands[item]
        let first = band.rows.lowerBound * band.outputs
        let count = band.rows.count * band.outputs
        let isTransposed = band.outputs > 1
        let target = gradient.base + band.tensor
        let sum = isTransposed ? sums[worker].base : target + first
        if band.shards.isEmpty { sum.update(repeating: 0, count: count) }
        for index in band.shards {
            let source = shardGradients[sources[index].shard].base + sources[index].offset + first
            if index == band.shards.lowerBound {
                sum.update(from: source, count: count)
            } else {
                loops.pointee.add(count, source, sum)
            }
        }
        guard isTransposed else { return }
        for (row, input) in band.rows.enumerated() {
            let values = sum + row * band.outputs
            for output in 0..<band.outputs { target[output * band.inputs + input] = values[output] }
        }
    }
}

extension ParameterTable.Tensor {
    /// Whether shards keep this tensor's gradient as [inputs, outputs].
    var isTransposedInShards: Bool {
        switch use {
        case .cell: return true
        case .map: return ShardGradientLayout.isTransposed(outputs: shape[0], inputs: shape[1])
        case .other: return false
        }
    }
}
