/// All that is needed to go on exactly where training stood.
public struct TrainingState: Sendable, Equatable {
    /// Epochs that the training has behind it.
    public var epochsDone: Int
    /// Updates that it has behind it.
    public var updates: Int
    /// Learning rate, early stopping and best epoch.
    public var schedule: TrainingSchedule
    /// Flat buffers in the order of the parameter table.
    public var parameters: [Float]
    /// AdamW's first moment, laid out like the parameters.
    public var firstMoment: [Float]
    /// AdamW's second moment, laid out like the parameters.
    public var secondMoment: [Float]
    /// Parameters of the best epoch so far.
    public var bestParameters: [Float]

    /// Puts a state together, as it was stored.
    ///
    /// - Parameters:
    ///   - epochsDone: epochs that the training has behind it.
    ///   - updates: updates that it has behind it.
    ///   - schedule: learning rate, early stopping and best epoch.
    ///   - parameters: flat, in the order of the parameter table, as are the others.
    ///   - firstMoment: of the optimiser.
    ///   - secondMoment: of the optimiser.
    ///   - bestParameters: those of the best epoch.
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
