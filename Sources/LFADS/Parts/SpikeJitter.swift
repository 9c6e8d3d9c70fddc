import LinearAlgebra

/// Moves every spike of a trial by some bins of its own, drawn uniformly from −width…width. A spike that would
/// leave the trial is reflected at its first or last bin, so that none is lost. One that would come to a bin in
/// which its unit was not observed stays where it is: none is lost there either, and as a step is as likely as the way
/// back (away from the edges), observed bins of one rate still have one.
final class SpikeJitter {
    /// Words of a piece of the stream: how many spikes a trial has is not known before.
    private static let piece = 1_024
    private let scratch: DrawScratch

    init(_ scratch: DrawScratch) { self.scratch = scratch }

    func makeRoom() { scratch.reserve(Self.piece) }

    /// - Parameters:
    ///   - counts: `[bins, units]`, rows `leading` apart.
    ///   - observed: likewise, 1 = observed; `nil` = all.
    ///   - out: the same, elsewhere than `counts`.
    func apply(
        _ context: PassContext, _ row: BatchRow, _ side: Augmentation.Side, width: Int,
        _ counts: UnsafePointer<Float>, _ observed: UnsafePointer<UInt8>?, leading: Int, bins: Int,
        units: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        switch context.draws {
        case .training(let seed, let update):
            let stream = context.stream(
                row, seed: seed,
                purpose: side == .input
                    ? RandomPurpose.spikeJitterOfInput : RandomPurpose.spikeJitterOfTarget,
                step: update)
            let choices = UInt64(2 * width + 1)
            var words = scratch.words(stream, fromBlock: 0, Self.piece)
            var used = 0
            move(counts, observed, leading: leading, bins: bins, units: units, into: out) { spike in
                if spike - used == Self.piece {
                    used = spike
                    words = scratch.words(
                        stream, fromBlock: UInt32(truncatingIfNeeded: used / 4), Self.piece)
                }
                // The high half of a product with a uniform word: each choice to 2⁻³² of its share.
                return Int((UInt64(words[spike - used]) * choices) >> 32) - width
            }
        case .given(let draws):
            let moves = draws.spikeMoves?[row.session][row.place]
            move(counts, observed, leading: leading, bins: bins, units: units, into: out) { spike in
                (side == .input ? moves?.input : moves?.target)?[spike] ?? 0
            }
        case .none, .posteriorSample:
            move(counts, observed, leading: leading, bins: bins, units: units, into: out) { _ in 0 }
        }
    }

    /// Spikes are numbered bin by bin, and within a bin unit by unit. What isn't whole stays where it is.
    private func move(
        _ counts: UnsafePointer<Float>, _ observed: UnsafePointer<UInt8>?, leading: Int, bins: Int,
        units: Int,
        into out: UnsafeMutablePointer<Float>, by distance: (_ spike: Int) -> Int
    ) {
        out.update(repeating: 0, count: bins * leading)
        var spike = 0
        for t in 0..<bins {
            for j in 0..<units {
                let value = counts[t * leading + j]
                // Beyond 2²⁴ a float32 doesn't tell single spikes apart.
                let spikes = value >= 1 && value <= 0x1p24 ? Int(value) : 0
                out[t * leading + j] += value - Float(spikes)
                for _ in 0..<spikes {
                    var bin = Self.reflected(t + distance(spike), bins: bins)
                    if let observed, observed[bin * leading + j] == 0 { bin = t }
                    out[bin * leading + j] += 1
                    spike += 1
                }
            }
        }
    }

    /// The first and the last bin are mirrors; a spike moves by less than the trial's bins.
    private static func reflected(_ bin: Int, bins: Int) -> Int {
        let positive = abs(bin)
        return positive < bins ? positive : 2 * (bins - 1) - positive
    }
}
