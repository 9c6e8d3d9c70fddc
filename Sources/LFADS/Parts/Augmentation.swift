/// How an update changes trials before it learns from them.
struct AugmentationSettings: Sendable, Equatable {
    /// Largest distance in bins by which a spike moves; 0 = none does.
    var spikeJitter = 0
    /// Standard deviation in bins of the shift of a unit in a trial; 0 = none is shifted.
    var temporalShift: Float = 0
    /// Largest shift in bins.
    var temporalShiftMaximum = 6

    var isActive: Bool { spikeJitter > 0 || temporalShift > 0 }
}

/// Trials as an update sees them, changed at random: what is encoded and what is reconstructed each by draws of
/// its own, as in the PyTorch implementation. Training alone does this.
final class Augmentation {
    /// Per row, `[encoded bins, encoded units]`, bins as far apart as those of the counts: `units`.
    private let input = FloatBuffer()
    /// Per row, `[bins, units]`.
    private let target = FloatBuffer()
    /// Per row, `[bins, units]`: where the target was observed, shifted as the target is.
    private let observed = MaskBuffer()
    private let model: ModelConfiguration
    private let jitter: SpikeJitter
    private let shift: TemporalShift
    /// A trial between the one and the other.
    private let jittered = FloatBuffer()
    private let room: SampleRoom

    init(_ model: ModelConfiguration, _ scratch: DrawScratch, _ room: SampleRoom) {
        self.model = model
        self.room = room
        jitter = SpikeJitter(scratch)
        shift = TemporalShift(scratch)
    }

    /// Draws the changes of a slice's trials.
    func draw(_ context: PassContext, _ slice: Slice) {
        guard let settings = context.augmentation else { return }
        input.reserve(slice.capacity * context.largest.reconstructed)
        target.reserve(slice.capacity * context.largest.reconstructed)
        jittered.reserve(context.largest.reconstructed)
        if movesObserved(context) { observed.reserve(slice.capacity * context.largest.reconstructed) }
        jitter.makeRoom()
        shift.makeRoom(units: context.largest.reconstructed / model.binCount)
        for index in 0..<slice.rows {
            let row = slice.row(index, context)
            let session = context.session(of: row)
            session.withSamples(ofTrial: row.trial, room) { counts, seen in
                let place = index * context.largest.reconstructed
                draw(
                    context, settings, row, .input, counts, seen, leading: session.unitCount,
                    bins: model.encodedBinCount, units: session.encodedUnitCount,
                    into: input.base + place, nil)
                draw(
                    context, settings, row, .target, counts, seen, leading: session.unitCount,
                    bins: model.binCount, units: session.unitCount,
                    into: target.base + place, movesObserved(context) ? observed.base + place : nil)
            }
        }
    }

    /// What of a trial is changed.
    enum Side: Sendable {
        /// What is encoded.
        case input
        /// What is reconstructed.
        case target
    }

    private func draw(
        _ context: PassContext, _ settings: AugmentationSettings, _ row: BatchRow, _ side: Side,
        _ counts: UnsafePointer<Float>, _ seen: UnsafePointer<UInt8>?, leading: Int, bins: Int, units: Int,
        into out: UnsafeMutablePointer<Float>, _ observed: UnsafeMutablePointer<UInt8>?
    ) {
        func moveSpikes(into target: UnsafeMutablePointer<Float>) {
            jitter.apply(
                context, row, side, width: settings.spikeJitter, counts, seen, leading: leading, bins: bins,
                units: units, into: target)
        }
        guard settings.temporalShift > 0 else { return moveSpikes(into: out) }
        var source = counts
        if settings.spikeJitter > 0 {
            moveSpikes(into: jittered.base)
            source = UnsafePointer(jittered.base)
        }
        shift.apply(
            context, settings, row, side, source, seen, leading: leading, bins: bins, units: units, into: out,
            observed)
    }

    /// Spikes stay within the observed bins; shifts take these along.
    private func movesObserved(_ context: PassContext) -> Bool {
        context.trials.lackSamples && context.augmentation.map { $0.temporalShift > 0 } ?? false
    }

    /// What is encoded of a row, `[encoded bins, encoded units]`, bins `units` apart; `nil` where nothing is
    /// changed.
    func input(_ index: Int, _ context: PassContext) -> UnsafePointer<Float>? {
        context.augmentation == nil
            ? nil : UnsafePointer(input.base + index * context.largest.reconstructed)
    }

    /// What is reconstructed of a row, `[bins, units]`; `nil` where nothing is changed.
    func target(_ index: Int, _ context: PassContext) -> UnsafePointer<Float>? {
        context.augmentation == nil
            ? nil : UnsafePointer(target.base + index * context.largest.reconstructed)
    }

    /// Where what is reconstructed of a row was observed, `[bins, units]`; `nil` where that is not changed.
    ///
    /// - Precondition: the row's session lacks samples.
    func observed(_ index: Int, _ context: PassContext) -> UnsafePointer<UInt8>? {
        movesObserved(context)
            ? UnsafePointer(observed.base + index * context.largest.reconstructed) : nil
    }

    var byteCount: Int {
        input.byteCount + target.byteCount + jittered.byteCount + observed.byteCount
    }
}
