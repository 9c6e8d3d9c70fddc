import CKernels

/// Standard normals of a slice, or standard Student-t numbers, `[steps, rows, width]`: drawn trial by trial,
/// time-major as they are used.
final class StandardNoise {
    private let values = FloatBuffer()
    private let training: UInt32
    private let inference: UInt32?
    private let degreesOfFreedom: Float?
    private let given: @Sendable (GivenDraws) -> [Float]
    private let scratch: DrawScratch

    /// - Parameters:
    ///   - training, inference: purposes of the draws; `nil` where inference draws none.
    ///   - degreesOfFreedom: of Student's t; `nil` for normals.
    ///   - given: where recorded draws stand.
    init(
        training: UInt32, inference: UInt32?, degreesOfFreedom: Float? = nil, _ scratch: DrawScratch,
        given: @escaping @Sendable (GivenDraws) -> [Float]
    ) {
        self.training = training
        self.inference = inference
        self.degreesOfFreedom = degreesOfFreedom
        self.scratch = scratch
        self.given = given
    }

    var base: UnsafeMutablePointer<Float> { values.base }
    var byteCount: Int { values.byteCount }

    /// - Returns: `false` for posterior means, which need none.
    func draw(_ context: PassContext, _ slice: Slice, steps: Int, width: Int) -> Bool {
        values.reserve(steps * slice.capacity * width)
        for index in 0..<slice.rows {
            func draw(_ seed: UInt64, _ purpose: UInt32, step: UInt32) {
                let stream = context.stream(
                    slice.row(index, context), seed: seed, purpose: purpose, step: step)
                let draws =
                    degreesOfFreedom.map {
                        scratch.studentT(stream, steps * width, degreesOfFreedom: $0)
                    } ?? scratch.normals(stream, steps * width)
                spread(draws, row: index, of: slice.rows, steps: steps, width: width)
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
                        base + (slice.firstRow + index) * steps * width, row: index, of: slice.rows,
                        steps: steps, width: width)
                }
            }
        }
        return true
    }

    /// One row's `[steps, width]` into `[steps, rows, width]`.
    @inline(__always)
    private func spread(
        _ source: UnsafePointer<Float>, row: Int, of rows: Int, steps: Int, width: Int
    ) {
        for t in 0..<steps {
            (values.base + (t * rows + row) * width).update(from: source + t * width, count: width)
        }
    }
}
