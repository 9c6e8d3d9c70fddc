import Synthesis

/// A world that is quick to make: 3 days, 6 conditions of 10 trials, 30 bins, 5, 3 and 5 units.
func smallWorld(_ change: (inout LorenzSettings) -> Void = { _ in }) throws -> LorenzWorld {
    var settings = LorenzSettings()
    settings.conditions = 6
    settings.trialsPerCondition = 10
    settings.bins = 30
    settings.unitCounts = [5, 3]
    settings.seed = 11
    change(&settings)
    return try LorenzWorld(settings)
}

/// A reaching world that is quick to make: 3 days of 40 to 60 trials, 12 units.
func smallReaching(
    _ array: ReachingSettings.ElectrodeArray = .dense,
    _ change: (inout ReachingSettings) -> Void = { _ in }
) throws -> ReachingWorld {
    var settings = ReachingSettings(array)
    settings.sessions = 3
    settings.trials = 40...60
    settings.units = 12
    settings.mergedShare = 0
    settings.absentShare = 0
    settings.seed = 11
    change(&settings)
    return try ReachingWorld(settings)
}
