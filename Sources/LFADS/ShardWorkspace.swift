import CKernels
import LinearAlgebra

/// What all shards of one pass share: the model, its parameters and how the loss is weighted.
struct PassContext: @unchecked Sendable {
    let model: ModelConfiguration
    let table: ParameterTable
    let parameters: UnsafePointer<Float>
    /// Rows of the factor matrix at unit length, `[factors, generator units]`.
    let normalizedFactors: UnsafePointer<Float>
    let sessions: [SessionTrials]
    /// Per session and trial, Σ over bins and units of the likelihood's terms that depend on data alone.
    let trialConstants: [[Double]]
    let draws: Draws
    /// Training passes keep dropout, mask gradients and run backward.
    var loss: LossWeights?
    var trainsReadIn = true
    var trainsReadOut = true

    /// Whether this pass drops anything out (coordinated dropout apart).
    var dropsOut: Bool { model.dropoutRate > 0 && draws.dropsOut }

    /// Σ of the constants of a segment's trials.
    func constant(_ segment: Shard.Segment) -> Double {
        segment.trials.reduce(0) { $0 + trialConstants[segment.session][$1] }
    }

    func pointer(_ offset: Int) -> UnsafePointer<Float> { parameters + offset }
}

/// Factors in front of the loss terms of one update.
struct LossWeights: Sendable {
    var lossScale: Float
    var reconstructionIsMean: Bool
    /// Ramp times scale.
    var initialConditionKL: Float
    var inferredInputKL: Float
    var coordinatedDropoutRate: Float
    var coordinatedDropoutPassRate: Float
    /// Rows of the whole batch, and per session.
    var batchRows: Int
    var rowsOfSession: [Int]
    /// Sessions in the batch: their losses are averaged with equal weight.
    var sessionCount: Int

    /// Weight of one element of a session's reconstruction in the mean over sessions.
    func elementWeight(session: Int, bins: Int, units: Int) -> Double {
        let rows = Double(rowsOfSession[session]) * Double(sessionCount)
        return reconstructionIsMean ? 1 / (rows * Double(bins * units)) : 1 / rows
    }
}

/// Sums over one shard's rows, before any scaling.
struct ShardLosses: Sendable {
    /// Σ of the negative log-likelihood per segment of the shard.
    var reconstruction: [Double] = []
    var initialConditionKL = 0.0
    var inferredInputKL = 0.0
}

/// One worker's memory for the activations of a shard: forward, loss and backward in place.
///
/// Buffers are time-major and grow to the largest shard met; after the first update nothing is
/// allocated. The passes stand in `ShardWorkspace+….swift`, forward beside backward.
final class ShardWorkspace: @unchecked Sendable {
    let model: ModelConfiguration
    var rows = 0
    var segments: [Shard.Segment] = []
    var losses = ShardLosses()
    let scratch = DrawScratch()

    // Read-in. Per segment: counts after coordinated dropout [T, rows, encoded units], data
    // [bins, rows, units] and gradient mask of the same shape.
    var encoded: [FloatBuffer] = []
    var targets: [FloatBuffer] = []
    var gradientMasks: [MaskBuffer] = []
    var masksGradient = false
    let segmentRows = FloatBuffer()
    /// Encoder input [T, rows, D] and its gradient.
    let encoderInput = FloatBuffer()
    let dEncoderInput = FloatBuffer()
    let encoderInputMask = MaskBuffer()

    // Encoders.
    let initialConditionForward: GatedRecurrentTape
    let initialConditionBackward: GatedRecurrentTape
    let controllerInputForward: GatedRecurrentTape
    let controllerInputBackward: GatedRecurrentTape
    let encoderState = FloatBuffer()  // [rows, 2·units]
    let encoderStateMask = MaskBuffer()
    let dEncoderState = FloatBuffer()
    /// [rows, 2·ic]: mean and log-variance; then their gradient in `dInitialCondition`.
    let initialConditionPosterior = FloatBuffer()
    let dInitialCondition = FloatBuffer()
    let initialConditionNoise = FloatBuffer()
    let initialConditionDeviation = FloatBuffer()
    let initialCondition = FloatBuffer()
    let dInitialConditionSample = FloatBuffer()

    // Decoder.
    let controller: GatedRecurrentTape
    let generator: GatedRecurrentTape
    /// [bins, rows, 2·ci + factors], dropout applied.
    let controllerInputs = FloatBuffer()
    let controllerInputMask = MaskBuffer()
    let dControllerInputs = FloatBuffer()
    /// [bins, rows, 2·co]
    let inferredInputPosterior = FloatBuffer()
    let dInferredInputPosterior = FloatBuffer()
    let inferredInputNoise = FloatBuffer()
    let inferredInputPriorNoise = FloatBuffer()
    let inferredInputDeviation = FloatBuffer()
    let dInferredInput = FloatBuffer()
    /// [bins, rows, co + ext]
    let generatorInputs = FloatBuffer()
    let externalInputMask = MaskBuffer()
    /// [bins + 1, rows, generator units] after dropout; slot 0 is the start.
    let droppedStates = FloatBuffer()
    let generatorMask = MaskBuffer()
    let dDroppedStates = FloatBuffer()
    /// [bins + 1, rows, factors]; slot 0 belongs to the start and feeds only the controller.
    let factors = FloatBuffer()
    let dFactors = FloatBuffer()

    // Read-out, per segment: [bins, rows, parameters per unit · units].
    var readOuts: [FloatBuffer] = []
    var segmentFactors: [FloatBuffer] = []

    init(_ model: ModelConfiguration) {
        self.model = model
        initialConditionForward = GatedRecurrentTape(units: model.initialConditionEncoderUnits)
        initialConditionBackward = GatedRecurrentTape(
            units: model.initialConditionEncoderUnits, isReversed: true)
        controllerInputForward = GatedRecurrentTape(units: model.controllerInputEncoderUnits)
        controllerInputBackward = GatedRecurrentTape(
            units: model.controllerInputEncoderUnits, isReversed: true)
        controller = GatedRecurrentTape(units: model.controllerUnits)
        generator = GatedRecurrentTape(units: model.generatorUnits)
    }

    /// Forward through all parts; with `context.loss` also the loss and, into `gradient`, the
    /// gradients of the shard.
    ///
    /// - Parameter gradient: shared block, then one block per segment in order (see
    ///   `ShardGradientLayout`); zero on entry.
    func run(_ context: PassContext, _ shard: Shard, gradient: UnsafeMutablePointer<Float>? = nil) {
        rows = shard.rows
        segments = shard.segments
        losses = ShardLosses(reconstruction: [Double](repeating: 0, count: segments.count))
        gather(context)
        readIn(context)
        encodeInitialCondition(context)
        if model.hasController { encodeControllerInputs(context) }
        startGenerator(context)
        decode(context)
        readOut(context)
        guard let gradient, let weights = context.loss else { return }
        let layout = ShardGradientLayout(shard, context.table)
        reconstructionBackward(context, weights, gradient, layout)
        addPriorTerms(context, weights, gradient)
        decodeBackward(context, gradient)
        encodeBackward(context, gradient, layout)
    }

    /// Copies rows of `[steps, segment rows, width]` into or out of `[steps, rows, width]`.
    func scatter(
        _ source: UnsafePointer<Float>, _ segment: Shard.Segment, steps: Int, width: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        for t in 0..<steps {
            (target + (t * rows + segment.firstRow) * width).update(
                from: source + t * segment.count * width, count: segment.count * width)
        }
    }

    func pick(
        _ source: UnsafePointer<Float>, _ segment: Shard.Segment, steps: Int, width: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        for t in 0..<steps {
            (target + t * segment.count * width).update(
                from: source + (t * rows + segment.firstRow) * width, count: segment.count * width)
        }
    }

    /// A dropout mask `[steps, rows, width]` in training, `false` where nothing is dropped.
    func drawDropout(
        _ context: PassContext, purpose: UInt32, steps: Int, width: Int, into mask: MaskBuffer
    ) -> Bool {
        guard context.dropsOut, steps * width > 0 else { return false }
        mask.reserve(steps * rows * width)
        for segment in segments {
            let key = context.sessions[segment.session].randomKey
            for (index, trial) in segment.trials.enumerated() {
                func place(_ bytes: UnsafePointer<UInt8>) {
                    for t in 0..<steps {
                        (mask.base + (t * rows + segment.firstRow + index) * width).update(
                            from: bytes + t * width, count: width)
                    }
                }
                switch context.draws {
                case .training(let seed, let update):
                    let stream = RandomStream(
                        seed: seed, key: key, purpose: purpose, item: UInt32(trial), step: update)
                    place(
                        scratch.bernoulli(
                            stream, steps * width, probability: 1 - model.dropoutRate))
                case .given(let draws):
                    guard let bytes = draws.dropoutMasks[purpose] else { return false }
                    let first = (segment.batchRow + index) * steps * width
                    bytes[first..<(first + steps * width)].withUnsafeBufferPointer {
                        if let base = $0.baseAddress { place(base) }
                    }
                case .none, .posteriorSample: return false
                }
            }
        }
        return true
    }

    var dropoutScale: Float { 1 / (1 - model.dropoutRate) }

    /// Standard normals `[steps, rows, width]` for a posterior sample, `false` for posterior means.
    func drawNoise(
        _ context: PassContext, training: UInt32, inference: UInt32?, steps: Int, width: Int,
        given: (GivenDraws) -> [Float], into noise: FloatBuffer
    ) -> Bool {
        if case .none = context.draws { return false }
        noise.reserve(steps * rows * width)
        for segment in segments {
            let key = context.sessions[segment.session].randomKey
            for (index, trial) in segment.trials.enumerated() {
                let row = segment.firstRow + index
                func place(_ values: UnsafePointer<Float>) {
                    for t in 0..<steps {
                        (noise.base + (t * rows + row) * width).update(
                            from: values + t * width, count: width)
                    }
                }
                switch context.draws {
                case .none: break
                case .training(let seed, let update):
                    place(
                        scratch.normals(
                            RandomStream(
                                seed: seed, key: key, purpose: training, item: UInt32(trial),
                                step: update), steps * width))
                case .posteriorSample(let seed, let sample):
                    guard let inference else { return false }
                    place(
                        scratch.normals(
                            RandomStream(
                                seed: seed, key: key, purpose: inference, item: UInt32(trial),
                                step: sample), steps * width))
                case .given(let draws):
                    let first = (segment.batchRow + index) * steps * width
                    given(draws)[first..<(first + steps * width)].withUnsafeBufferPointer {
                        if let base = $0.baseAddress { place(base) }
                    }
                }
            }
        }
        return true
    }
}

/// Where a shard's gradients stand in its own buffer: the shared tensors as in the table, then one
/// block per segment. A shard thus needs no room for sessions that it does not touch.
struct ShardGradientLayout: Sendable {
    let segmentStarts: [Int]
    let count: Int

    init(_ shard: Shard, _ table: ParameterTable) {
        var next = table.sharedCount
        var starts: [Int] = []
        for segment in shard.segments {
            starts.append(next)
            next += table.sessions[segment.session].count
        }
        segmentStarts = starts
        count = next
    }

    /// Place of an offset of the table that belongs to the segment's session.
    func place(_ offset: Int, segment: Int, _ maps: ParameterTable.SessionMaps) -> Int {
        segmentStarts[segment] + offset - maps.start
    }
}
