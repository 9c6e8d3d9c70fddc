import CKernels

/// AdamW (Loshchilov and Hutter 2019) with gradient-norm clipping and a learning rate per group.
///
/// Tensors whose rate is zero are frozen: no update, no weight decay, no part in the norm.
final class AdamOptimizer {
    let firstMoment: FloatBuffer
    let secondMoment: FloatBuffer
    var updates = 0
    private let team: WorkerTeam
    private let pass: BlockPass

    /// - Parameter team: shares the blocks of the flat buffers.
    init(
        _ table: ParameterTable, readInRateScale: Float, readOutRateScale: Float,
        sharedRateScale: Float = 1,
        team: WorkerTeam = WorkerTeam(workers: 1)
    ) {
        firstMoment = FloatBuffer(table.count)
        secondMoment = FloatBuffer(table.count)
        self.team = team
        var groups: [Block] = []
        for (index, tensor) in table.tensors.enumerated() {
            let scale: Float
            switch tensor.role {
            case .shared: scale = sharedRateScale
            case .readIn: scale = readInRateScale
            case .readOut: scale = readOutRateScale
            case .fixed: scale = 0
            }
            guard scale > 0 else { continue }
            let end = index + 1 < table.tensors.count ? table.tensors[index + 1].offset : table.count
            if let last = groups.last, last.start + last.count == tensor.offset,
                last.rateScale == scale
            {
                groups[groups.count - 1].count = end - last.start
            } else {
                groups.append(Block(start: tensor.offset, count: end - tensor.offset, rateScale: scale))
            }
        }
        pass = BlockPass(groups.flatMap(\.parts), firstMoment, secondMoment)
    }

    /// Global L2 norm of the trained tensors' gradient.
    func norm(_ gradient: UnsafePointer<Float>) -> Double {
        pass.work = .squares(gradient)
        team.run(pass)
        pass.work = nil
        var sum = 0.0
        for block in 0..<pass.itemCount { sum += pass.squares.base[block] }
        return sum.squareRoot()
    }

    /// One update with the gradient scaled by min(1, maximum/(norm + 1e-6)).
    func update(
        _ parameters: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, norm: Double,
        rate: Float, _ settings: TrainingConfiguration
    ) {
        updates += 1
        pass.work = .update(
            BlockPass.Update(
                parameters: parameters, gradient: gradient,
                clip: Float(min(1, Double(settings.maximumGradientNorm) / (norm + 1e-6))), rate: rate,
                correction1: 1 - power(settings.beta1, updates),
                correction2: 1 - power(settings.beta2, updates), settings: settings))
        team.run(pass)
        pass.work = nil
    }

    /// βⁿ in double precision; `pow` of float32 loses the small difference from 1.
    private func power(_ base: Float, _ exponent: Int) -> Float {
        var result = 1.0
        var factor = Double(base)
        var n = exponent
        while n > 0 {
            if n & 1 == 1 { result *= factor }
            factor *= factor
            n >>= 1
        }
        return Float(result)
    }
}

/// Consecutive elements with one fraction of the learning rate.
private struct Block {
    var start: Int
    var count: Int
    var rateScale: Float

    /// Pieces that are worth a worker's while; where they begin does not depend on the workers.
    var parts: [Block] {
        stride(from: 0, to: count, by: 16_384).map {
            Block(start: start + $0, count: min(16_384, count - $0), rateScale: rateScale)
        }
    }
}

/// A loop over the trained elements, block by block.
private final class BlockPass: SharedWork, @unchecked Sendable {
    struct Update {
        let parameters: UnsafeMutablePointer<Float>
        let gradient: UnsafePointer<Float>
        let clip: Float, rate: Float, correction1: Float, correction2: Float
        let settings: TrainingConfiguration
    }

    enum Work {
        case squares(UnsafePointer<Float>)
        case update(Update)
    }

    var work: Work?
    /// Σ of squares per block.
    let squares: DoubleBuffer
    private let blocks: [Block]
    private let firstMoment: FloatBuffer
    private let secondMoment: FloatBuffer

    init(_ blocks: [Block], _ firstMoment: FloatBuffer, _ secondMoment: FloatBuffer) {
        self.blocks = blocks
        self.firstMoment = firstMoment
        self.secondMoment = secondMoment
        squares = DoubleBuffer(blocks.count)
    }

    var itemCount: Int { blocks.count }

    func perform(_ item: Int, worker: Int) {
        let block = blocks[item]
        switch work {
        case .squares(let gradient):
            squares.base[item] = loops.pointee.sum_of_squares(block.count, gradient + block.start)
        case .update(let update):
            let settings = update.settings
            loops.pointee.adam(
                block.count, update.parameters + block.start, update.gradient + block.start,
                firstMoment.base + block.start, secondMoment.base + block.start, update.clip,
                update.rate * block.rateScale, settings.weightDecay, settings.beta1, settings.beta2,
                settings.epsilon, update.correction1, update.correction2)
        case nil: break
        }
    }
}
