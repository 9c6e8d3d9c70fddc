/// From the initial condition to the factors: the generator over all bins, with the controller in the loop
/// where there is one.
final class Decoder {
    private let model: ModelConfiguration
    let generator: Generator
    let factors: Factors
    /// `nil` in a model that infers no inputs.
    let controller: Controller?

    init(_ model: ModelConfiguration, _ scratch: DrawScratch) {
        self.model = model
        generator = Generator(model, scratch)
        factors = Factors(model, scratch)
        controller = model.hasController ? Controller(model, scratch) : nil
    }

    /// - Parameters:
    ///   - sample: the initial condition, `[rows, ic_dim]`. - encoder: of the controller's inputs.
    func forward(
        _ context: PassContext, _ slice: Slice, from sample: UnsafePointer<Float>,
        _ encoder: ControllerInputEncoder?
    ) {
        generator.start(context, slice, from: sample)
        factors.prepare(context, slice)
        guard let controller, let encoder, let packed = context.packed.controller,
            let places = context.table.controller
        else {
            for t in 0..<model.binCount {
                generator.step(t, context, slice)
                factors.compute(t + 1, context, slice, from: generator)
            }
            return
        }
        controller.start(context, slice, places)
        factors.compute(0, context, slice, from: generator)
        for t in 0..<model.binCount {
            controller.step(
                t, context, slice, packed, encoder, factors: factors.values(t, slice),
                into: generator.inputs(at: t, slice))
            generator.step(t, context, slice)
            factors.compute(t + 1, context, slice, from: generator)
        }
    }

    /// Back through the loop from the factors' gradient to `dSample`, that of the initial condition; leaves
    /// ∂/∂(controller's inputs) with the controller.
    func backward(
        _ context: PassContext, _ slice: Slice, from sample: UnsafePointer<Float>,
        into dSample: UnsafeMutablePointer<Float>, _ gradient: ShardGradient
    ) {
        generator.prepareBackward(slice)
        if let controller, let packed = context.packed.controller,
            let places = context.table.controller
        {
            for t in stride(from: model.binCount - 1, through: 0, by: -1) {
                factors.backward(t + 1, context, slice, to: generator)
                generator.stepBackward(t, context, gradient)
                controller.stepBackward(
                    t, context, slice, packed, places, generator: generator,
                    dFactors: factors.gradient(t, slice), gradient)
            }
            controller.finishBackward(slice, places, gradient)
            factors.backward(0, context, slice, to: generator)
        } else {
            for t in stride(from: model.binCount - 1, through: 0, by: -1) {
                factors.backward(t + 1, context, slice, to: generator)
                generator.stepBackward(t, context, gradient)
            }
        }
        factors.addWeightGradient(
            fromSlot: controller == nil ? 1 : 0, context, slice, generator, gradient)
        generator.startBackward(context, slice, from: sample, into: dSample, gradient)
    }

    var byteCount: Int { generator.byteCount + factors.byteCount + (controller?.byteCount ?? 0) }
}
