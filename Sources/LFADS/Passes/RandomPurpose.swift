/// What a random draw is for: one word of the counter that keys it.
enum RandomPurpose {
    static let initialization: UInt32 = 1
    static let shuffle: UInt32 = 2
    static let initialConditionSample: UInt32 = 3
    static let inferredInputSample: UInt32 = 4
    static let inferredInputPriorSample: UInt32 = 5
    static let coordinatedDropout: UInt32 = 6
    static let coordinatedDropoutPass: UInt32 = 7
    static let encoderInputDropout: UInt32 = 8
    static let encoderStateDropout: UInt32 = 9
    static let externalInputDropout: UInt32 = 11
    static let controllerInputDropout: UInt32 = 12
    static let generatorStateDropout: UInt32 = 13
    static let inferenceSample: UInt32 = 14
    static let inferenceInputSample: UInt32 = 15
    static let initialConditionPriorSample: UInt32 = 16
    static let spikeJitterOfInput: UInt32 = 17
    static let spikeJitterOfTarget: UInt32 = 18
    static let temporalShiftOfInput: UInt32 = 19
    static let temporalShiftOfTarget: UInt32 = 20
}
