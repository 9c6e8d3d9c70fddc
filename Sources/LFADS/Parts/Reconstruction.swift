import CKernels

/// From factors to the observation model, trial by trial: each session's read-out, the negative
/// log-likelihood, expected values.
final class Reconstruction {
    private let model: ModelConfiguration
    /// Of one trial, `[bins, parameters per unit · units]`; then its gradient.
    let readOut = FloatBuffer()
    private let room: SampleRoom

    init(_ model: ModelConfiguration, _ room: SampleRoom) {
        self.model = model
        self.room = room
    }

    /// Read-out parameters of one row, in `readOut`.
    func computeReadOut(_ index: Int, _ context: PassContext, _ slice: Slice, _ factors: Factors) {
        let map = context.packed.readOuts[slice.row(index, context).session]
        readOut.reserve(context.largest.readOut)
        multiply(
            context.packed.term(
                factors.values(1, slice) + index * model.factorCount,
                leading: slice.rows * model.factorCount, map.forward),
            into: readOut.base, leadingC: map.outputs, rows: model.binCount, columns: map.outputs,
            bias: context.packed.pointer(map.bias))
    }

    /// Loss and gradient of every row: read-out, its gradient in place, the read-out's own gradients, and
    /// back to the factors', before the next trial takes the cache.
    func train(
        _ context: PassContext, _ weights: LossWeights, _ slice: Slice, _ readIn: ReadIn,
        _ augmentation: Augmentation, _ factors: Factors, into losses: DoubleBuffer, _ gradient: ShardGradient
    ) {
        let bins = model.binCount
        let width = model.factorCount
        for index in 0..<slice.rows {
            let row = slice.row(index, context)
            let session = context.session(of: row)
            let map = context.table.sessions[row.session].readOut
            let weight = weights.elementWeight(session: row.session, session.outline)
            computeReadOut(index, context, slice, factors)
            let mask = readIn.gradientMask(index, context)
            let scale = Float(weight) * weights.lossScale
            losses.base[slice.firstRow + index] = session.withSamples(ofTrial: row.trial, room) {
                counts, observed in
                guard let target = augmentation.target(index, context) else {
                    return replaceByGradient(
                        session, values: counts, observed: observed, mask: mask, scale: scale)
                }
                let moved = observed.map { augmentation.observed(index, context) ?? $0 }
                return replaceByGradient(session, values: target, observed: moved, mask: mask, scale: scale)
                    + constant(target, count: bins * session.unitCount)
            }
            if context.trainsReadOut {
                gradient.add(
                    map, ofSession: row.session, dOut: readOut.base, leadingOut: map.outputs,
                    factors.values(1, slice) + index * width, leadingIn: slice.rows * width,
                    count: bins)
            }
            multiply(
                context.packed.term(
                    readOut.base, leading: map.outputs,
                    context.packed.readOuts[row.session].backward),
                into: factors.gradient(1, slice) + index * width, leadingC: slice.rows * width,
                rows: bins, columns: width)
        }
    }

    /// Σ of a trial's negative log-likelihood over what was observed; the read-out becomes its scaled gradient.
    ///
    /// - Parameter observed: `nil` = all.
    private func replaceByGradient(
        _ session: SessionTrials, values y: UnsafePointer<Float>, observed: UnsafePointer<UInt8>?,
        mask: UnsafePointer<UInt8>?, scale: Float
    ) -> Double {
        let bins = model.binCount
        let units = session.unitCount
        if model.observation == .poisson {
            if let observed {
                return loops.pointee.poisson_observed(
                    bins, units, readOut.base, units, y, units, observed, units, mask, units, scale)
            }
            return loops.pointee.poisson(
                bins, units, readOut.base, units, y, units, mask, units, scale)
        }
        let outputs = units * model.observation.parametersPerUnit
        var sum = 0.0
        for t in 0..<bins {
            sum += model.observation.replaceByGradient(
                readOut.base + t * outputs, values: y + t * units, units: units,
                observed: observed.map { $0 + t * units }, gradientMask: mask.map { $0 + t * units },
                scale: scale)
        }
        return sum
    }

    /// Σ of the terms that depend on the data alone: with augmented trials these change from update to update.
    private func constant(_ y: UnsafePointer<Float>, count: Int) -> Double {
        guard model.observation == .poisson else { return 0 }
        var sum = 0.0
        for i in 0..<count { sum += model.observation.constant(y[i]) }
        return sum
    }

    /// The loss of every row alone (validation), to its place in `losses`.
    func evaluate(
        _ context: PassContext, _ slice: Slice, _ factors: Factors, into losses: DoubleBuffer
    ) {
        for index in 0..<slice.rows {
            let row = slice.row(index, context)
            let session = context.session(of: row)
            computeReadOut(index, context, slice, factors)
            losses.base[slice.firstRow + index] = session.withSamples(ofTrial: row.trial, room) {
                counts, observed in
                if model.observation == .poisson, observed == nil {
                    return loops.pointee.poisson_value(
                        model.binCount, session.unitCount, readOut.base, session.unitCount, counts,
                        session.unitCount)
                }
                return replaceByGradient(session, values: counts, observed: observed, mask: nil, scale: 0)
            }
        }
    }

    /// Expected values of one row, `[bins, units]`.
    func expectedValues(
        _ index: Int, _ context: PassContext, _ slice: Slice, _ factors: Factors,
        to means: UnsafeMutablePointer<Float>
    ) {
        let bins = model.binCount
        let units = context.session(of: slice.row(index, context)).unitCount
        computeReadOut(index, context, slice, factors)
        let outputs = units * model.observation.parametersPerUnit
        if model.observation == .poisson {
            loops.pointee.exponential(bins * units, readOut.base)
        } else {
            for t in 0..<bins {
                model.observation.replaceByMeans(readOut.base + t * outputs, units: units)
            }
        }
        for t in 0..<bins {
            (means + t * units).update(from: readOut.base + t * outputs, count: units)
        }
    }

    var byteCount: Int { readOut.byteCount }
}
