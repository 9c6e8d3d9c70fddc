/// Where the maps of a new day begin.
public enum DayStart: Sendable, Equatable {
    /// The regression of its condition averages on what the run's days share; near the maps of the run's last day through
    /// so many electrodes that both have, if any.
    case labels(electrodes: Int)
    /// The maps of the run's last day, through so many electrodes that both have.
    case electrodes(Int)
    /// A map that gives its activity the moments of the trained days, with their misfit, 0 to 2.
    case moments(misfit: Double)
}
