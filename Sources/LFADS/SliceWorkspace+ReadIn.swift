import CKernels

/// From counts to the encoders' input, trial by trial: the only place besides the read-out where a row
/// knows its day.
extension SliceWorkspace {
    /// a_t = W_in x_t + b_in of each row's session, after coordinated dropout in training; then dropout.
    func readIn(_ context: PassContext) {
        let bins = model.encodedBinCount
        let width = model.encoderInputCount(
            encodedUnits: context.session(of: row(context, 0)).encodedUnitCount)
        encoderInput.reserve(bins * rowCapacity * width)
        reserveMasks(context)
        for index in 0..<rows {
            let row = row(context, index)
            let session = context.session(of: row)
            session.withValues(ofTrial: row.trial) { counts in
                var x = counts
                var stride = session.unitCount
                if context.masksGradient, let weights = context.loss {
                    x = UnsafePointer(mask(context, weights, index, row, session, counts: x))
                    stride = session.encodedUnitCount
                }
                // The row's bins stand `rows` apart.
                let out = encoderInput.base + index * width
                guard let map = context.packed.readIns[row.session] else {
                    for t in 0..<bins {
                        (out + t * rows * width).update(from: x + t * stride, count: width)
                    }
                    return
                }
                multiply(
                    context.packed.term(x, leading: stride, map.forward), into: out,
                    leadingC: rows * width, rows: bins, columns: width,
                    bias: context.packed.pointer(map.bias))
            }
        }
        if drawDropout(
            context, purpose: RandomPurpose.encoderInputDropout, steps: bins, width: width,
            into: encoderInputMask)
        {
            dropOutEncoderInput(encoderInput, bins: bins, width: width)
        }
    }

    private func dropOutEncoderInput(_ x: FloatBuffer, bins: Int, width: Int) {
        for t in 0..<bins {
            let place = x.base + t * rows * width
            dropOut(
                place, encoderInputMask, step: t, steps: bins, maskWidth: width, width: width,
                into: place)
        }
    }

    private func reserveMasks(_ context: PassContext) {
        guard context.masksGradient else { return }
        encoded.reserve(rowCapacity * context.largest.encoded)
        gradientMask.reserve(rowCapacity * context.largest.reconstructed)
        drawnMask.reserve(context.largest.encoded)
        scratch.reserve(context.largest.encoded)
    }

    /// Coordinated dropout (Keshtkaran and Pandarinath 2019): x = counts·keep/(1 − rate); the loss passes
    /// gradient where the input was masked, and with the pass rate elsewhere. Reserved leading bins
    /// are never masked, and forward-predicted bins and held-out units always pass gradient.
    ///
    /// - Returns: the masked counts, `[E, encoded units]`.
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
        let x = encoded.base + index * context.largest.encoded
        let passes = gradientMask.base + index * context.largest.reconstructed
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
                    probability: probability, into: drawnMask.base)
            }
            draw(RandomPurpose.coordinatedDropout, 1 - weights.coordinatedDropoutRate)
            keep(drawnMask.base)
            if weights.coordinatedDropoutPassRate > 0 {
                draw(RandomPurpose.coordinatedDropoutPass, weights.coordinatedDropoutPassRate)
                pass(drawnMask.base)
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

    /// From ∂/∂(encoder input) to the read-ins' gradients.
    func readInBackward(_ context: PassContext, _ gradient: ShardGradient) {
        let bins = model.encodedBinCount
        guard case .affine(let width) = model.readIn else { return }
        if context.dropsOut { dropOutEncoderInput(dEncoderInput, bins: bins, width: width) }
        let isMasked = context.masksGradient
        for index in 0..<rows {
            let row = row(context, index)
            guard let map = context.table.sessions[row.session].readIn else { continue }
            let session = context.session(of: row)
            let d = UnsafePointer(dEncoderInput.base) + index * width
            session.withValues(ofTrial: row.trial) { counts in
                addGradients(
                    map, dOut: d, leadingOut: rows * width,
                    isMasked
                        ? UnsafePointer(encoded.base + index * context.largest.encoded)
                        : counts,
                    leadingIn: isMasked ? session.encodedUnitCount : session.unitCount, count: bins,
                    weights: gradient.ofSession(map.weights, session: row.session),
                    bias: gradient.ofSession(map.bias, session: row.session))
            }
        }
    }

    /// Gradients of an affine map over `count` rows, in the shard's orientation.
    func addGradients(
        _ map: ParameterTable.Affine, dOut: UnsafePointer<Float>, leadingOut: Int,
        _ input: UnsafePointer<Float>, leadingIn: Int, count: Int,
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
