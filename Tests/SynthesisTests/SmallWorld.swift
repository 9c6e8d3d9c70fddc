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

/// Within five standard errors: a seed at random has a chance of 1e-6 not to be.
func agree(_ found: Double, _ expected: Double, standardError: Double) -> Bool {
    abs(found - expected) < 5 * standardError
}

/// Whether so many of `count` are a share that each has on its own.
func isShare(_ found: Int, of count: Int, expected: Double) -> Bool {
    let error = (expected * (1 - expected) / Double(count)).squareRoot()
    return agree(Double(found) / Double(count), expected, standardError: error)
}

/// Mean and standard deviation around it.
func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
    return (mean, (squares / Double(values.count)).squareRoot())
}

/// Of n normal numbers the mean has the standard error σ/√n, the standard deviation σ/√(2n).
func areNormal(_ values: [Double], mean: Double, deviation: Double) -> Bool {
    let (found, n) = (moments(values), Double(values.count))
    return agree(found.mean, mean, standardError: deviation / n.squareRoot())
        && agree(found.deviation, deviation, standardError: deviation / (2 * n).squareRoot())
}
