/// All that is needed to go on exactly where training stood.
public struct TrainingState: Sendable, Equatable {
    public var epochsDone: Int
    public var updates: Int
    public var schedule: TrainingSchedule
    /// Flat buffers in the order of the parameter table.
    public var parameters: [Float]
    public var firstMoment: [Float]
    public var secondMoment: [Float]
    public var bestParameters: [Float]

    public init(
        epochsDone: Int, updates: Int, schedule: TrainingSchedule, parameters: [Float],
        firstMoment: [Float], secondMoment: [Float], bestParameters: [Float]
    ) {
        self.epochsDone = epochsDone
        self.updates = updates
        self.schedule = schedule
        self.parameters = parameters
        self.firstMoment = firstMoment
        self.secondMoment = secondMoment
        self.bestParameters = bestParameters
    }
}
