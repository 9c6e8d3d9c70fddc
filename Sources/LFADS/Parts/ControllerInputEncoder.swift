/// The encoder of the controller's inputs: a bidirectional pass over the bins that are not reserved for the
/// initial condition, of which the controller reads every bin's outputs.
final class ControllerInputEncoder {
    private let model: ModelConfiguration
    private let encoder: BidirectionalEncoder

    init(_ model: ModelConfiguration) {
        self.model = model
        encoder = BidirectionalEncoder(units: model.controllerInputEncoderUnits)
    }

    /// - Parameter inputs: of all encoded bins.
    func forward(
        _ context: PassContext, _ slice: Slice, _ packed: PackedController,
        _ places: ParameterTable.Controller, inputs: UnsafePointer<Float>
    ) {
        encoder.forward(
            context, slice, packed.inputEncoder, places.inputEncoder,
            inputs: inputs + skipped(slice, packed), bins: model.controllerEncodedBins)
    }

    /// Outputs that the controller reads at a bin, `[rows, units]`: forward ones delayed, backward ones
    /// advanced by `ci_lag` bins; `nil` = 0, in reserved and predicted bins and where zeros are shifted in.
    func outputs(
        at bin: Int
    ) -> (forward: UnsafePointer<Float>?, backward: UnsafePointer<Float>?) {
        let bin = bin - model.initialConditionBinCount
        let encoded = 0..<model.controllerEncodedBins
        func state(_ tape: GatedRecurrentTape, _ used: Int) -> UnsafePointer<Float>? {
            guard encoded.contains(bin), encoded.contains(used) else { return nil }
            return UnsafePointer(tape.state(after: used))
        }
        return (
            state(encoder.forwardTape, bin - model.controllerInputLag),
            state(encoder.backwardTape, bin + model.controllerInputLag)
        )
    }

    /// - Parameters:
    ///   - dOutputs: gradients of what the controller read, the leading columns of all its bins' rows,
    ///     which stand `stride` apart.
    ///   - dInputs: of all encoded bins, added to.
    func backward(
        _ context: PassContext, _ slice: Slice, _ packed: PackedController,
        _ places: ParameterTable.Controller, dOutputs: UnsafePointer<Float>, stride: Int,
        inputs: UnsafePointer<Float>, dInputs: UnsafeMutablePointer<Float>?, _ gradient: ShardGradient
    ) {
        let skipped = skipped(slice, packed)
        let first = dOutputs + model.initialConditionBinCount * slice.rows * stride
        let lag = model.controllerInputLag
        encoder.forwardTape.dState.setToZero(slice.rows * encoder.units)
        encoder.backwardTape.dState.setToZero(slice.rows * encoder.units)
        encoder.backward(
            context, slice, packed.inputEncoder, places.inputEncoder, inputs: inputs + skipped,
            dInputs: dInputs.map { $0 + skipped },
            outputs: (
                .init(base: first, stride: stride, lag: lag),
                .init(base: first + encoder.units, stride: stride, lag: -lag)
            ), gradient)
    }

    /// Elements of the reserved bins in front of the first one that is read.
    private func skipped(_ slice: Slice, _ packed: PackedController) -> Int {
        model.initialConditionBinCount * slice.rows * packed.inputEncoder.forward.inputs
    }

    var byteCount: Int { encoder.byteCount }
}
