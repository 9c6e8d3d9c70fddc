import CKernels
import LinearAlgebra

extension ShardWorkspace {
    /// Lays the shard's trials out time-major; in training applies coordinated dropout.
    ///
    /// Coordinated dropout (Keshtkaran and Pandarinath 2019): x = counts·keep/(1 − rate); the loss
    /// passes gradient where the input was masked, and with the pass rate elsewhere. Reserved leading
    /// bins are never masked, and forward-predicted bins and held-out units always pass gradient.
    func gather(_ context: PassContext) {
        while encoded.count < segments.count {
            encoded.append(FloatBuffer())
            targets.append(FloatBuffer())
            gradientMasks.append(MaskBuffer())
            readOuts.append(FloatBuffer())
            segmentFactors.append(FloatBuffer())
        }
        let encodedBins = model.encodedBinCount
        let bins = model.binCount
        let rate = context.loss?.coordinatedDropoutRate ?? 0
        masksGradient = rate > 0
        for (index, segment) in segments.enumerated() {
            let session = context.sessions[segment.session]
            let units = session.unitCount
            let encodedUnits = session.encodedUnitCount
            let count = segment.count
            encoded[index].reserve(encodedBins * count * encodedUnits)
            targets[index].reserve(bins * count * units)
            let x = encoded[index].base
            let y = targets[index].base
            session.values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { return }
                for (row, trial) in segment.trials.enumerated() {
                    for t in 0..<bins {
                        let source = base + (trial * session.binCount + t) * units
                        (y + (t * count + row) * units).update(from: source, count: units)
                        if t < encodedBins {
                            (x + (t * count + row) * encodedUnits).update(
                                from: source, count: encodedUnits)
                        }
                    }
                }
            }
            if masksGradient { mask(context, index, segment, session, rate: rate) }
        }
    }

    private func mask(
        _ context: PassContext, _ index: Int, _ segment: Shard.Segment, _ session: SessionTrials,
        rate: Float
    ) {
        let units = session.unitCount
        let encodedUnits = session.encodedUnitCount
        let count = segment.count
        let reserved = model.initialConditionBinCount
        let maskedBins = model.encodedBinCount - reserved
        let size = maskedBins * encodedUnits
        let passRate = context.loss?.coordinatedDropoutPassRate ?? 0
        gradientMasks[index].reserve(model.binCount * count * units)
        let gradientMask = gradientMasks[index].base
        gradientMask.update(repeating: 1, count: model.binCount * count * units)
        let x = encoded[index].base
        let scale = 1 / (1 - rate)
        // Unmasked bins are not rescaled: they arrive as they are.
        for (row, trial) in segment.trials.enumerated() {
            func apply(keep: UnsafePointer<UInt8>) {
                for t in 0..<maskedBins {
                    let place = (reserved + t) * count + row
                    let bytes = keep + t * encodedUnits
                    let counts = x + place * encodedUnits
                    let gradient = gradientMask + place * units
                    loops.pointee.apply_mask(encodedUnits, counts, bytes, scale, counts)
                    for j in 0..<encodedUnits { gradient[j] = 1 - bytes[j] }
                }
            }
            func pass(_ passes: UnsafePointer<UInt8>) {
                for t in 0..<maskedBins {
                    let gradient = gradientMask + ((reserved + t) * count + row) * units
                    for j in 0..<encodedUnits { gradient[j] |= passes[t * encodedUnits + j] }
                }
            }
            switch context.draws {
            case .training(let seed, let update):
                let keep = RandomStream(
                    seed: seed, key: session.randomKey, purpose: RandomPurpose.coordinatedDropout,
                    item: UInt32(trial), step: update)
                apply(keep: scratch.bernoulli(keep, size, probability: 1 - rate))
                if passRate > 0 {
                    let passes = RandomStream(
                        seed: seed, key: session.randomKey,
                        purpose: RandomPurpose.coordinatedDropoutPass, item: UInt32(trial),
                        step: update)
                    pass(scratch.bernoulli(passes, size, probability: passRate))
                }
            case .given(let draws):
                let first = (segment.trials.startIndex + row) * size
                if let keep = draws.keepMasks?[segment.session] {
                    keep[first..<(first + size)].withUnsafeBufferPointer {
                        if let base = $0.baseAddress { apply(keep: base) }
                    }
                }
                if let passes = draws.passMasks?[segment.session] {
                    passes[first..<(first + size)].withUnsafeBufferPointer {
                        if let base = $0.baseAddress { pass(base) }
                    }
                }
            case .none, .posteriorSample: break
            }
        }
    }

    /// a_t = W_in x_t + b_in per session, then dropout.
    func readIn(_ context: PassContext) {
        let bins = model.encodedBinCount
        let width = model.encoderInputCount(
            encodedUnits: context.sessions[segments[0].session].encodedUnitCount)
        encoderInput.reserve(bins * rows * width)
        for (index, segment) in segments.enumerated() {
            let session = context.sessions[segment.session]
            let isWhole = segment.count == rows
            let count = bins * segment.count
            guard let map = context.table.sessions[segment.session].readIn else {
                encoderInput.base.update(from: encoded[index].base, count: count * width)
                continue
            }
            if !isWhole { segmentRows.reserve(count * width) }
            let out = isWhole ? encoderInput.base : segmentRows.base
            loops.pointee.broadcast_row(count, width, context.pointer(map.bias), out, width)
            multiply(
                encoded[index].base, leadingA: session.encodedUnitCount,
                context.pointer(map.weights), leadingB: session.encodedUnitCount, transposeB: true,
                into: out, leadingC: width, rows: count, columns: width,
                inner: session.encodedUnitCount, accumulate: true)
            if !isWhole {
                scatter(out, segment, steps: bins, width: width, into: encoderInput.base)
            }
        }
        if drawDropout(
            context, purpose: RandomPurpose.encoderInputDropout, steps: bins, width: width,
            into: encoderInputMask)
        {
            loops.pointee.apply_mask(
                bins * rows * width, encoderInput.base, encoderInputMask.base, dropoutScale,
                encoderInput.base)
        }
    }

    /// From ∂/∂(encoder input) to the read-in's gradients.
    func readInBackward(
        _ context: PassContext, _ gradient: UnsafeMutablePointer<Float>,
        _ layout: ShardGradientLayout
    ) {
        let bins = model.encodedBinCount
        guard case .affine(let width) = model.readIn else { return }
        if context.dropsOut {
            loops.pointee.apply_mask(
                bins * rows * width, dEncoderInput.base, encoderInputMask.base, dropoutScale,
                dEncoderInput.base)
        }
        for (index, segment) in segments.enumerated() {
            let maps = context.table.sessions[segment.session]
            guard let map = maps.readIn else { continue }
            let units = context.sessions[segment.session].encodedUnitCount
            let count = bins * segment.count
            var d = UnsafePointer(dEncoderInput.base)
            if segment.count != rows {
                segmentRows.reserve(count * width)
                pick(d, segment, steps: bins, width: width, into: segmentRows.base)
                d = UnsafePointer(segmentRows.base)
            }
            multiply(
                d, leadingA: width, transposeA: true, encoded[index].base, leadingB: units,
                into: gradient + layout.place(map.weights, segment: index, maps), leadingC: units,
                rows: width, columns: units, inner: count, accumulate: true)
            loops.pointee.add_column_sums(
                count, width, d, width, gradient + layout.place(map.bias, segment: index, maps))
        }
    }
}
