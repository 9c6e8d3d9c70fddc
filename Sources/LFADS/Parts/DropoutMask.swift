import CKernels

/// Dropout at one place of the model, with one mask for a whole trial: `[rows, steps, width]`, trial-major
/// as it is drawn.
final class DropoutMask {
    /// Whether the last slice drops anything out here.
    private(set) var isActive = false
    private let mask = MaskBuffer()
    private let purpose: UInt32
    private let rate: Float
    private let scratch: DrawScratch
    private var slice = 0
    private var steps = 0
    private var width = 0

    private var scale: Float { 1 / (1 - rate) }

    init(_ model: ModelConfiguration, purpose: UInt32, _ scratch: DrawScratch) {
        rate = model.dropoutRate
        self.purpose = purpose
        self.scratch = scratch
    }

    /// Draws the masks of a slice; nothing is dropped outside training.
    func draw(_ context: PassContext, _ slice: Slice, steps: Int, width: Int) {
        self.slice = slice.rows
        self.steps = steps
        self.width = width
        isActive = drawRows(context, slice, steps * width)
    }

    private func drawRows(_ context: PassContext, _ slice: Slice, _ size: Int) -> Bool {
        guard context.dropsOut, size > 0 else { return false }
        mask.reserve(slice.capacity * size)
        for index in 0..<slice.rows {
            switch context.draws {
            case .training(let seed, let update):
                scratch.bernoulli(
                    context.stream(
                        slice.row(index, context), seed: seed, purpose: purpose, step: update),
                    size, probability: 1 - rate, into: mask.base + index * size)
            case .given(let draws):
                guard let bytes = draws.dropoutMasks[purpose] else { return false }
                bytes.withUnsafeBufferPointer {
                    guard let base = $0.baseAddress else { return }
                    (mask.base + index * size).update(
                        from: base + (slice.firstRow + index) * size, count: size)
                }
            case .none, .posteriorSample: return false
            }
        }
        return true
    }

    /// y ← x with dropout at one step, both `[rows, width]`; forward and backward alike.
    ///
    /// - Parameters:
    ///   - columns: `width` of the mask's from `column` on; all if `nil`.
    ///   - leadingX: distance of x's rows if they do not stand side by side; likewise of y's.
    func apply(
        _ x: UnsafePointer<Float>, leadingX: Int? = nil, step: Int, column: Int = 0,
        columns: Int? = nil, into y: UnsafeMutablePointer<Float>, leading: Int? = nil
    ) {
        let columns = columns ?? width
        loops.pointee.apply_mask_rows(
            slice, columns, x, leadingX ?? columns, mask.base + step * width + column, steps * width,
            scale, y, leading ?? columns)
    }

    /// y ← y + x with dropout at one step, both `[rows, width]`.
    func addApplied(
        _ x: UnsafePointer<Float>, step: Int, into y: UnsafeMutablePointer<Float>
    ) {
        loops.pointee.add_masked_rows(
            slice, width, x, width, mask.base + step * width, steps * width, scale, y, width)
    }

    var byteCount: Int { mask.byteCount }
}
