@testable import LFADS

extension ModelConfiguration {
    /// As small as can be, with a read-in and, unless it is left out, a controller.
    static func small(
        bins: Int = 6, encodedBins: Int? = nil, hasController: Bool = true
    ) -> ModelConfiguration {
        var model = ModelConfiguration(encodedBinCount: encodedBins ?? bins, binCount: bins)
        model.readIn = .affine(dimensions: 3)
        model.initialConditionEncoderUnits = 5
        model.initialConditionDimensions = 4
        model.generatorUnits = 6
        model.factorCount = 3
        if hasController {
            model.controllerInputEncoderUnits = 4
            model.controllerUnits = 4
            model.inferredInputCount = 2
        }
        return model
    }
}
