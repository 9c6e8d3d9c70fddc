import CKernels

/// AdamW (Loshchilov and Hutter 2019) with gradient-norm clipping and a learning rate per group.
///
/// Tensors whose rate is zero are frozen: no update, no weight decay, no part in the norm.
final class AdamOptimizer {
    let firstMoment: FloatBuffer
    let secondMoment: FloatBuffer
    var updates = 0
    private let groups: [Group]

    /// Consecutive tensors with one fraction of the learning rate.
    struct Group {
        var start: Int
        var count: Int
        var rateScale: Float
    }

    init(_ table: ParameterTable, readInRateScale: Float, readOutRateScale: Float) {
        firstMoment = FloatBuffer(table.count)
        secondMoment = FloatBuffer(table.count)
        var groups: [Group] = []
        for (index, tensor) in table.tensors.enumerated() {
            let scale: Float
            switch tensor.role {
            case .shared: scale = 1
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
                groups.append(Group(start: tensor.offset, count: end - tensor.offset, rateScale: scale))
            }
        }
        self.groups = groups
    }

    /// Global L2 norm of the trained tensors' gradient.
    func norm(_ gradient: UnsafePointer<Float>) -> Double {
        groups.reduce(0) { $0 + loops.pointee.sum_of_squares($1.count, gradient + $1.start) }
            .squareRoot()
    }

    /// One update with the gradient scaled by min(1, maximum/(norm + 1e-6)).
    func update(
        _ parameters: UnsafeMutablePointer<Float>, _ gradient: UnsafePointer<Float>, norm: Double,
        rate: Float, _ settings: TrainingConfiguration
    ) {
        updates += 1
        let clip = Float(min(1, Double(settings.maximumGradientNorm) / (norm + 1e-6)))
        let correction1 = 1 - power(settings.beta1, updates)
        let correction2 = 1 - power(settings.beta2, updates)
        for group in groups {
            loops.pointee.adam(
                group.count, parameters + group.start, gradient + group.start,
                firstMoment.base + group.start, secondMoment.base + group.start, clip,
                rate * group.rateScale, settings.weightDecay, settings.beta1, settings.beta2,
                settings.epsilon, correction1, correction2)
        }
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
