import CKernels

/// From counts to the encoders' input, trial by trial: the only place besides the read-out where a row
/// knows its day.
final class ReadIn {
    private let model: ModelConfiguration
    /// `[encoded bins, rows, dimensions]`
    let output = FloatBuffer()
    private let dOutput = FloatBuffer()
    private let outputMask: DropoutMask

    // Per row, with room for the largest trial of any session.
    /// Counts after coordinated dropout, `[encoded bins, encoded units]`.
    private let masked = FloatBuffer()
    /// Where the reconstruction loss passes gradient, `[bins, units]`.
    private let passes = MaskBuffer()
    private let drawn = MaskBuffer()
    private let scratch: DrawScratch
    private let room: SampleRoom

    init(_ model: ModelConfiguration, _ scratch: DrawScratch, _ room: SampleRoom) {
        self.model = model
        self.scratch = scratch
        self.room = room
        outputMask = DropoutMask(model, purpose: RandomPurpose.encoderInputDropout, scratch)
    }

    /// a_t = W_in x_t + b_in of each row's session, after augmentation and coordinated dropout in training; then
    /// dropout.
    func forward(_ context: PassContext, _ slice: Slice, _ augmentation: Augmentation) {
        let bins = model.encodedBinCount
        let width = model.encoderInputCount(
            encodedUnits: context.session(of: slice.row(0, context)).encodedUnitCount)
        output.reserve(bins * slice.capacity * width)
        reserveMasks(context, slice)
        for index in 0..<slice.rows {
            let row = slice.row(index, context)
            let session = context.session(of: row)
            session.withSamples(ofTrial: row.trial, room) { counts, _ in
                var x = augmentation.input(index, context) ?? counts
                var stride = session.unitCount
                if context.masksGradient, let weights = context.loss {
                    x = UnsafePointer(mask(context, weights, index, row, session, counts: x))
                    stride = session.encodedUnitCount
                }
                // The row's bins stand `rows` apart.
                let out = output.base + index * width
                guard let map = context.packed.readIns[row.session] else {
                    for t in 0..<bins {
                        (out + t * slice.rows * width).update(from: x + t * stride, count: width)
                    }
                    return
                }
                multiply(
                    context.packed.term(x, leading: stride, map.forward), into: out,
                    leadingC: slice.rows * width, rows: bins, columns: width,
                    bias: context.packed.pointer(map.bias))
            }
        }
        outputMask.draw(context, slice, steps: bins, width: width)
        dropOut(output, slice, width: width)
    }

    private func dropOut(_ x: FloatBuffer, _ slice: Slice, width: Int) {
        guard outputMask.isActive else { return }
        for t in 0..<model.encodedBinCount {
            let place = x.base + t * slice.rows * width
            outputMask.apply(place, step: t, into: place)
        }
    }

    // MARK: Coordinated dropout

    /// Of a row, `[bins, units]`, 1 = passes gradient; `nil` where all do.
    func gradientMask(_ index: Int, _ context: PassContext) -> UnsafePointer<UInt8>? {
        context.masksGradient
            ? UnsafePointer(passes.base + index * context.largest.reconstructed) : nil
    }

    private func reserveMasks(_ context: PassContext, _ slice: Slice) {
        guard context.masksGradient else { return }
        masked.reserve(slice.capacity * context.largest.encoded)
        passes.reserve(slice.capacity * context.largest.reconstructed)
        drawn.reserve(context.largest.encoded)
        scratch.reserve(context.largest.encoded)
    }

    /// Coordinated dropout (Keshtkaran and Pandarinath 2019): x = counts·keep/(1 − rate); the loss passes
    /// gradient where the input was masked, and with the pass rate elsewhere. Reserved leading bins
    /// are never masked, and forward-predicted bins and held-out units always pass gradient.
    ///
    /// - Returns: the masked counts, `[encoded bins, encoded units]`.
    private func mask(
        _ context: PassContext, _ weights: LossWeights, _ index: Int, _ row: BatchRow,
        _ session: SessionTrials, counts: UnsafePointer<Float>
    ) -> UnsafeMutablePointer<Float> {
        let units = session.unitCount
        let encodedUnits = session.encodedUnitCount
        let reserved = model.initialConditionBinCount
        let maskedBins = model.encodedBinCount - reserved
        let size = maskedBins * encodedUnits
        let scale = 1 / (1 - weights.coordinatedDropoutRate)
        let x = masked.base + index * context.largest.encoded
        let passes = passes.base + index * context.largest.reconstructed
        // Unmasked bins are not rescaled: they arrive as they are.
        for t in 0..<reserved {
            (x + t * encodedUnits).update(from: counts + t * units, count: encodedUnits)
        }
        passes.update(repeating: 1, count: model.binCount * units)
        func keep(_ bytes: UnsafePointer<UInt8>) {
            loops.pointee.coordinated_dropout(
                maskedBins, encodedUnits, counts + reserved * units, units, bytes, scale,
                x + reserved * encodedUnits, passes + reserved * units)
        }
        func pass(_ bytes: UnsafePointer<UInt8>) {
            for t in 0..<maskedBins {
                let target = passes + (reserved + t) * units
                for j in 0..<encodedUnits { target[j] |= bytes[t * encodedUnits + j] }
            }
        }
        switch context.draws {
        case .training(let seed, let update):
            func draw(_ purpose: UInt32, _ probability: Float) {
                scratch.bernoulli(
                    context.stream(row, seed: seed, purpose: purpose, step: update), size,
                    probability: probability, into: drawn.base)
            }
            draw(RandomPurpose.coordinatedDropout, 1 - weights.coordinatedDropoutRate)
            keep(drawn.base)
            if weights.coordinatedDropoutPassRate > 0 {
                draw(RandomPurpose.coordinatedDropoutPass, weights.coordinatedDropoutPassRate)
                pass(drawn.base)
            }
        case .given(let draws):
            draws.keepMasks?[row.session].withUnsafeBufferPointer {
                if let base = $0.baseAddress { keep(base + row.place * size) }
            }
            draws.passMasks?[row.session].withUnsafeBufferPointer {
                if let base = $0.baseAddress { pass(base + row.place * size) }
            }
        case .none, .posteriorSample: break
        }
        return x
    }

    // MARK: Backward

    /// Where encoders add the gradient of their input; `nil` where nobody needs it.
    func outputGradient(_ context: PassContext, _ slice: Slice) -> UnsafeMutablePointer<Float>? {
        guard context.trainsReadIn, case .affine(let width) = model.readIn else { return nil }
        dOutput.reserve(model.encodedBinCount * slice.capacity * width)
        dOutput.setToZero(model.encodedBinCount * slice.rows * width)
        return dOutput.base
    }

    /// From ∂/∂(encoder input) to the read-ins' gradients.
    func backward(
        _ context: PassContext, _ slice: Slice, _ augmentation: Augmentation, _ gradient: ShardGradient
    ) {
        guard context.trainsReadIn, case .affine(let width) = model.readIn else { return }
        dropOut(dOutput, slice, width: width)
        let isMasked = context.masksGradient
        for index in 0..<slice.rows {
            let row = slice.row(index, context)
            guard let map = context.table.sessions[row.session].readIn else { continue }
            let session = context.session(of: row)
            let d = UnsafePointer(dOutput.base) + index * width
            session.withSamples(ofTrial: row.trial, room) { counts, _ in
                gradient.add(
                    map, ofSession: row.session, dOut: d, leadingOut: slice.rows * width,
                    isMasked
                        ? UnsafePointer(masked.base + index * context.largest.encoded)
                        : augmentation.input(index, context) ?? counts,
                    leadingIn: isMasked ? session.encodedUnitCount : session.unitCount,
                    count: model.encodedBinCount)
            }
        }
    }

    var byteCount: Int {
        [output, dOutput, masked].reduce(0) { $0 + $1.byteCount } + passes.byteCount
            + drawn.byteCount + outputMask.byteCount
    }
}
