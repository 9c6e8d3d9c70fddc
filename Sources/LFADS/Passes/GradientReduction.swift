import CKernels

/// Σ over shards of their gradients, in the order of the shards, into the flat gradient; matrices that
/// the shards keep transposed are turned on the way.
///
/// Cut into bands of matrices that fit the cache, in any order and by any worker: an element's sum does
/// not depend on it.
///
/// Where other processes have computed some of the shards, the sums travel (``TravellingSums``), and the work is done in
/// two steps: what this process adds to those of a block of bands, and the flat gradient, once they are complete.
final class GradientReduction: SharedWork, @unchecked Sendable {
    /// What an item is.
    enum Step {
        /// A band's sum from its beginning to its end.
        case whole
        /// This process's part of the sum of one of some bands, in a buffer in the order of the table, each tensor as
        /// shards keep it.
        case part(of: Range<Int>, FloatBuffer)
        /// A band of the flat gradient from a sum that is complete.
        case end(FloatBuffer)
    }

    private struct Band {
        /// Offset of the tensor in the flat gradient.
        let tensor: Int
        /// `[inputs, outputs]` in the shards and `[outputs, inputs]` in the flat gradient; a tensor that
        /// stands alike in both has one output.
        let outputs: Int, inputs: Int
        let rows: Range<Int>
        /// Places in `sources`.
        let shards: Range<Int>
        /// Whether the sum begins in a process before this one.
        let isBegun: Bool

        /// Place in the flat buffers.
        var first: Int { tensor + rows.lowerBound * outputs }
        var count: Int { rows.count * outputs }
    }

    private struct Source {
        /// Among those of this process.
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
    var step = Step.whole

    private static let bandElements = 8_192

    init(
        _ table: ParameterTable, _ plan: UpdatePlan, _ own: Range<Int>, from shardGradients: [FloatBuffer],
        into gradient: FloatBuffer, workers: Int
    ) {
        var bands: [Band] = []
        var sources: [Source] = []
        func add(
            _ tensor: ParameterTable.Tensor, isTransposed: Bool, shards: Range<Int>, isBegun: Bool
        ) {
            let outputs = isTransposed ? tensor.shape[0] : 1
            let inputs = tensor.count / max(outputs, 1)
            let height = max(1, Self.bandElements / max(outputs, 1))
            for first in stride(from: 0, to: inputs, by: height) {
                bands.append(
                    Band(
                        tensor: tensor.offset, outputs: outputs, inputs: inputs,
                        rows: first..<min(first + height, inputs), shards: shards, isBegun: isBegun))
            }
        }
        for tensor in table.tensors where tensor.count > 0 && tensor.role != .fixed {
            let start = sources.count
            var isBegun = false
            for (shard, layout) in plan.layouts.enumerated() where shard < own.upperBound {
                let offset =
                    if let session = tensor.session {
                        layout.place(tensor.offset, ofSession: session)
                    } else { Optional(tensor.offset) }
                guard let offset else { continue }
                if shard < own.lowerBound { isBegun = true; continue }
                sources.append(Source(shard: shard - own.lowerBound, offset: offset))
            }
            add(
                tensor, isTransposed: tensor.isTransposedInShards,
                shards: start..<sources.count, isBegun: isBegun)
        }
        self.bands = bands
        self.sources = sources
        self.gradient = gradient
        self.shardGradients = shardGradients
        let largest = bands.reduce(0) { max($0, $1.rows.count * $1.outputs) }
        sums = (0..<workers).map { _ in FloatBuffer(largest) }
    }

    var itemCount: Int {
        if case .part(let some, _) = step { some.count } else { bands.count }
    }

    func perform(_ item: Int, worker: Int) {
        switch step {
        case .whole:
            let band = bands[item]
            let isTransposed = band.outputs > 1
            let sum = isTransposed ? sums[worker].base : gradient.base + band.first
            add(band, to: sum)
            if isTransposed { turn(band, sum) }
        case .part(let some, let travelling):
            let band = bands[some.lowerBound + item]
            add(band, to: travelling.base + band.first)
        case .end(let travelling):
            let band = bands[item]
            turn(band, travelling.base + band.first)
        }
    }

    private func add(_ band: Band, to sum: UnsafeMutablePointer<Float>) {
        if band.shards.isEmpty, !band.isBegun { sum.update(repeating: 0, count: band.count) }
        for index in band.shards {
            let source =
                shardGradients[sources[index].shard].base + sources[index].offset
                + (band.first - band.tensor)
            if index == band.shards.lowerBound, !band.isBegun {
                sum.update(from: source, count: band.count)
            } else {
                loops.pointee.add(band.count, source, sum)
            }
        }
    }

    /// Into the flat gradient.
    private func turn(_ band: Band, _ sum: UnsafeMutablePointer<Float>) {
        let target = gradient.base + band.tensor
        guard band.outputs > 1 else {
            (gradient.base + band.first).update(from: sum, count: band.count)
            return
        }
        for (row, input) in band.rows.enumerated() {
            let values = sum + row * band.outputs
            for output in 0..<band.outputs { target[output * band.inputs + input] = values[output] }
        }
    }

    /// Bands that travel together, as places among the bands and in the flat buffer.
    ///
    /// - Parameter elements: how many a block has at least, but for the last one.
    func blocks(of elements: Int) -> [(bands: Range<Int>, places: Range<Int>)] {
        var result: [(bands: Range<Int>, places: Range<Int>)] = []
        var start = 0
        for (index, band) in bands.enumerated() {
            let places = bands[start].first..<(band.first + band.count)
            guard places.count >= elements || index == bands.count - 1 else { continue }
            result.append((start..<(index + 1), places))
            start = index + 1
        }
        return result
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
