/// One worker's model: the parts, each with its own memory for the activations of a slice, and how they
/// are connected.
///
/// Buffers have room for the pass's largest slice from a worker's first one on; later updates allocate
/// nothing.
final class SliceWorkspace: @unchecked Sendable {
    let augmentation: Augmentation
    let readIn: ReadIn
    let initialCondition: InitialConditionEncoder
    /// `nil` in a model that infers no inputs.
    let controllerInput: ControllerInputEncoder?
    let decoder: Decoder
    let reconstruction: Reconstruction
    /// One trial's counts at a time, whichever part asks for them.
    private let room = SampleRoom()
    private let initialConditionPrior: any InitialConditionPrior
    private let inferredInputPrior: InferredInputPrior?

    init(_ model: ModelConfiguration) {
        let scratch = DrawScratch()
        augmentation = Augmentation(model, scratch, room)
        readIn = ReadIn(model, scratch, room)
        initialCondition = InitialConditionEncoder(model, scratch)
        controllerInput = model.hasController ? ControllerInputEncoder(model) : nil
        decoder = Decoder(model, scratch)
        reconstruction = Reconstruction(model, room)
        switch model.initialConditionPrior {
        case .normal: initialConditionPrior = NormalInitialConditionPrior(model)
        case .studentT: initialConditionPrior = StudentTInitialConditionPrior(model, scratch)
        }
        inferredInputPrior = model.hasController ? InferredInputPrior(model, scratch) : nil
    }

    /// Forward up to the factors.
    @discardableResult
    func forward(_ context: PassContext, _ range: Range<Int>) -> Slice {
        let slice = Slice(range, context)
        // For the largest trial of any session: whichever comes first, later ones ask for no more.
        room.reserve(context.largest.reconstructed, hasGaps: context.trials.lackSamples)
        augmentation.draw(context, slice)
        readIn.forward(context, slice, augmentation)
        initialCondition.forward(context, slice, inputs: readIn.output.base)
        if let controllerInput, let packed = context.packed.controller,
            let places = context.table.controller
        {
            controllerInput.forward(context, slice, packed, places, inputs: readIn.output.base)
        }
        decoder.forward(context, slice, from: initialCondition.sample.base, controllerInput)
        return slice
    }

    /// Forward, the loss, and the slice's gradients added to its shard's.
    func train(
        _ context: PassContext, _ weights: LossWeights, _ losses: RowLosses, _ range: Range<Int>,
        _ gradient: ShardGradient
    ) {
        let slice = forward(context, range)
        decoder.factors.prepareBackward(slice)
        reconstruction.train(
            context, weights, slice, readIn, augmentation, decoder.factors,
            into: losses.reconstruction, gradient)
        initialCondition.prepareBackward(slice)
        initialConditionPrior.addTerm(
            context, weights, slice, initialCondition, into: losses.initialConditionKL, gradient)
        if let controller = decoder.controller, let places = context.table.controller {
            controller.prepareBackward(slice)
            inferredInputPrior?.addTerm(
                context, weights, slice, controller, places, into: losses.inferredInputKL, gradient)
        }
        decoder.backward(
            context, slice, from: initialCondition.sample.base, into: initialCondition.dSample.base,
            gradient)
        encodeBackward(context, slice, gradient)
    }

    private func encodeBackward(
        _ context: PassContext, _ slice: Slice, _ gradient: ShardGradient
    ) {
        let inputs = UnsafePointer(readIn.output.base)
        let dInputs = readIn.outputGradient(context, slice)
        initialCondition.backward(context, slice, inputs: inputs, dInputs: dInputs, gradient)
        if let controllerInput, let controller = decoder.controller,
            let packed = context.packed.controller, let places = context.table.controller
        {
            controllerInput.backward(
                context, slice, packed, places, dOutputs: controller.dInputs.base,
                stride: controller.width, inputs: inputs, dInputs: dInputs, gradient)
        }
        readIn.backward(context, slice, augmentation, gradient)
    }

    /// Bytes of all buffers.
    var byteCount: Int {
        augmentation.byteCount + readIn.byteCount + initialCondition.byteCount
            + (controllerInput?.byteCount ?? 0) + decoder.byteCount + reconstruction.byteCount
            + initialConditionPrior.byteCount
            + (inferredInputPrior?.byteCount ?? 0) + room.byteCount
    }
}
