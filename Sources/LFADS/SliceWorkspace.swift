import CKernels

/// One worker's memory for the activations of a slice: forward, loss and backward in place.
///
/// Arrays over time are time-major, `[bins, rows, …]`, so that a bin's rows are one matrix; what belongs
/// to a single trial (its counts, its masks, its read-out) is trial-major. Buffers have room for the
/// pass's largest slice from a worker's first one on; later updates allocate nothing. The passes stand in
/// `SliceWorkspace+….swift`, forward beside backward.
final class SliceWorkspace: @unchecked Sendable {
    let model: ModelConfiguration
    /// Rows of the slice, and its first row in the batch.
    var rows = 0
    var firstRow = 0
    /// Rows that buffers have room for: those of the pass's largest slice, whichever worker meets it.
    var rowCapacity = 0
    let scratch = DrawScratch()

    // Read-in. Per row: counts after coordinated dropout [E, encoded units] and the gradient's mask
    // [bins, units], each row with room for the largest trial of any session.
    let encoded = FloatBuffer()
    let gradientMask = MaskBuffer()
    let drawnMask = MaskBuffer()
    /// Encoder input [E, rows, D] and its gradient.
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
    let priorVariance = FloatBuffer()  // [ic]

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
    let dDroppedState = FloatBuffer()  // [rows, generator units]
    /// [bins + 1, rows, factors]; slot 0 belongs to the start and feeds only the controller.
    let factors = FloatBuffer()
    let dFactors = FloatBuffer()
    /// One trial's read-out, [bins, parameters per unit · units], then its gradient.
    let readOut = FloatBuffer()

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

    /// Forward up to the factors.
    func forward(_ context: PassContext, _ slice: Range<Int>) {
        rows = slice.count
        firstRow = slice.lowerBound
        rowCapacity = max(rows, context.largestSlice)
        readIn(context)
        encodeInitialCondition(context)
        if model.hasController { encodeControllerInputs(context) }
        startGenerator(context)
        decode(context)
    }

    /// Forward, the loss, and the slice's gradients added to its shard's.
    func train(
        _ context: PassContext, _ weights: LossWeights, _ losses: RowLosses, _ slice: Range<Int>,
        _ gradient: ShardGradient
    ) {
        forward(context, slice)
        reconstruct(context, weights, losses, gradient)
        addPriorTerms(context, weights, losses, gradient)
        decodeBackward(context, gradient)
        encodeBackward(context, gradient)
    }

    /// Row `index` of the slice.
    @inline(__always)
    func row(_ context: PassContext, _ index: Int) -> BatchRow { context.batch.row(firstRow + index) }

    /// Bytes of all buffers.
    var byteCount: Int {
        let floats = [
            encoded, encoderInput, dEncoderInput, encoderState, dEncoderState,
            initialConditionPosterior, dInitialCondition, initialConditionNoise,
            initialConditionDeviation, initialCondition, dInitialConditionSample, controllerInputs,
            dControllerInputs, inferredInputPosterior, dInferredInputPosterior, inferredInputNoise,
            inferredInputPriorNoise, inferredInputDeviation, dInferredInput, generatorInputs,
            droppedStates, dDroppedState, factors, dFactors, readOut,
        ]
        let masks = [
            gradientMask, drawnMask, encoderInputMask, encoderStateMask, controllerInputMask,
            externalInputMask, generatorMask,
        ]
        let tapes = [
            initialConditionForward, initialConditionBackward, controllerInputForward,
            controllerInputBackward, controller, generator,
        ]
        return floats.reduce(0) { $0 + $1.byteCount } + masks.reduce(0) { $0 + $1.byteCount }
            + tapes.reduce(0) { $0 + $1.byteCount }
    }
}
