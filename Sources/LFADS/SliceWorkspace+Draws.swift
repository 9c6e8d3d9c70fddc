import CKernels

/// Random numbers of a slice: masks trial-major as they are drawn, noise time-major.
extension SliceWorkspace {
    var dropoutScale: Float { 1 / (1 - model.dropoutRate) }

    /// A dropout mask `[rows, steps, width]` in training, `false` where nothing is dropped.
    func drawDropout(
        _ context: PassContext, purpose: UInt32, steps: Int, width: Int, into mask: MaskBuffer
    ) -> Bool {
        let size = steps * width
        guard context.dropsOut, size > 0 else { return false }
        mask.reserve(rowCapacity * size)
        for index in 0..<rows {
            let row = row(context, index)
            switch context.draws {
            case .training(let seed, let update):
                scratch.bernoulli(
                    context.stream(row, seed: seed, purpose: purpose, step: update), size,
                    probability: 1 - model.dropoutRate, into: mask.base + index * size)
            case .given(let draws):
                guard let bytes = draws.dropoutMasks[purpose] else { return false }
                bytes.withUnsafeBufferPointer {
                    guard let base = $0.baseAddress else { return }
                    (mask.base + index * size).update(
                        from: base + (firstRow + index) * size, count: size)
                }
            case .none, .posteriorSample: return false
            }
        }
        return true
    }

    /// y ← x with dropout at one step of a mask of several: rows of x and y stand side by side, those of
    /// the mask `steps·width` apart, and of its columns `width` from `column` on are used.
    func dropOut(
        _ x: UnsafePointer<Float>, _ mask: MaskBuffer, step: Int, steps: Int, maskWidth: Int,
        column: Int = 0, width: Int, into y: UnsafeMutablePointer<Float>, leading: Int? = nil,
        leadingX: Int? = nil
    ) {
        loops.pointee.apply_mask_rows(
            rows, width, x, leadingX ?? width, mask.base + step * maskWidth + column,
            steps * maskWidth, dropoutScale, y, leading ?? width)
    }

    /// Standard normals `[steps, rows, width]` for a posterior sample, `false` for posterior means.
    func drawNoise(
        _ context: PassContext, training: UInt32, inference: UInt32?, steps: Int, width: Int,
        given: (GivenDraws) -> [Float], into noise: FloatBuffer
    ) -> Bool {
        noise.reserve(steps * rowCapacity * width)
        for index in 0..<rows {
            let row = row(context, index)
            func draw(_ seed: UInt64, _ purpose: UInt32, step: UInt32) {
                let values = scratch.normals(
                    context.stream(row, seed: seed, purpose: purpose, step: step), steps * width)
                spread(values, row: index, steps: steps, width: width, into: noise.base)
            }
            switch context.draws {
            case .none: return false
            case .training(let seed, let update): draw(seed, training, step: update)
            case .posteriorSample(let seed, let sample):
                guard let inference else { return false }
                draw(seed, inference, step: sample)
            case .given(let draws):
                given(draws).withUnsafeBufferPointer {
                    guard let base = $0.baseAddress else { return }
                    spread(
                        base + (firstRow + index) * steps * width, row: index, steps: steps,
                        width: width, into: noise.base)
                }
            }
        }
        return true
    }

    /// One row's `[steps, width]` into `[steps, rows, width]`.
    @inline(__always)
    private func spread(
        _ source: UnsafePointer<Float>, row: Int, steps: Int, width: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        for t in 0..<steps {
            (target + (t * rows + row) * width).update(from: source + t * width, count: width)
        }
    }
}
