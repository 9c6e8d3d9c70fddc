import LinearAlgebra

/// Moves every unit of a trial in time as a whole, each by a number of bins of its own: a normal number times the
/// standard deviation, rounded, and no further than the largest shift. The values at the edges are repeated. Where
/// they were observed moves along.
final class TemporalShift {
    private let scratch: DrawScratch

    init(_ scratch: DrawScratch) { self.scratch = scratch }

    func makeRoom(units: Int) { scratch.reserveNormals(units) }

    /// - Parameters:
    ///   - values: `[bins, units]`, rows `leading` apart.
    ///   - seen: likewise, 1 = observed; `nil` = all.
    ///   - out: the same as `values`, elsewhere.
    ///   - observed: where `seen` comes to; `nil` where nobody asks.
    func apply(
        _ context: PassContext, _ settings: AugmentationSettings, _ row: BatchRow,
        _ side: Augmentation.Side, _ values: UnsafePointer<Float>, _ seen: UnsafePointer<UInt8>?,
        leading: Int,
        bins: Int, units: Int, into out: UnsafeMutablePointer<Float>,
        _ observed: UnsafeMutablePointer<UInt8>?
    ) {
        func shiftUnit(_ unit: Int, by shift: Int) {
            move(unit, by: shift, values, leading: leading, bins: bins, into: out)
            if let seen, let observed {
                move(unit, by: shift, seen, leading: leading, bins: bins, into: observed)
            }
        }
        switch context.draws {
        case .training(let seed, let update):
            let normals = scratch.normals(
                context.stream(
                    row, seed: seed,
                    purpose: side == .input
                        ? RandomPurpose.temporalShiftOfInput : RandomPurpose.temporalShiftOfTarget,
                    step: update), units)
            // No shift by more than a trial's bins differs from one by as many; a float can be far larger.
            let largest = Float(min(settings.temporalShiftMaximum, bins))
            for unit in 0..<units {
                let shift = (normals[unit] * settings.temporalShift).rounded(.toNearestOrEven)
                shiftUnit(unit, by: Int(min(max(shift, -largest), largest)))
            }
        case .given(let draws):
            let shifts = draws.temporalShifts?[row.session][row.place]
            for unit in 0..<units {
                shiftUnit(unit, by: (side == .input ? shifts?.input : shifts?.target)?[unit] ?? 0)
            }
        case .none, .posteriorSample:
            for unit in 0..<units { shiftUnit(unit, by: 0) }
        }
    }

    private func move<Value>(
        _ unit: Int, by shift: Int, _ values: UnsafePointer<Value>, leading: Int, bins: Int,
        into out: UnsafeMutablePointer<Value>
    ) {
        for t in 0..<bins {
            out[t * leading + unit] = values[min(max(t - shift, 0), bins - 1) * leading + unit]
        }
    }
}
