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
